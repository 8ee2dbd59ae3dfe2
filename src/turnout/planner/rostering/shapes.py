"""Blocks that can be solved alone, and their shape: two blocks of one shape have the same best roster, row for row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from turnout.planner.rostering.problem import Ints, People, Problem


@dataclass(frozen=True, slots=True)
class Block:
    """Sites that share their nights with no other, and their people in the order of the shape."""

    sites: Ints
    people: Ints
    shape: bytes


def blocks_of(problem: Problem) -> list[Block]:
    """The blocks of a problem by their first site."""
    sites = _grouped(problem.sites.night_group)
    people = _grouped(problem.sites.night_group[problem.people.site])
    none = np.zeros(0, np.int64)
    return [_block(problem, own, people.get(group, none)) for group, own in sites.items()]


def part_of(problem: Problem, block: Block) -> Problem:
    """The block as a problem of its own, people in the order of the shape, nothing in it that tells shapes apart from
    the city they lie in: ids are numbers, load counts from the least loaded."""
    part = problem.block(block.sites, block.people)
    before = part.people.load_before
    names = tuple(str(index) for index in range(len(block.people)))
    plain = replace(part.people, ids=names, load_before=before - before.min(initial=2**62) if len(before) else before)
    sites = replace(part.sites, ids=tuple(str(index) for index in range(len(block.sites))))
    return replace(part, people=plain, sites=sites)


def _grouped(keys: Ints) -> dict[int, Ints]:
    order = np.argsort(keys, kind="stable")
    cuts = np.flatnonzero(np.diff(keys[order])) + 1
    return {int(keys[rows[0]]): rows for rows in np.split(order, cuts) if len(rows)}


def _block(problem: Problem, sites: Ints, people: Ints) -> Block:
    rows = _rows(problem.people, people, int(sites[0]) if len(sites) == 1 else None)
    order = sorted(range(len(people)), key=rows.__getitem__)
    digest = sha256(repr((len(sites), len(people))).encode())
    for row in order:
        digest.update(rows[row])
    at = {int(site): index for index, site in enumerate(sites)}
    digest.update(problem.sites.closed[sites].tobytes())
    digest.update(bytes(repr([at[int(g)] for g in problem.sites.night_group[sites]]), "ascii"))
    for name in problem.cover.__slots__:
        digest.update(getattr(problem.cover, name)[sites].tobytes())
    return Block(sites, people[order], digest.digest())


def _rows(table: People, people: Ints, only_site: int | None) -> list[bytes]:
    """One string of bytes per person that holds everything but the id."""
    columns = []
    for name in People.__slots__:
        if name == "ids" or (name == "site" and only_site is not None):
            continue
        column = getattr(table, name)[people]
        if name == "load_before":
            column = column - column.min(initial=2**62) if len(column) else column
        if name == "site":
            column = np.unique(column, return_inverse=True)[1]
        columns.append(np.ascontiguousarray(column).reshape(len(people), -1).view(np.uint8).reshape(len(people), -1))
    whole = np.concatenate(columns, axis=1) if len(people) else np.zeros((0, 0), np.uint8)
    return [row.tobytes() for row in whole]
