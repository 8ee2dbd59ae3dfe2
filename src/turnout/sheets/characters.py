"""Characters as offices type them: full-width letters and digits, odd spaces, marks that nobody sees."""

from __future__ import annotations

_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)}
_SPACES = dict.fromkeys((0x3000, 0xA0, 0x2007, 0x202F, 0x9, 0xA, 0xB, 0xC, 0xD, 0x85, 0x2028, 0x2029), " ")
# Zero-width marks and the byte-order mark come along when a code is copied from a web page or a chat.
_UNSEEN = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xAD, 0x0), None)
_NARROW = {**_FULL_WIDTH, **_SPACES, **_UNSEEN}
_TIDY = {**_SPACES, **_UNSEEN}


def narrow(text: str) -> str:
    """Full-width ASCII as plain ASCII, every space plain, unseen marks gone, no space at the ends."""
    return text.strip() if text.isascii() and text.isprintable() else text.translate(_NARROW).strip()


def tidy(text: str) -> str:
    """Prose kept as typed (full-width marks are right in Chinese), only odd spaces and unseen marks mended."""
    return text.strip() if text.isprintable() else " ".join(text.translate(_TIDY).split())


def letter(index: int) -> str:
    """The letter of a column, counted from 0: A, B, ..., Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
