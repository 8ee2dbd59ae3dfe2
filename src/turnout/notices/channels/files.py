"""The file channel of drills: one file a message, named by its id, so that a second try writes the same file."""

from __future__ import annotations

import json
import os
from pathlib import Path

from turnout.notices.channels.base import Letter, Pace, TryAgain


class FileChannel:
    name = "file"
    reaches = "person"
    idempotent = True
    seconds = 1.0

    def __init__(self, pace: Pace, directory: str) -> None:
        self.pace = pace
        self.directory = Path(directory)

    def send(self, letter: Letter) -> None:
        """Write the message beside its place and rename it there: a reader never sees half of one."""
        try:
            self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside = self.directory / f".{letter.id}.{os.getpid()}"
            beside.write_text(
                json.dumps({"id": str(letter.id), "to": letter.to, "text": letter.text}, ensure_ascii=False)
            )
            beside.replace(self.directory / f"{letter.id}.json")
        except OSError as error:
            raise TryAgain(type(error).__name__) from error
