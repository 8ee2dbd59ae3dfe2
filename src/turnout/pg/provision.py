"""Roles, databases, extensions and default rights, made once and made again whenever they are missing.

turnout_owner   owns the database, migrates; not a superuser, does not pass row security that is forced
turnout_app     web, worker, commands and tests: only what is granted, no way round row security
turnout_backup  reads everything, writes nothing: pg_dump under row security needs BYPASSRLS
turnout_sealer  seals the audit log: nothing but what the audit's migration grants
turnout_lookup  nobody can sign in as it: owns the few functions that must look past row security
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from psycopg import Connection, sql

from turnout.pg.binaries import EXTENSIONS
from turnout.pg.refused import Refused

DATABASE = "turnout"

_PLAIN = "NOSUPERUSER NOCREATEROLE NOREPLICATION"
_ATTRIBUTES = {
    "turnout_owner": f"LOGIN {_PLAIN} NOBYPASSRLS",
    "turnout_app": f"LOGIN {_PLAIN} NOCREATEDB NOBYPASSRLS",
    "turnout_backup": f"LOGIN {_PLAIN} NOCREATEDB BYPASSRLS",
    "turnout_sealer": f"LOGIN {_PLAIN} NOCREATEDB NOBYPASSRLS CONNECTION LIMIT 4",
    "turnout_lookup": f"NOLOGIN {_PLAIN} NOCREATEDB BYPASSRLS",
}

_MEMBERSHIPS = (
    "GRANT pg_read_all_data TO turnout_backup",
    "ALTER ROLE turnout_backup SET default_transaction_read_only = on",
    "GRANT turnout_lookup TO turnout_owner",  # so that a migration may hand a function over
)
_DOORS = (
    "REVOKE ALL ON DATABASE {} FROM PUBLIC",
    "GRANT CONNECT ON DATABASE {} TO turnout_backup, turnout_sealer",
    "GRANT CONNECT, TEMPORARY ON DATABASE {} TO turnout_app",
)
_DEFAULTS = "ALTER DEFAULT PRIVILEGES FOR ROLE turnout_owner IN SCHEMA public GRANT"
_INSIDE = (
    *(f"CREATE EXTENSION IF NOT EXISTS {extension}" for extension in EXTENSIONS),
    "GRANT USAGE ON SCHEMA public TO turnout_app, turnout_backup, turnout_sealer, turnout_lookup",
    "GRANT CREATE ON SCHEMA public TO turnout_lookup",  # asked for when it becomes an owner
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    f"{_DEFAULTS} SELECT, INSERT, UPDATE, DELETE ON TABLES TO turnout_app",
    f"{_DEFAULTS} USAGE, SELECT ON SEQUENCES TO turnout_app",
    f"{_DEFAULTS} EXECUTE ON FUNCTIONS TO turnout_app",
)

AnyConnection = Connection[tuple[object, ...]]


def mark(passwords: Mapping[str, str], createdb: bool) -> str:
    """What a fully provisioned server says of itself; changes with what is below, so that it is done again."""
    text = repr([createdb, sorted(passwords.items()), _ATTRIBUTES, _MEMBERSHIPS, _DOORS, _INSIDE])
    return f"provisioned {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def is_provisioned(admin: AnyConnection, expected: str) -> bool:
    row = admin.execute(
        "select shobj_description(oid, 'pg_authid') = %s from pg_roles where rolname = 'turnout_app'", [expected]
    ).fetchone()
    return bool(row and row[0])


def roles(admin: AnyConnection, passwords: Mapping[str, str], createdb: bool) -> None:
    """Make or repair the roles."""
    known = {row[0] for row in admin.execute("select rolname from pg_roles")}
    for role, attributes in _ATTRIBUTES.items():
        verb = "ALTER" if role in known else "CREATE"
        admin.execute(sql.SQL(f"{verb} ROLE {{}} {attributes}").format(sql.Identifier(role)))
        if role in passwords:
            # Hashed here, so that no password passes through the server's statements.
            hashed = admin.pgconn.encrypt_password(passwords[role].encode(), role.encode(), b"scram-sha-256")
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
            admin.execute(statement.format(sql.Identifier(role), sql.Literal(hashed.decode())))
    admin.execute(f"ALTER ROLE turnout_owner {'CREATEDB' if createdb else 'NOCREATEDB'}")
    for membership in _MEMBERSHIPS:
        admin.execute(membership)


def database(admin: AnyConnection, name: str, template: str | None = None) -> None:
    """Make a database of turnout_owner if it is missing; only our roles may enter it."""
    if admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is None:
        statement = sql.SQL("CREATE DATABASE {} OWNER turnout_owner TEMPLATE {}")
        admin.execute(statement.format(sql.Identifier(name), sql.Identifier(template or "template1")))
    for door in _DOORS:
        admin.execute(sql.SQL(door).format(sql.Identifier(name)))


def inside(connection: AnyConnection) -> None:
    """Extensions and default rights of the connected database. Databases copied from it have them too."""
    for extension in EXTENSIONS:
        row = connection.execute("select 1 from pg_available_extensions where name = %s", [extension]).fetchone()
        if row is None:
            raise Refused(
                "extension-missing",
                f"This PostgreSQL has no extension {extension}.",
                "Install its contrib package (RHEL, Fedora, SUSE, Alpine: postgresql-contrib), "
                "or set TURNOUT_PG_BIN to another installation.",
            )
    for statement in _INSIDE:
        connection.execute(statement)


def script() -> str:
    """The same for a server of one's own (DATABASE_URL), as statements its administrator runs with psql."""
    lines = ["-- Run as a superuser, once. Then set a password for each role that signs in: \\password turnout_app"]
    lines += [f"CREATE ROLE {role} {attributes};" for role, attributes in _ATTRIBUTES.items()]
    lines += [f"{membership};" for membership in _MEMBERSHIPS]
    lines += [f"CREATE DATABASE {DATABASE} OWNER turnout_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';"]
    lines += [f"{door.format(DATABASE)};" for door in _DOORS]
    lines += [f"\\connect {DATABASE}", *(f"{statement};" for statement in _INSIDE)]
    return "\n".join(lines) + "\n"


def finish(admin: AnyConnection, expected: str) -> None:
    """Say that everything before was done; last, so that a start killed half way is completed by the next."""
    admin.execute(sql.SQL("COMMENT ON ROLE turnout_app IS {}").format(sql.Literal(expected)))
