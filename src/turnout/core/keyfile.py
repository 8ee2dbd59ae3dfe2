"""The key file: made at first start, mode 0600, kept outside the database and its backups. No Django here.

It holds the wrapping keys (newest first; rotating adds one), the key of look-up hashes, and a secret for signing.
Whoever loses it loses every personal column; whoever copies it beside a backup gives them away.
"""

from __future__ import annotations

import base64
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class KeyFileError(Exception):
    """The key file is missing, readable by others, or not one of ours; the message says what to do."""


@dataclass(frozen=True)
class KeyFile:
    path: Path
    wrapping: tuple[tuple[str, bytes], ...]
    lookup: bytes
    secret: bytes

    @property
    def current(self) -> tuple[str, bytes]:
        return self.wrapping[0]

    def wrapping_key(self, name: str) -> bytes | None:
        return dict(self.wrapping).get(name)

    def lookup_hash(self, kind: str, text: str) -> bytes:
        """Return HMAC-SHA256 of kind and text, 32 bytes: equal texts meet; without the key nothing can be guessed."""
        mac = hmac.HMAC(self.lookup, hashes.SHA256())
        mac.update(kind.encode() + b"\x00" + text.encode())
        return mac.finalize()

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose (signing cookies, links), so that no key serves two."""
        return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(self.secret)

    @property
    def fingerprint(self) -> str:
        return self.lookup_hash("fingerprint", "turnout").hex()[:16]


def default_path(name: str = "main") -> Path:
    """Return /etc/turnout/NAME.keys for root, ~/.config/turnout/NAME.keys for everybody else."""
    if os.geteuid() == 0:
        return Path("/etc/turnout") / f"{name}.keys"
    base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "turnout" / f"{name}.keys"


def load_or_create(path: Path) -> KeyFile:
    """Return the key file at a path, making it at first start."""
    return load(path) if path.exists() else create(path)


def create(path: Path) -> KeyFile:
    """Write a new key file with mode 0600; KeyFileError if one is there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "turnout": 1,
        "wrapping": [_fresh_key("k1")],
        "lookup": _encode(os.urandom(32)),
        "secret": _encode(os.urandom(32)),
    }
    try:
        _write(path, content, os.O_CREAT | os.O_EXCL)
    except FileExistsError:
        return load(path)
    return load(path)


def load(path: Path) -> KeyFile:
    """Read a key file; KeyFileError says what is wrong with it."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        content = json.loads(path.read_text())
    except FileNotFoundError:
        raise KeyFileError(
            f"There is no key file at {path}. Put the right one there or set TURNOUT_KEY_FILE."
        ) from None
    except OSError as error:
        raise KeyFileError(
            f"The key file {path} cannot be read: {error.strerror}. Let this account read it, or set TURNOUT_KEY_FILE."
        ) from None
    except ValueError:
        raise KeyFileError(_not_ours(path)) from None
    if mode & 0o077:
        raise KeyFileError(f"The key file {path} can be read by others (mode {mode:o}). Run: chmod 600 '{path}'")
    try:
        return KeyFile(
            path=path,
            wrapping=tuple((str(entry["name"]), _decode(entry["key"])) for entry in content["wrapping"]),
            lookup=_decode(content["lookup"]),
            secret=_decode(content["secret"]),
        )
    except (KeyError, TypeError, ValueError):
        raise KeyFileError(_not_ours(path)) from None


def _not_ours(path: Path) -> str:
    return f"{path} is not a key file of Turnout. Put the right one there or set TURNOUT_KEY_FILE."


def foreign(path: Path) -> str:
    """Say that a key file is a good one, but of another database."""
    return (
        f"The key file {path} does not belong to this database. Put the right key file there, or point"
        " TURNOUT_KEY_FILE at it; nothing was changed."
    )


def add_wrapping_key(path: Path) -> KeyFile:
    """Put a fresh wrapping key in front; the older ones stay until everything is wrapped anew."""
    content = json.loads(path.read_text())
    content["wrapping"].insert(0, _fresh_key(f"k{len(content['wrapping']) + 1}"))
    beside = path.with_suffix(path.suffix + ".new")
    _write(beside, content, os.O_CREAT | os.O_TRUNC)
    beside.replace(path)
    return load(path)


def _fresh_key(name: str) -> dict[str, str]:
    return {"name": name, "key": _encode(AESGCM.generate_key(256))}


def _write(path: Path, content: dict[str, object], flags: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | flags, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decode(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if len(raw) != 32:
        raise ValueError("a key has 32 bytes")
    return raw
