"""One POST, and what its answer means for a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from turnout.notices.channels.base import TryAgain, Unclear, WillNot


def post(url: str, body: Mapping[str, Any], headers: Mapping[str, str], seconds: float) -> dict[str, Any]:
    """Send JSON and return the JSON answer. 429 and 5xx may pass later; any other refusal will not.

    Where nobody could be reached nothing left; where the answer did not come, the message may have arrived.
    """
    try:
        answer = requests.post(url, json=body, headers=dict(headers), timeout=seconds, allow_redirects=False)
    except requests.RequestException as error:
        raise (TryAgain if _never_left(error) else Unclear)(type(error).__name__) from error
    if answer.status_code == 429 or answer.status_code >= 500:
        raise TryAgain(f"http_{answer.status_code}")
    if answer.status_code >= 300:
        raise WillNot(f"http_{answer.status_code}")
    try:
        parsed = answer.json()
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _never_left(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError):
        return True
    return any(isinstance(getattr(cause, "reason", cause), NewConnectionError) for cause in error.args)
