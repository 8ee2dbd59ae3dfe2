"""E-mail through the city's own mail server. The message's id is its Message-ID; a second try can arrive twice."""

from __future__ import annotations

import smtplib
from typing import Any

from django.core.mail import EmailMessage, get_connection

from turnout.notices.channels.base import Letter, Pace, TryAgain, Unclear, WillNot


class MailChannel:
    name = "email"
    reaches = "email"
    idempotent = False

    def __init__(
        self,
        pace: Pace,
        sender: str,
        host: str = "localhost",
        port: int = 25,
        user: str = "",
        password: str = "",
        security: str = "",
        timeout_seconds: float = 20,
        backend: str = "django.core.mail.backends.smtp.EmailBackend",
    ) -> None:
        """`security` is "", "starttls" or "tls"."""
        if security not in ("", "starttls", "tls"):
            raise ValueError('security of e-mail is "", "starttls" or "tls"')
        self.pace = pace
        self.sender = sender
        self.seconds = timeout_seconds
        self.backend = backend
        self.server: dict[str, Any] = {
            "host": host,
            "port": port,
            "username": user,
            "password": password,
            "use_tls": security == "starttls",
            "use_ssl": security == "tls",
            "timeout": timeout_seconds,
        }

    def send(self, letter: Letter) -> None:
        domain = self.sender.rpartition("@")[2].rstrip(">")
        connection = get_connection(self.backend, **self.server)
        try:
            connection.open()
        except (smtplib.SMTPException, OSError) as error:
            raise TryAgain(type(error).__name__) from error
        message = EmailMessage(
            subject=letter.subject,
            body=letter.text,
            from_email=self.sender,
            to=[letter.to],
            headers={"Message-ID": f"<{letter.id}@{domain}>", "Auto-Submitted": "auto-generated"},
            connection=connection,
        )
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as error:
            code = max((code for code, _ in error.recipients.values()), default=550)
            raise (WillNot if code >= 500 else TryAgain)(f"smtp_{code}") from error
        except smtplib.SMTPResponseException as error:
            raise (WillNot if error.smtp_code >= 500 else TryAgain)(f"smtp_{error.smtp_code}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unclear(type(error).__name__) from error
        finally:
            connection.close()
