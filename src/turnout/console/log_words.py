"""What each verb of the audit log means, for people who read it; a verb without words is shown as it is."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERBS: dict[str, Promise] = {
    "access.refused": _("was refused"),
    "account.create": _("made an account"),
    "account.link": _("issued a one-time link"),
    "account.password": _("set a password by a link"),
    "area.add": _("added an area"),
    "area.close": _("closed an area"),
    "area.count": _("changed figures of an area"),
    "area.describe": _("described a compound or building"),
    "area.load_public": _("loaded areas of the public list"),
    "area.merge": _("merged areas"),
    "area.move_point": _("moved the point of an area"),
    "area.rename": _("renamed an area"),
    "grant.give": _("gave a role"),
    "grant.revoke": _("revoked a role"),
    "list.check": _("checked a list"),
    "list.commit": _("imported a list"),
    "list.export": _("exported a list"),
    "person.add": _("entered a person"),
    "person.edit": _("changed a person"),
    "person.leave": _("marked a person as left"),
    "person.link_account": _("linked a person to an account"),
    "person.merge": _("merged two records"),
    "person.move_unit": _("moved a person to another unit"),
    "person.return": _("took a person back"),
    "person.reveal": _("saw a whole phone number"),
    "person.set_availability": _("changed availability"),
    "person.set_limits": _("changed work limits"),
    "person.set_ready": _("changed readiness"),
    "person.set_skills": _("changed skills"),
    "person.set_tier": _("changed a reserve tier"),
    "site.add": _("added a site"),
    "site.change": _("changed a site"),
    "site.close": _("closed a site"),
    "unit.close": _("closed a unit"),
    "unit.create": _("added a unit"),
    "unit.edit": _("changed a unit"),
    "unit.pair": _("paired a unit with streets"),
    "unit.set_liaison": _("set a unit's liaison"),
    "unit.set_quota": _("set a unit's quota"),
    "upload.purge": _("purged uploaded files"),
}


def verb(code: str) -> str:
    return str(VERBS.get(code, code))
