"""Robots of chat groups: WeCom, DingTalk and Feishu take a text on a webhook, each in its own form.

They answer 200 also when they refuse, with a code in the body (`errcode`, `code`). A second try posts twice.
DingTalk and Feishu robots can ask for a signature; each signs time and secret in a way of its own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import quote

from turnout.core import clock
from turnout.notices.channels.base import Letter, Pace, TryAgain, WillNot
from turnout.notices.channels.http import post

_TOO_OFTEN = {45009, 130101, 11232}
"""WeCom, DingTalk and Feishu: sent too often."""


class RobotChannel:
    name = "robot"
    reaches = "group"
    idempotent = False

    def __init__(self, pace: Pace, kind: str, url: str, secret: str = "", timeout_seconds: float = 10) -> None:
        if kind not in ("wecom", "dingtalk", "feishu"):
            raise ValueError("a robot is wecom, dingtalk or feishu")
        self.pace = pace
        self.kind = kind
        self.url = url
        self.secret = secret
        self.seconds = timeout_seconds

    def send(self, letter: Letter) -> None:
        answer = post(self._signed_url(), self.body(letter.text), {}, self.seconds)
        code = int(answer.get("errcode") or answer.get("code") or 0)
        if code in _TOO_OFTEN:
            raise TryAgain(f"robot_{code}")
        if code:
            raise WillNot(f"robot_{code}")

    def body(self, text: str) -> dict[str, Any]:
        if self.kind != "feishu":
            return {"msgtype": "text", "text": {"content": text}}
        plain = {"msg_type": "text", "content": {"text": text}}
        if not self.secret:
            return plain
        seconds = str(int(clock.now().timestamp()))
        return {"timestamp": seconds, "sign": _sign(f"{seconds}\n{self.secret}", "")} | plain

    def _signed_url(self) -> str:
        if self.kind != "dingtalk" or not self.secret:
            return self.url
        milliseconds = str(int(clock.now().timestamp() * 1000))
        sign = quote(_sign(self.secret, f"{milliseconds}\n{self.secret}"), safe="")
        return f"{self.url}{'&' if '?' in self.url else '?'}timestamp={milliseconds}&sign={sign}"


def _sign(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()
