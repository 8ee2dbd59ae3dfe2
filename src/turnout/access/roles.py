"""Roles and what each may do. A role is granted over an area or over one unit; these names are stored in grants."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PERMISSIONS: dict[str, Promise] = {
    "area.view": _("see areas"),
    "area.edit": _("change areas, buildings and sites"),
    "unit.view": _("see units"),
    "unit.edit": _("change units, pairings and quotas"),
    "person.view": _("see people"),
    "person.edit": _("change people"),
    "person.reveal": _("see a whole phone number, with a purpose, on the record"),
    "person.import": _("import lists of people"),
    "person.export": _("export lists of people"),
    "person.merge": _("merge and separate duplicates"),
    "signup.manage": _("issue and revoke sign-up links"),
    "incident.manage": _("open incidents, mark levels, stand down"),
    "whistle.raise": _("whistle for people"),
    "whistle.decide": _("answer whistles"),
    "post.edit": _("fix posts and duties"),
    "plan.make": _("make and publish plans, call people out"),
    "callout.answer": _("answer for people"),
    "arrival.mark": _("mark arrivals and releases"),
    "playbook.publish": _("publish playbooks"),
    "grant.give": _("give and revoke roles"),
    "audit.read": _("read the audit log"),
}


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    label: Promise
    permissions: frozenset[str]
    over_unit: bool = False


def _role(name: str, label: Promise, *permissions: str, over_unit: bool = False) -> Role:
    unknown = set(permissions) - set(PERMISSIONS)
    assert not unknown, unknown
    return Role(name, label, frozenset(permissions), over_unit)


ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        _role("administrator", _("administrator"), *PERMISSIONS),
        _role(
            "dispatcher", _("dispatcher"),
            "area.view", "area.edit", "unit.view", "unit.edit", "person.view", "person.edit", "person.reveal",
            "person.import", "person.export", "person.merge", "signup.manage", "incident.manage",
            "whistle.raise", "whistle.decide", "post.edit", "plan.make", "callout.answer", "arrival.mark",
        ),
        _role("triage", _("street desk"), "area.view", "unit.view", "person.view", "person.reveal", "whistle.raise",
              "whistle.decide", "post.edit", "arrival.mark"),
        _role(
            "desk", _("community desk"),
            "area.view", "unit.view", "person.view", "person.reveal", "whistle.raise", "post.edit", "arrival.mark",
        ),
        _role(
            "liaison", _("unit liaison"),
            "unit.view", "person.view", "person.edit", "person.reveal", "person.import", "signup.manage",
            "callout.answer",
            over_unit=True,
        ),
        _role("auditor", _("auditor"), "area.view", "audit.read"),
        _role("viewer", _("viewer"), "area.view", "unit.view"),
    )
}  # fmt: skip
