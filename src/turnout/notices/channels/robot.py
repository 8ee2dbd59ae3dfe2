"""Robots of chat groups: WeCom, DingTalk and Feishu take a text on a webhook, each in its own form.

They answer 200 also when they refuse, with a code in the body (`errcode`, `code`). A second try posts twice.
"""

from __future__ import annotations

from typing import Any

from turnout.notices.channels.base import Letter, TryAgain, WillNot
from turnout.notices.channels.http import post

_TOO_OFTEN = {45009, 130101, 11232}
"""WeCom, DingTalk and Feishu: sent too often."""


class RobotChannel:
    name = "robot"
    idempotent = False

    def __init__(self, kind: str, url: str, per_minute: int = 20, timeout_seconds: float = 10) -> None:
        if kind not in ("wecom", "dingtalk", "feishu"):
            raise ValueError("a robot is wecom, dingtalk or feishu")
        self.kind = kind
        self.url = url
        self.per_minute = per_minute
        self.timeout_seconds = timeout_seconds

    def send(self, letter: Letter) -> None:
        answer = post(self.url, self.body(letter.text), {}, self.timeout_seconds)
        code = int(answer.get("errcode") or answer.get("code") or 0)
        if code in _TOO_OFTEN:
            raise TryAgain(f"robot_{code}")
        if code:
            raise WillNot(f"robot_{code}")

    def body(self, text: str) -> dict[str, Any]:
        if self.kind == "feishu":
            return {"msg_type": "text", "content": {"text": text}}
        return {"msgtype": "text", "text": {"content": text}}
