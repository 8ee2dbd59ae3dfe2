"""Blocks that can be solved alone, and their shape: two blocks of one shape have the same best roster, row for row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from turnout.planner.rostering.problem import GENERAL, Flags, Ints, People, Problem
from turnout.planner.rostering.rules.relief_days import ReliefDays

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Block:
    """Sites that share their nights with no other, and their people in the order of the shape."""

    sites: Ints
    people: Ints
    shape: bytes
    base: bytes
    """The shape without what is anybody's own: days off, wishes, work limits, load so far."""


def blocks_of(problem: Problem) -> list[Block]:
    """The blocks of a problem by their first site."""
    sites = _grouped(problem.sites.night_group)
    people = _grouped(problem.sites.night_group[problem.people.site])
    none = np.zeros(0, np.int64)
    telling = _telling(problem)
    return [_block(problem, own, people.get(group, none), telling) for group, own in sites.items()]


def part_of(problem: Problem, block: Block) -> Problem:
    """The block as a problem of its own, people in the order of the shape, nothing in it that tells shapes apart from
    the city they lie in: ids are numbers, load counts from the least loaded, categories are those the sites ask for."""
    part = problem.block(block.sites, block.people)
    before = part.people.load_before
    names = tuple(str(index) for index in range(len(block.people)))
    held = part.people.categories & _telling(part)
    low = before.min(initial=2**62) if len(before) else 0
    plain = replace(part.people, ids=names, categories=held, load_before=before - low)
    sites = replace(part.sites, ids=tuple(str(index) for index in range(len(block.sites))))
    return replace(part, people=plain, sites=sites)


def _grouped(keys: Ints) -> dict[int, Ints]:
    order = np.argsort(keys, kind="stable")
    cuts = np.flatnonzero(np.diff(keys[order])) + 1
    return {int(keys[rows[0]]): rows for rows in np.split(order, cuts) if len(rows)}


def _block(problem: Problem, sites: Ints, people: Ints, telling: int) -> Block:
    whole, common = _rows(problem.people, people, len(sites) == 1, telling)
    order = sorted(range(len(people)), key=whole.__getitem__)
    frame = sha256(repr((len(sites), len(people))).encode())
    at = {int(site): index for index, site in enumerate(sites)}
    frame.update(problem.sites.closed[sites].tobytes())
    frame.update(bytes(repr([at[int(g)] for g in problem.sites.night_group[sites]]), "ascii"))
    for name in problem.cover.__slots__:
        frame.update(getattr(problem.cover, name)[sites].tobytes())
    shape, base = frame.copy(), frame.copy()
    shape.update(b"".join(whole[row] for row in order))
    base.update(b"".join(sorted(common)))
    return Block(sites, people[order], shape.digest(), base.digest())


OWN = ("off", "wish_on", "wish_off", "load_before", "limits")
"""Columns of people that are anybody's own: blocks that differ only here can begin with the same pattern."""


def _rows(table: People, people: Ints, one_site: bool, telling: int) -> tuple[list[bytes], list[bytes]]:
    """One string of bytes per person that holds everything but the id, and one without what is anybody's own."""
    common: list[Bytes] = []
    own: list[Bytes] = []
    for name in People.__slots__:
        if name == "ids" or (name == "site" and one_site):
            continue
        column = getattr(table, name)[people]
        if name == "load_before" and len(column):
            column = column - column.min()
        if name == "site":
            column = np.unique(column, return_inverse=True)[1]
        if name == "categories":
            column = column & telling
        flat = np.ascontiguousarray(column).view(np.uint8).reshape(len(people), -1) if column.size else None
        if flat is not None:
            (own if name in OWN else common).append(flat)
    if not len(people):
        return [], []
    shared, single = np.concatenate(common, axis=1), np.concatenate(own, axis=1)
    return [row.tobytes() + more.tobytes() for row, more in zip(shared, single, strict=True)], [
        row.tobytes() for row in shared
    ]


def classes_of(part: Problem) -> list[bytes]:
    """Per person of a part what the base knows of her; people of one class can change places in a pattern."""
    everybody = np.arange(len(part.people.ids))
    return _rows(part.people, everybody, len(part.sites.ids) == 1, _telling(part))[1]


def base_of(part: Problem) -> Problem:
    """The part with nobody's own days off, wishes, limits and load, people sorted by class."""
    classes = classes_of(part)
    people = part.people.take(np.array(sorted(range(len(classes)), key=classes.__getitem__), np.int64))
    plain = {name: np.zeros_like(getattr(people, name)) for name in OWN}
    return replace(part, people=replace(people, **plain))


def _telling(problem: Problem) -> int:
    """Bits of the categories that make a difference: those asked for, `general` apart, which everybody may fill."""
    asked: Flags = np.any(problem.asked.open, axis=(0, 2, 3))
    relief = problem.rule("relief_days")
    words = {word for word, open_ in zip(problem.categories, asked, strict=True) if open_ and word != GENERAL}
    if isinstance(relief, ReliefDays):
        words |= {relief.category}
    return sum(1 << bit for bit, word in enumerate(problem.categories) if word in words)
