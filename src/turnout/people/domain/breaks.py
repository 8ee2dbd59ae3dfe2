"""Which named constraint a write broke: the database keeps the promise, the verb says it in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction

from turnout.core.refusals import Reason


@contextmanager
def refusing(reasons: Mapping[str, Reason], **details: Any) -> Iterator[None]:
    """Run a write in a savepoint; a broken constraint that has a reason becomes its refusal."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        reason = reasons.get(broken(error))
        if reason is None:
            raise
        raise reason.refuse(**details) from None


def broken(error: IntegrityError) -> str:
    """Return the name of the constraint, or ''."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""
