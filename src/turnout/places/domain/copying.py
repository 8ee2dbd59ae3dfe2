"""New rows by COPY: a third of the work of INSERT here, which matters when a city's buildings come in one list."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model


def copy_in(records: Sequence[Model]) -> None:
    """Write new records of one model, each with its primary key set. Row security refuses COPY: not for such tables."""
    if not records:
        return
    model = type(records[0])
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for record in records:
            copy.write_row([getattr(record, name) for name in names])
