"""A mailbox of the test's own, and nothing in the database but what the drill puts there."""

import pytest

from turnout.notices.channels import known


@pytest.fixture
def mailbox(tmp_path, settings):
    """The folder of the file channel."""
    settings.TURNOUT_CHANNELS = {"file": {"directory": str(tmp_path / "messages")}}
    known.forget()
    yield tmp_path / "messages"
    known.forget()
