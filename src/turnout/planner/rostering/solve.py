"""Solve a roster problem: block by block, each shape once, everything checked without the solver at the end."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from turnout.planner.blocks import map_blocks
from turnout.planner.placement.stop import Progress, Stop, Stopped, never
from turnout.planner.rostering.check import check
from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Plan, Result, StoppedBy, Uncovered, proof_gap
from turnout.planner.rostering.rulebook import under_contract
from turnout.planner.rostering.search import patterns
from turnout.planner.rostering.shapes import Block, blocks_of, part_of
from turnout.planner.rostering.why import uncovered

_TINY = 1e-6
_CHUNK = 48
"""Shapes handed to a process at once: enough that their pattern costs little, few enough that a stop is soon heard."""


@dataclass(frozen=True, slots=True)
class Params:
    """How much work is done; nothing here is a time, so that a roster does not depend on the machine."""

    effort: float = 4.0
    """Deterministic seconds the solver may take for one shape before its best roster so far is kept."""
    exact: int = 24
    """With more shapes than this the solver is left out: patterns and annealing only, milliseconds per shape."""
    parts: int = 400
    """Under contract rules: how many pairs of parts of the roster are solved anew."""
    small: int = 400
    """Under contract rules: up to so many person-days the solver may prove what column generation left open."""


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
    if under_contract(problem.validated()):
        return _by_columns(problem, stop=stop, seed=seed, params=params, progress=progress, workers=workers)
    blocks = blocks_of(problem)
    shapes: dict[bytes, Block] = {}
    for block in blocks:
        shapes.setdefault(block.shape, block)
    chunks = _chunks(list(shapes.values()))
    shaped = time.monotonic()
    solved: dict[bytes, Solved] = {}
    why: list[Stopped] = []

    def ask() -> Stopped | None:
        found = why[0] if why else stop()
        if found and not why:
            why.append(found)
        return found

    work = partial(_solve_chunk, seed=seed, params=params, exact=len(shapes) <= params.exact)
    answers = map_blocks(work, _Parts(problem, chunks), workers=workers, stop=ask)
    for chunk, found in zip(chunks, answers, strict=False):
        solved |= {block.shape: answer for block, answer in zip(chunk, found, strict=True)}
        if progress:
            progress(Progress("rosters", len(solved) / len(shapes)))
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


def _chunks(shapes: list[Block]) -> list[list[Block]]:
    """Shapes of one base together, as they begin with the same pattern; the order is that of their first sites."""
    by_base: dict[bytes, list[Block]] = {}
    for block in shapes:
        by_base.setdefault(block.base, []).append(block)
    return [own[at : at + _CHUNK] for own in by_base.values() for at in range(0, len(own), _CHUNK)]


def _by_columns(
    problem: Problem,
    *,
    stop: Stop,
    seed: int,
    params: Params,
    progress: Callable[[Progress], None] | None,
    workers: int,
) -> Result:
    # Loads the linear solver, which a city's rosters do without.
    from turnout.planner.rostering.search import columns

    began = time.monotonic()

    def told(points: int, bound: float) -> None:
        if progress:
            # Points are no minutes, which is what a screen would call an objective.
            progress(Progress("rosters", float(points <= math.ceil(bound - _TINY))))

    plan, bound = columns.solve(problem, seed=seed, parts=params.parts, workers=workers, stop=stop, told=told)
    score = check(problem, plan)
    proven = score.objective <= math.ceil(bound - _TINY)
    if not score.broken and not proven and not stop() and plan.duty.size <= params.small:
        answer = _exactly(problem, plan, seed, params)
        plan, bound = answer.plan, max(bound, answer.bound)
    searched = time.monotonic()
    score = check(problem, plan)
    proven = score.objective <= math.ceil(bound - _TINY)
    # Points are whole, so a bound may be rounded up.
    bound = float(math.ceil(bound - _TINY))
    return Result(
        plan=plan,
        score=score,
        bound=bound,
        proof_gap=proof_gap(score.objective, bound),
        reasons=_reasons_under_contract(problem, plan),
        stopped_by="proof" if proven else stop() or "budget",
        seed=seed,
        seconds={"search": searched - began, "check": time.monotonic() - searched},
        counts=Counter(blocks=1, shapes=1, proven=int(proven), not_reached=0),
    )


def _reasons_under_contract(problem: Problem, plan: Plan) -> tuple[Uncovered, ...]:
    """Under contracts everybody's minutes are full: what stays empty would cost more than it is worth elsewhere."""
    return uncovered(problem, plan, "dearer_than_gap")


class _Parts(Sequence[list[Problem]]):
    """The parts of the chunks, cut out of the problem only when their turn comes."""

    def __init__(self, problem: Problem, chunks: list[list[Block]]) -> None:
        self.problem, self.chunks = problem, chunks

    def __len__(self) -> int:
        return len(self.chunks)

    def __getitem__(self, at: Any) -> Any:
        return [part_of(self.problem, block) for block in self.chunks[at]]


def _solve_chunk(parts: list[Problem], *, seed: int, params: Params, exact: bool) -> list[Solved]:
    if not patterns.fits(parts[0]):
        return [_exactly(part, None, seed, params) for part in parts]
    answers = []
    for part, (plan, objective, bound) in zip(parts, patterns.roster_all(parts, seed), strict=True):
        if exact and objective > bound:
            answers.append(_exactly(part, plan, seed, params))
        else:
            answers.append(Solved(plan, bound, objective == bound, uncovered(part, plan)))
    return answers


def _exactly(part: Problem, start: Plan | None, seed: int, params: Params) -> Solved:
    # A second and a half of processor time to load, in every process: a city's rosters do without.
    from turnout.planner.rostering.model import Model

    model = Model(part)
    if start is not None:
        model.hint(start)
    answer = model.solve(seed=seed, effort=params.effort)
    plan, objective = answer.plan, answer.objective
    if start is not None and check(part, start).objective < objective:
        plan = start
    return Solved(plan, answer.bound, answer.proven, uncovered(part, plan))


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
        reasons += [
            replace(
                reason,
                site=int(block.sites[reason.site]),
                person=int(block.people[reason.person]) if reason.person >= 0 else -1,
            )
            for reason in answer.reasons
        ]
    return Plan(duty), tuple(sorted(reasons, key=_place)), bound


def _place(reason: Uncovered) -> tuple[int, int, int, int]:
    return reason.site, reason.category, reason.shift, reason.day


def _stopped_by(why: list[Stopped], solved: dict[bytes, Solved]) -> StoppedBy:
    if why:
        return why[0]
    return "proof" if all(answer.proven for answer in solved.values()) else "budget"
