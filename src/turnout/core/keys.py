"""Encryption of personal columns, and look-up hashes.

A value is AES-256-GCM under the data key of its retention class, with table, column and row id as associated data:
a value copied to another row does not open. Data keys lie in the database, wrapped by the key file; destroying one
makes everything it wrote unreadable, in old backups too.

Layout of a value: 0x01 | data key id (16 bytes) | nonce (12 bytes) | ciphertext and tag.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from turnout.core import clock, keyfile
from turnout.core.models import DataKey
from turnout.core.models import KeyFile as KeyFileRow

VERSION = b"\x01"
STAFF = "staff"
"""Retention class of everything about staff."""
UPLOADS = "uploads"
"""Retention class of uploaded lists and error sheets: gone after seven days."""
ACCOUNTS = "accounts"
"""Retention class of sign-in secrets (TOTP)."""
CLASSES = (STAFF, UPLOADS, ACCOUNTS)


class WrongKey(Exception):
    """The key file does not open what lies in the database; the message says what to do."""


@cache
def key_file() -> keyfile.KeyFile:
    return keyfile.load(Path(settings.TURNOUT_KEY_FILE))


def lookup_hash(kind: str, text: str) -> bytes:
    """Return the 32-byte keyed hash by which an encrypted value is found again."""
    return key_file().lookup_hash(kind, text)


def encrypt(text: str | bytes, *, table: str, column: str, row_id: object, retention: str = STAFF) -> bytes:
    """Return the encrypted value of one cell."""
    return encrypt_all([(row_id, text)], table=table, column=column, retention=retention)[0]


def encrypt_all(
    cells: Iterable[tuple[object, str | bytes]], *, table: str, column: str, retention: str = STAFF
) -> list[bytes]:
    """Return the encrypted values of many cells of one column, given as (row id, content), each with its own nonce."""
    key_id, key = _live_key(retention)
    cipher, head = AESGCM(key), VERSION + key_id.bytes
    values = []
    for row_id, text in cells:
        nonce = os.urandom(12)
        plain = text.encode() if isinstance(text, str) else text
        values.append(head + nonce + cipher.encrypt(nonce, plain, _bound_to(table, column, row_id)))
    return values


def decrypt_bytes(value: bytes, *, table: str, column: str, row_id: object) -> bytes:
    """Return the content of one cell; WrongKey if it belongs to another row or its key is gone."""
    value = bytes(value)
    if value[:1] != VERSION:
        raise WrongKey("This value was not written by this version of Turnout.")
    key = _data_key(UUID(bytes=value[1:17]))
    try:
        return AESGCM(key).decrypt(value[17:29], value[29:], _bound_to(table, column, row_id))
    except InvalidTag:
        raise WrongKey("This value does not belong to this row, or it was changed.") from None


def decrypt(value: bytes, *, table: str, column: str, row_id: object) -> str:
    return decrypt_bytes(value, table=table, column=column, row_id=row_id).decode()


def prepare() -> None:
    """Make the data keys that are missing and bind a new database to this key file. Part of `turnout migrate`."""
    with transaction.atomic():
        row, _ = KeyFileRow.objects.get_or_create(id=1, defaults={"fingerprint": key_file().fingerprint})
        if row.fingerprint != key_file().fingerprint:
            raise WrongKey(keyfile.foreign(key_file().path))
        for retention in CLASSES:
            if not DataKey.objects.filter(retention=retention, incident_id=None, destroyed_at=None).exists():
                _make(retention)


def check() -> int:
    """Open every live data key and return how many there are; WrongKey if the key file is not the right one."""
    bound = KeyFileRow.objects.filter(id=1).first()
    if bound and bound.fingerprint != key_file().fingerprint:
        raise WrongKey(keyfile.foreign(key_file().path))
    live = DataKey.objects.filter(destroyed_at=None)
    for row in live:
        _unwrap(row)
    return len(live)


def rotate() -> int:
    """Add a wrapping key to the key file and wrap every live data key with it; return how many."""
    check()
    keyfile.add_wrapping_key(Path(settings.TURNOUT_KEY_FILE))
    opened = {row.pk: _unwrap(row) for row in DataKey.objects.filter(destroyed_at=None)}
    key_file.cache_clear()
    with transaction.atomic():
        for row in DataKey.objects.select_for_update().filter(pk__in=opened):
            row.wrapped, row.wrapped_by = _wrap(row.pk, opened[row.pk])
            row.save(update_fields=["wrapped", "wrapped_by"])
    forget()
    return len(opened)


def destroy(data_key: DataKey) -> None:
    """Destroy a data key: what it wrote cannot be read again, here or in any backup."""
    data_key.wrapped, data_key.destroyed_at = None, clock.now()
    data_key.save(update_fields=["wrapped", "destroyed_at"])
    forget()


def forget() -> None:
    """Drop cached keys of this process."""
    key_file.cache_clear()
    _data_key.cache_clear()
    _live_key.cache_clear()


def _make(retention: str) -> DataKey:
    row = DataKey(retention=retention, created_at=clock.now())
    row.wrapped, row.wrapped_by = _wrap(row.pk, AESGCM.generate_key(256))
    row.save(force_insert=True)
    return row


@cache
def _live_key(retention: str) -> tuple[UUID, bytes]:
    row = DataKey.objects.filter(retention=retention, incident_id=None, destroyed_at=None).first()
    if row is None:
        raise WrongKey(f"There is no live key for {retention}. Run: turnout migrate")
    return row.pk, _unwrap(row)


@cache
def _data_key(key_id: UUID) -> bytes:
    row = DataKey.objects.filter(pk=key_id).first()
    if row is None or row.wrapped is None:
        raise WrongKey("The key of this value was destroyed when its purpose ended.")
    return _unwrap(row)


def _wrap(key_id: UUID, key: bytes) -> tuple[bytes, str]:
    name, wrapping = key_file().current
    nonce = os.urandom(12)
    return nonce + AESGCM(wrapping).encrypt(nonce, key, key_id.bytes), name


def _unwrap(row: DataKey) -> bytes:
    wrapping = key_file().wrapping_key(row.wrapped_by)
    wrapped = bytes(row.wrapped or b"")
    if wrapping is None:
        raise WrongKey(keyfile.foreign(key_file().path))
    try:
        return AESGCM(wrapping).decrypt(wrapped[:12], wrapped[12:], row.pk.bytes)
    except InvalidTag:
        raise WrongKey(keyfile.foreign(key_file().path)) from None


def _bound_to(table: str, column: str, row_id: object) -> bytes:
    return f"{table}|{column}|{row_id}".encode()
