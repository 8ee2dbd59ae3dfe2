"""Keeping, opening and purging the files of a list run: encrypted, their uploader's own, gone after seven days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

from turnout.core import audit, clock, keys
from turnout.core.actors import NOT_FOUND, Actor
from turnout.core.ids import new_id
from turnout.people.imports_models import ListRun, Upload

KEPT = timedelta(days=7)
TABLE = "people_upload"


@dataclass(frozen=True, slots=True)
class File:
    """A file in clear: its name as the office wrote it, and its bytes."""

    name: str
    content: bytes


@transaction.atomic
def keep(*, run: ListRun, role: str, file: File, by: Actor) -> Upload:
    """Encrypt and keep a file of a run in place of an earlier one of the same role.

    Part of the verb that makes the file, whose audit row covers it.
    """
    Upload.objects.filter(run=run, role=role).delete()
    pk, now = new_id(), clock.now()
    return Upload.objects.create(
        id=pk,
        run=run,
        uploader_id=run.starter_id,
        role=role,
        name=_seal(file.name.encode(), "name", pk),
        content=_seal(file.content, "content", pk),
        size=len(file.content),
        made_at=now,
        ends_at=now + KEPT,
    )


def open_file(*, run: ListRun, role: str, by: Actor) -> File:
    """Return a file in clear. Row security shows it to its uploader only; everybody else is told it is not there."""
    upload = Upload.objects.filter(run=run, role=role, uploader_id=by.id, ends_at__gt=clock.now()).first()
    if upload is None:
        raise NOT_FOUND.refuse()
    return File(_open(upload.name, "name", upload.pk).decode(), _open(upload.content, "content", upload.pk))


@transaction.atomic
def purge(*, by: Actor) -> int:
    """Delete every file that has ended and return how many. Only the product itself may, and sees only those."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('turnout.purge_before', %s, true)", [now.isoformat()])
        cursor.execute("DELETE FROM people_upload WHERE ends_at <= %s", [now])
        purged = int(cursor.rowcount)
        cursor.execute("SELECT set_config('turnout.purge_before', '', true)")
    if purged:
        audit.record("upload.purge", by=by, details={"files": purged, "before": now})
    return purged


def _seal(content: bytes, column: str, pk: object) -> bytes:
    return keys.encrypt(content, table=TABLE, column=column, row_id=pk, retention=keys.UPLOADS)


def _open(value: bytes | memoryview, column: str, pk: object) -> bytes:
    return keys.decrypt_bytes(bytes(value), table=TABLE, column=column, row_id=pk)
