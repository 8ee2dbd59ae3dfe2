"""shared_nights: neighbouring sites share their nights; one team on duty answers for all of the group.

At night the group needs the most that any member asks for, not the sum, and people of every member count. Everything
is kept at the group's first site. The checker and the model both read cover through here, so it holds for both.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def joint(cell: NDArray[np.int64], groups: Ints, night: Flags) -> NDArray[np.int64]:
    """One (sites, categories, shifts, days) table of cover with the nights of a group at its first site."""
    summed = cell.copy()
    at_night = np.zeros_like(cell[:, :, night])
    np.maximum.at(at_night, groups, cell[:, :, night])
    summed[:, :, night] = at_night
    return summed


def counted_at(site: Ints, groups: Ints, night: Flags) -> Ints:
    """(people, shifts): the site at which a shift of a person counts."""
    own = np.repeat(site[:, None], len(night), axis=1)
    own[:, night] = groups[site][:, None]
    return own
