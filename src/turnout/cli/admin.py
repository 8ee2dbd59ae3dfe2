"""Accounts from the server's own shell.

turnout admin create USERNAME   make the first person and print a set-up link, valid 30 minutes
turnout admin link USERNAME     print a new link for somebody who lost the password
"""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta

from turnout.cli import start


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=["create", "link"])
    parser.add_argument("username")
    parser.add_argument("--name", default="", help="the name the pages show (default: the sign-in name)")
    parser.add_argument("--area", default="", help="code of the city or district to administer")
    parser.add_argument("--days", type=int, default=365, help="how long the role lasts (default 365)")
    parser.add_argument("--address", default="http://localhost:8000", help="where people reach this server")


def run(args: argparse.Namespace) -> int:
    with start.django():
        from turnout.core.refusals import Refusal

        try:
            token = _create(args) if args.act == "create" else _link(args)
        except Refusal as refusal:
            print(refusal, file=sys.stderr)
            return 2
        print(f"{args.address}/welcome/{token}/")
        print("Valid for 30 minutes, once. Whoever opens it chooses the password of this account.", file=sys.stderr)
        return 0


def _create(args: argparse.Namespace) -> str:
    from turnout.access.domain import accounts, grants
    from turnout.access.scope import acting_as
    from turnout.core import clock
    from turnout.core.actors import SYSTEM

    _require_area(args.area)
    with acting_as(SYSTEM):
        user = accounts.create(username=args.username, name=args.name, by=SYSTEM)
        ends_at = clock.now() + timedelta(days=args.days)
        grants.give(user=user, role="administrator", area_code=args.area, ends_at=ends_at, by=SYSTEM)
        return accounts.issue_link(user=user, by=SYSTEM)


def _require_area(code: str) -> None:
    """Refuse an area that is on no list: its administrator would administer nothing."""
    from turnout.access.refusals import AREA_MISSING, AREA_UNKNOWN
    from turnout.places import public

    if not code:
        raise AREA_MISSING.refuse()
    try:
        public.area(code)
    except public.UnknownCode:
        raise AREA_UNKNOWN.refuse(code=code) from None


def _link(args: argparse.Namespace) -> str:
    from turnout.access.domain import accounts
    from turnout.access.models import User
    from turnout.access.refusals import NO_ACCOUNT
    from turnout.access.scope import acting_as
    from turnout.core.actors import SYSTEM

    with acting_as(SYSTEM):
        user = User.objects.filter(username=args.username).first()
        if user is None:
            raise NO_ACCOUNT.refuse(username=args.username)
        return accounts.issue_link(user=user, by=SYSTEM)
