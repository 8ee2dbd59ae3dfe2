"""Solve a roster problem: block by block, each shape once, everything checked without the solver at the end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from turnout.planner.blocks import map_blocks
from turnout.planner.placement.stop import Progress, Stop, Stopped, never
from turnout.planner.rostering.check import check
from turnout.planner.rostering.model import Model
from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Plan, Result, StoppedBy, Uncovered, proof_gap
from turnout.planner.rostering.shapes import Block, blocks_of, part_of
from turnout.planner.rostering.why import uncovered

_CHUNK = 16
"""Shapes handed to a process at once: enough that the hand-over costs nothing, few enough that a stop is soon heard."""


@dataclass(frozen=True, slots=True)
class Params:
    """`effort`: deterministic solver seconds one block may take before its best roster so far is kept."""

    effort: float = 2.0


@dataclass(frozen=True, slots=True)
class Solved:
    """What one shape came to."""

    plan: Plan
    bound: float
    proven: bool
    reasons: tuple[Uncovered, ...]


def solve(
    problem: Problem,
    *,
    stop: Stop = never,
    seed: int = 0,
    params: Params | None = None,
    progress: Callable[[Progress], None] | None = None,
    workers: int = 1,
) -> Result:
    """A roster that breaks no hard rule, with its bound and a reason for every place that stays empty.

    The same problem, seed and params give the same roster for any number of workers, unless `stop` ends the search;
    sites that were not reached then stay empty and say so.
    """
    params = params or Params()
    began = time.monotonic()
    blocks = blocks_of(problem.validated())
    shapes: dict[bytes, Block] = {}
    for block in blocks:
        shapes.setdefault(block.shape, block)
    shaped = time.monotonic()
    solved: dict[bytes, Solved] = {}
    why: list[Stopped] = []

    def ask() -> Stopped | None:
        found = why[0] if why else stop()
        if found and not why:
            why.append(found)
        return found

    todo = list(shapes.values())
    chunks = _Chunks(problem, todo)
    work = partial(_solve_chunk, seed=seed, params=params)
    for answers in map_blocks(work, chunks, workers=workers, stop=ask):
        for answer in answers:
            solved[todo[len(solved)].shape] = answer
        if progress:
            progress(Progress("rosters", len(solved) / len(todo)))
    searched = time.monotonic()
    plan, reasons, bound = _together(problem, blocks, solved)
    score = check(problem, plan)
    checked = time.monotonic()
    return Result(
        plan=plan,
        score=score,
        bound=bound,
        proof_gap=proof_gap(score.objective, bound),
        reasons=reasons,
        stopped_by=_stopped_by(why, solved),
        seed=seed,
        seconds={"shapes": shaped - began, "search": searched - shaped, "check": checked - searched},
        counts=Counter(
            blocks=len(blocks),
            shapes=len(shapes),
            proven=sum(answer.proven for answer in solved.values()),
            not_reached=sum(block.shape not in solved for block in blocks),
        ),
    )


class _Chunks(Sequence[list[Problem]]):
    """The parts of the shapes, cut out of the problem only when their turn comes."""

    def __init__(self, problem: Problem, shapes: list[Block]) -> None:
        self.problem, self.shapes = problem, shapes

    def __len__(self) -> int:
        return -(-len(self.shapes) // _CHUNK)

    def __getitem__(self, at):  # type: ignore[no-untyped-def]
        if at >= len(self):
            raise IndexError(at)
        return [part_of(self.problem, block) for block in self.shapes[at * _CHUNK : (at + 1) * _CHUNK]]


def _solve_chunk(parts: list[Problem], *, seed: int, params: Params) -> list[Solved]:
    return [_solve_part(part, seed=seed, params=params) for part in parts]


def _solve_part(part: Problem, *, seed: int, params: Params) -> Solved:
    answer = Model(part).solve(seed=seed, effort=params.effort)
    return Solved(answer.plan, answer.bound, answer.proven, uncovered(part, answer.plan))


def _together(
    problem: Problem, blocks: list[Block], solved: dict[bytes, Solved]
) -> tuple[Plan, tuple[Uncovered, ...], float]:
    duty = np.full((len(problem.people.ids), problem.days), OFF, np.int64)
    reasons: list[Uncovered] = []
    bound = 0.0
    for block in blocks:
        answer = solved.get(block.shape)
        if answer is None:
            empty = Plan(np.full((len(block.people), problem.days), OFF, np.int64))
            answer = Solved(empty, 0.0, False, uncovered(part_of(problem, block), empty, "not_reached"))
        duty[block.people] = answer.plan.duty
        bound += answer.bound
        reasons += [replace(reason, site=int(block.sites[reason.site])) for reason in answer.reasons]
    return Plan(duty), tuple(sorted(reasons, key=_place)), bound


def _place(reason: Uncovered) -> tuple[int, int, int, int]:
    return reason.site, reason.category, reason.shift, reason.day


def _stopped_by(why: list[Stopped], solved: dict[bytes, Solved]) -> StoppedBy:
    if why:
        return why[0]
    return "proof" if all(answer.proven for answer in solved.values()) else "budget"
