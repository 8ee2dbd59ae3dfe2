"""Written forms: names, phone numbers, codes of a list. Offices type full-width digits and stray spaces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

import phonenumbers

from turnout.core import keys
from turnout.core.refusals import Reason
from turnout.people import refusals

LONGEST_NAME = 60
REGION = "CN"
"""Where a number without a country belongs."""
_CHINESE_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")


def clean(text: str) -> str:
    """Return text in its usual width, without control characters and with single spaces."""
    if text.isalnum() and unicodedata.is_normalized("NFKC", text):
        return text  # most cells of a long list
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(" " if c.isspace() else c for c in plain if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(plain.split())


def name(text: str, longest: int = LONGEST_NAME) -> str:
    """Return a name as it is kept. Chinese names lose inner spaces: 王 芳 is 王芳."""
    plain = clean(text)
    if re.fullmatch(r"[^\x00-\u2e7f]+( [^\x00-\u2e7f]+)+", plain):
        plain = plain.replace(" ", "")
    if not 1 <= len(plain) <= longest:
        raise refusals.NAME_BAD.refuse(most=longest)
    return plain


def number(text: str) -> str:
    """Return an employee number as it is kept, or '' for none."""
    plain = clean(text)
    if len(plain) > 40 or " " in plain:
        raise refusals.NUMBER_BAD.refuse()
    return plain


def phone(text: str, region: str = REGION) -> str:
    """Return a phone number in E.164 (+8613812345678), or refuse."""
    plain = re.sub(r"[\s()./-]", "", clean(text))
    mobile = _CHINESE_MOBILE.fullmatch(plain)
    if mobile and region == "CN":
        return f"+86{mobile[1]}"
    if not re.fullmatch(r"\+?[0-9]{5,17}", plain):
        raise refusals.PHONE_BAD.refuse()
    try:
        parsed = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException:
        raise refusals.PHONE_BAD.refuse() from None
    if not phonenumbers.is_valid_number(parsed):
        raise refusals.PHONE_BAD.refuse()
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def phone_hash(e164: str) -> bytes:
    """Return the keyed hash by which a phone number in E.164 is found again."""
    return keys.lookup_hash("phone", e164)


def codes(given: Iterable[str], known: Collection[str], unknown: Reason, detail: str) -> list[str]:
    """Return codes once each, in the order of the list they come from."""
    chosen = set(given)
    for code in chosen - set(known):
        raise unknown.refuse(**{detail: code})
    return [code for code in known if code in chosen]
