"""What an area is, read from its official code and never from its name.

Digits 7-9 of a code say what a street-level unit is, digits 10-12 what a community-level unit is (rules of the National
Bureau of Statistics for division codes).
"""

from __future__ import annotations

# kind -> (Chinese, English)
KINDS: dict[str, tuple[str, str]] = {
    "residents": ("居委会", "residents' committee"),
    "villagers": ("村委会", "villagers' committee"),
    "residents_like": ("类似居委会", "similar to a residents' committee"),
    "villagers_like": ("类似村委会", "similar to a villagers' committee"),
    "street": ("街道", "street"),
    "town": ("镇", "town"),
    "township": ("乡", "township"),
    "street_like": ("类似乡级单位", "similar to a street or town"),
}

_COMMUNITY = {1: "residents", 2: "villagers", 3: "villagers", 4: "residents_like", 5: "villagers_like"}
_STREET = {0: "street", 1: "town", 2: "township", 3: "township"}


def kind_of(code: str) -> str:
    """Kind of a 12-digit code: a key of KINDS, or '' above street level and where the rules name none.

    Communities: 001-199 residents' committee, 200-399 villagers' committee, 400-499 and 500-599 similar to these.
    Streets: 001-099 street, 100-199 town, 200-399 township, from 400 similar (development zones, farms, schools).
    """
    if code[9:] != "000":
        return _COMMUNITY.get(max(1, int(code[9])), "")
    if code[6:9] != "000":
        return _STREET.get(int(code[6]), "street_like")
    return ""
