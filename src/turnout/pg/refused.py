"""The one exception of this package: what is wrong, and what to do about it."""

from __future__ import annotations


class Refused(Exception):
    """The embedded database cannot do what was asked.

    `code` is short and stable (tests and logs use it), `what` says what is wrong, `todo` what a person can do about it.
    """

    def __init__(self, code: str, what: str, todo: str) -> None:
        super().__init__(f"{what}\n{todo}")
        self.code = code
        self.what = what
        self.todo = todo
