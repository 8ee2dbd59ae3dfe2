"""The database of the suite: migrated once into a template that is kept as long as no migration changes."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from turnout import pg

ROOT = Path(__file__).resolve().parent.parent


class TestDatabase:
    __test__ = False

    def __init__(self, cluster: pg.Cluster, name: str) -> None:
        self.cluster = cluster
        self.name = name

    @classmethod
    @contextmanager
    def prepare(cls, server: str, worker: str, scratch: Path, major: int | None) -> Iterator[TestDatabase]:
        with pg.ensure(server, for_tests=True, major=major) as cluster:
            with (scratch / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                template = _template(cluster)
                name = f"turnout_{worker}"
                cluster.drop_database(name)
                cluster.create_database(name, template=template)
            try:
                yield cls(cluster, name)
            finally:
                cluster.drop_database(name)

    def use(self) -> None:
        _connect_to(self.cluster, self.name)
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            role, dangerous = cursor.fetchone()
        if dangerous or role != "turnout_app":
            raise RuntimeError(f"the suite must run as turnout_app without special rights, not as {role}")

    def leave(self) -> None:
        from django.db import connections

        connections.close_all()

    def empty(self) -> None:
        """Empty every table but what migrating put there."""
        with psycopg.connect(**self.cluster.params("postgres", self.name)) as admin:
            admin.execute("SET session_replication_role = replica")
            tables = admin.execute(
                "SELECT string_agg(format('%%I', relname), ',') FROM pg_class WHERE relkind = 'r'"
                " AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)",
                [["django_migrations", "django_content_type", "core_datakey", "core_keyfile"]],
            ).fetchone()
            admin.execute(f"TRUNCATE {tables[0]} CASCADE")

    def dsn(self, role: str = "turnout_app") -> str:
        return self.cluster.dsn(role, self.name)


def _template(cluster: pg.Cluster) -> str:
    name = f"turnout_template_{_fingerprint()}"
    if name in cluster.databases():
        return name
    for old in cluster.databases():
        if old.startswith("turnout_template_"):
            cluster.drop_database(old)
    cluster.create_database(name)
    try:
        _connect_to(cluster, name)
        from django.db import connection

        from turnout.access.installation import migrate

        migrate()
        connection.close()
    except BaseException:
        cluster.drop_database(name)
        raise
    return name


def _fingerprint() -> str:
    """Hash what a migrated database follows from: every migration, what the core puts there, and the key file."""
    from django.conf import settings

    digest = hashlib.sha256(Path(settings.TURNOUT_KEY_FILE).read_bytes())
    for path in sorted((ROOT / "src/turnout").rglob("*.py")):
        if path.parent.name == "migrations" or path.name in ("models.py", "row_security.py", "keyfile.py", "keys.py"):
            digest.update(path.read_bytes())
    digest.update((ROOT / "requirements.lock").read_bytes())
    return digest.hexdigest()[:12]


def _connect_to(cluster: pg.Cluster, name: str) -> None:
    """Point Django at a database of the cluster, as turnout_app, with the other roles beside it."""
    from django.conf import settings
    from django.db import connection

    connection.close()
    params = cluster.params("turnout_app", name)
    connection.settings_dict.update(
        NAME=name, HOST=params["host"], PORT=params["port"], USER=params["user"], PASSWORD=params["password"]
    )
    settings.TURNOUT_ROLES = {
        short: {"USER": role, "PASSWORD": cluster.params(role, name)["password"]}
        for short, role in (
            ("app", "turnout_app"),
            ("owner", "turnout_owner"),
            ("sealer", "turnout_sealer"),
            ("backup", "turnout_backup"),
        )
    }
