"""Whether a port can be listened on, and who has it when it cannot."""

from __future__ import annotations

import errno
import os
import re
import socket
from pathlib import Path

from turnout import pg


def check_free(host: str, port: int) -> None:
    """Raise Refused, naming the process where the system tells, when host and port cannot be listened on."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, OverflowError) as error:
        raise pg.Refused(
            "bad-address", f"{host}:{port} is not an address of this machine.", "Try --host 127.0.0.1 --port 8000."
        ) from error
    with socket.socket(family, kind, protocol) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(address)
        except OSError as error:
            raise _refused(host, port, error) from error


def _refused(host: str, port: int, error: OSError) -> pg.Refused:
    if error.errno == errno.EADDRINUSE:
        who = holder(port)
        return pg.Refused(
            "port-taken",
            f"Port {port} is taken{f' by {who}' if who else ''}.",
            f"End that program, or choose another port: turnout up --port {port + 1}",
        )
    if error.errno == errno.EACCES:
        return pg.Refused(
            "port-forbidden",
            f"Port {port} may be used by root only.",
            "Use a port above 1023, and a web server such as Caddy or nginx in front.",
        )
    return pg.Refused(
        "bad-address", f"{host}:{port} cannot be listened on: {error.strerror}.", "Try --host 127.0.0.1 --port 8000."
    )


def holder(port: int) -> str | None:
    """Name and number of the process that listens on a port, as far as Linux shows it to us."""
    sockets = _listening(port)
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            held = {os.readlink(link) for link in (entry / "fd").iterdir()}
            if held & sockets:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                return f"{os.fsdecode(b' '.join(words[:4])).strip()} (process {entry.name})"
        except OSError:
            continue
    return None


def _listening(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = re.split(r"\s+", line.strip())
            if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:  # 0A: listening
                found.add(f"socket:[{fields[9]}]")
    return found
