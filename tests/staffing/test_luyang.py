"""Hefei Luyang, drill of 17 April 2022: a published staff that adds up exactly, against the playbook's arithmetic.

697,000 residents, 79 communities and villages, 696 compounds, at least ten people in each; 8,066 staff. Sampling points
and tables (352 and 886) wait for the arithmetic of sampling.
"""

import msgspec

from turnout.incidents import playbook as files
from turnout.incidents.playbook import Standard, Words
from turnout.staffing.cover import arithmetic
from turnout.staffing.standards import Place, keeping

COMMUNITIES, COMPOUNDS, RESIDENTS = 79, 696, 697_000
STAFF = {
    "district_cadre": 1_772 + 629,  # of the district, 631 of them teachers, and of the city
    "street_cadre": 1_452,
    "community_worker": 1_232,
    "police": 539 + 242,  # and traffic police
    "volunteer": 2_200,
}
TEN_PER_COMPOUND = Standard(
    code="compound", per="compound", category="volunteer", places_min=10, places=10, round_the_clock=False,
    excludes=(), duties=Words(zh="小区值守", en="At the compound"),
)  # fmt: skip


def places():
    """The compounds and residents spread over the communities, whole numbers that add up."""
    share = [(total * (n + 1) // COMMUNITIES - total * n // COMMUNITIES for n in range(COMMUNITIES))
             for total in (RESIDENTS, COMPOUNDS)]  # fmt: skip
    return [
        Place(340_103_001_001_000_000 + n * 1_000_000, residents, "", compounds, ())
        for n, (residents, compounds) in enumerate(zip(*share, strict=True))
    ]


def test_the_published_staff_adds_up():
    assert sum(STAFF.values()) == 8_066


def test_ten_in_each_compound_take_6960_of_the_8066_there_were():
    book = msgspec.structs.replace(files.read(files.shipped()["epidemic"]), standards=(TEN_PER_COMPOUND,))
    there = {"volunteer": sum(STAFF.values())}  # everybody stood at a compound, whatever their office
    found = arithmetic(book, places(), there, keeping(book, round_the_clock=False))
    assert (found.needed, found.available, found.missing) == (6_960, 8_066, 0)
    (rule,) = found.rules
    assert (rule.posts, rule.seats) == (COMMUNITIES, 6_960)
