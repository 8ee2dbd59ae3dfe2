"""Log lines without secrets or personal data: no query strings, no tokens of links."""

from __future__ import annotations

import logging
import re

# The address behind these words is a key: whoever reads it in a log could use it.
_KEYS = re.compile(r"(/(?:join|welcome|c)/)[^/\s?]+")
_QUERY = re.compile(r"\?[^\s'\"]*")


def without_secrets(text: str) -> str:
    """Return a line without the query strings and tokens of the addresses in it."""
    return _QUERY.sub("", _KEYS.sub(r"\1…", text))


class WithoutSecrets(logging.Filter):
    """Rewrites every record before it is formatted; drops the request that Django attaches: it repeats its address."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_secrets(record.getMessage()), ()
        record.__dict__.pop("request", None)
        return True
