"""Where the database is: DATABASE_URL and its two sisters, or the embedded one, which `turnout` commands start."""

from __future__ import annotations

import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg import conninfo

from turnout import pg

ROLES = {"app": "turnout_app", "owner": "turnout_owner", "sealer": "turnout_sealer", "backup": "turnout_backup"}
URLS = {
    "app": "DATABASE_URL",
    "owner": "DATABASE_OWNER_URL",
    "sealer": "DATABASE_SEALER_URL",
    "backup": "DATABASE_BACKUP_URL",
}


def databases(name: str) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """Return Django's DATABASES, and user and password of each role on the same database."""
    logins = _from_urls() if os.environ.get("DATABASE_URL") else _embedded(name)
    app = logins["app"]
    default = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": app["dbname"],
        "HOST": app.get("host", ""),
        "PORT": app.get("port", ""),
        "USER": app["user"],
        "PASSWORD": app.get("password", ""),
        "CONN_MAX_AGE": None,  # WSGI threads are few and live long
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "turnout", "server_side_binding": True, "prepare_threshold": 3},
    }
    roles = {role: {"USER": login["user"], "PASSWORD": login.get("password", "")} for role, login in logins.items()}
    return {"default": default}, roles


def _from_urls() -> dict[str, dict[str, str]]:
    logins = {}
    for role, variable in URLS.items():
        url = os.environ.get(variable)
        if not url:
            continue
        try:
            parts = conninfo.conninfo_to_dict(url)
        except Exception as error:
            raise ImproperlyConfigured(f"{variable} is not an address of a PostgreSQL database: {error}") from None
        logins[role] = {key: str(value) for key, value in parts.items() if value is not None}
    return logins


def _embedded(name: str) -> dict[str, dict[str, str]]:
    """Return the logins of the embedded database; without passwords as long as it was never started."""
    home = pg.home_of(name)
    passwords = home.passwords()
    place = {"dbname": pg.DATABASE, "host": str(home.socket_dir()), "port": "5432"}
    return {role: place | {"user": user, "password": passwords.get(user, "")} for role, user in ROLES.items()}
