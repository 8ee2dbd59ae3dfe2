"""One POST, and what its answer means for a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

from turnout.notices.channels.base import TryAgain, WillNot


def post(url: str, body: Mapping[str, Any], headers: Mapping[str, str], seconds: float) -> dict[str, Any]:
    """Send JSON and return the JSON answer. 429 and 5xx may pass later; any other refusal will not."""
    try:
        answer = requests.post(url, json=body, headers=dict(headers), timeout=seconds, allow_redirects=False)
    except requests.RequestException as error:
        raise TryAgain(type(error).__name__) from error
    if answer.status_code == 429 or answer.status_code >= 500:
        raise TryAgain(f"http_{answer.status_code}")
    if answer.status_code >= 300:
        raise WillNot(f"http_{answer.status_code}")
    try:
        parsed = answer.json()
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
