"""Personal columns: bound to their row, lost with the key file, gone with their data key."""

import os
import stat
from pathlib import Path

import pytest

from turnout.core import keyfile, keys
from turnout.core.models import DataKey

pytestmark = pytest.mark.django_db

CELL = {"table": "people_person", "column": "phone", "row_id": "0190"}


@pytest.fixture(autouse=True)
def own_key_file(settings, tmp_path):
    path = tmp_path / "keys"
    path.write_bytes(Path(settings.TURNOUT_KEY_FILE).read_bytes())
    path.chmod(0o600)
    settings.TURNOUT_KEY_FILE = str(path)
    keys.forget()
    yield path
    keys.forget()


def test_a_value_comes_back_and_is_not_there_in_clear():
    sealed = keys.encrypt("13800138000", **CELL)
    assert b"13800138000" not in sealed
    assert keys.decrypt(sealed, **CELL) == "13800138000"


def test_a_value_copied_to_another_row_does_not_open():
    sealed = keys.encrypt("13800138000", **CELL)
    with pytest.raises(keys.WrongKey, match="does not belong to this row"):
        keys.decrypt(sealed, **{**CELL, "row_id": "0191"})


def test_equal_values_meet_by_their_hash_and_differ_by_kind():
    assert keys.lookup_hash("phone", "+8613800138000") == keys.lookup_hash("phone", "+8613800138000")
    assert keys.lookup_hash("phone", "x") != keys.lookup_hash("email", "x")


def test_rotating_wraps_every_data_key_anew_and_old_values_open():
    sealed = keys.encrypt("13800138000", **CELL)
    assert keys.rotate() == 3
    assert set(DataKey.objects.values_list("wrapped_by", flat=True)) == {"k2"}
    assert keys.decrypt(sealed, **CELL) == "13800138000"


def test_a_destroyed_key_makes_its_values_unreadable():
    sealed = keys.encrypt("13800138000", **CELL)
    keys.destroy(DataKey.objects.get(retention=keys.STAFF))
    with pytest.raises(keys.WrongKey, match="destroyed"):
        keys.decrypt(sealed, **CELL)


def test_the_wrong_key_file_is_refused_by_name(own_key_file, settings):
    own_key_file.unlink()
    keyfile.create(own_key_file)
    keys.forget()
    with pytest.raises(keys.WrongKey, match="does not belong to this database"):
        keys.check()


def test_a_new_key_file_is_for_its_owner_only(tmp_path):
    path = tmp_path / "deep" / "keys"
    keyfile.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_file_others_can_read_is_refused(own_key_file):
    os.chmod(own_key_file, 0o640)
    with pytest.raises(keyfile.KeyFileError, match="chmod 600"):
        keyfile.load(own_key_file)


def test_two_first_starts_at_once_end_with_one_key_file(tmp_path):
    first = keyfile.create(tmp_path / "keys")
    assert keyfile.create(tmp_path / "keys").fingerprint == first.fingerprint
