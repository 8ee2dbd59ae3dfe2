"""What each verb of the audit log means, for people who read it; a verb without words is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from turnout.access.roles import ROLES
from turnout.console import words
from turnout.console.presenters.areas import PLACE_WORDS
from turnout.core.refusals import CATALOGUE
from turnout.people.states import CATEGORIES, MERGE_STATES, REVEAL_PURPOSES
from turnout.places.states import SITE_KINDS
from turnout.staffing.states import CALLED, LEVELS

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
    "area.import": _("imported a list of places"),
    "person.import": _("imported a list of people"),
    "person.export": _("exported a list of people"),
    "person.claim": _("claimed somebody for a unit"),
    "person.decide_duplicate": _("decided on a duplicate"),
    "person.look_for_duplicates": _("looked for duplicates"),
    "person.separate": _("took a merge back"),
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
    "unit.import": _("imported a list of units"),
    "unit.edit": _("changed a unit"),
    "unit.pair": _("paired a unit with streets"),
    "unit.set_liaison": _("set a unit's liaison"),
    "unit.set_quota": _("set a unit's quota"),
    "callout.bind": _("opened a call-out in a browser"),
    "upload.purge": _("purged uploaded files"),
    "booking.cancel": _("cancelled a booking"),
    "booking.end": _("ended a booking"),
    "callout.answer": _("answered a call-out"),
    "callout.arrive": _("marked somebody as on post"),
    "callout.ask": _("called people out"),
    "person.email": _("changed an e-mail address"),
    "message.settle": _("saw to a message that did not arrive"),
    "callout.end": _("called everybody off who was not on post"),
    "callout.release": _("released somebody"),
    "callout.silent": _("counted who had not answered"),
    "incident.mark": _("marked a level"),
    "incident.open": _("opened an incident"),
    "incident.stand_down": _("stood an incident down"),
    "incident.purge": _("deleted an incident's personal data"),
    "incident.switch_playbook": _("switched the playbook"),
    "incident.unmark": _("ended a level"),
    "plan.discard": _("discarded a plan"),
    "plan.draft": _("drafted a plan"),
    "plan.hand_out": _("handed a plan out as a list"),
    "plan.publish": _("published a plan"),
    "playbook.publish": _("published a playbook"),
    "post.cancel": _("cancelled a post"),
    "post.fix": _("fixed a post"),
    "post.generate": _("made posts from the playbook"),
    "opening.close": _("closed an opening to sign up for"),
    "opening.open": _("opened posts to sign up for"),
    "callout.hand_over": _("handed a posting over"),
    "wave.widen": _("widened a wave"),
    "callout.seen": _("saw a call-out"),
    "plan.place": _("placed somebody by hand"),
    "callout.substitute": _("named a stand-in"),
    "feedback.give": _("gave feedback"),
    "remark.answer": _("answered a complaint or suggestion"),
    "remark.send": _("sent a complaint or suggestion"),
    "signup.place": _("gave a place to somebody who signed up"),
    "signup.withdraw": _("withdrew a sign-up"),
    "plan.take_out": _("took somebody out of a plan"),
    "signup.move_up": _("moved somebody up the waiting list"),
    "consent.give": _("let a unit's people go"),
    "consent.silence": _("took a unit's silence as consent"),
    "desk.set_phone": _("set the phone number of a desk"),
    "team.by_desk": _("let a team's leader be called through the desk, or not"),
    "team.party_branch": _("marked a team as a temporary Party branch"),
    "team.set_deputy": _("named a team's deputy"),
    "team.set_leader": _("named a team's leader"),
    "signup.issue": _("issued a sign-up link"),
    "signup.revoke": _("revoked a sign-up link"),
    "signup.take": _("took in a sign-up"),
    "wave.closed": _("closed a wave"),
    "wave.create": _("made a wave"),
    "wave.locked": _("locked a wave"),
    "wave.open": _("opened a wave"),
    "wave.quota": _("set quotas of a wave"),
    "whistle.approve": _("approved a whistle"),
    "whistle.close": _("closed a whistle"),
    "whistle.merge": _("merged whistles"),
    "whistle.pass_up": _("passed a whistle up"),
    "whistle.raise": _("whistled"),
    "whistle.refuse": _("refused a whistle"),
    "whistle.split": _("split a whistle"),
    "whistle.withdraw": _("withdrew a whistle"),
}


DETAILS: dict[str, Promise] = {
    "added": _("added"),
    "after": _("after"),
    "answer": _("answer"),
    "area": _("area"),
    "areas": _("areas"),
    "bad": _("bad"),
    "before": _("before"),
    "called": _("called out"),
    "called_off": _("called off"),
    "cancelled": _("cancelled"),
    "category": _("staff category"),
    "changed": _("changed"),
    "closed": _("closed"),
    "code": _("code"),
    "columns": _("columns"),
    "digest": _("fingerprint"),
    "drill": _("drill"),
    "elsewhere": _("known elsewhere"),
    "ends": _("until"),
    "export": _("export"),
    "files": _("files"),
    "found": _("found"),
    "from": _("from"),
    "gap": _("proof gap"),
    "gone": _("merged record"),
    "into": _("into"),
    "kept": _("kept"),
    "kind": _("kind"),
    "left": _("marked as left"),
    "left_booked": _("missing, but booked"),
    "level": _("level"),
    "link": _("link"),
    "moved": _("moved along"),
    "name": _("name"),
    "needed": _("needed"),
    "new": _("new"),
    "number": _("number"),
    "on": _("switched on"),
    "only_good": _("only the good rows"),
    "other": _("the other record"),
    "overdue": _("overdue"),
    "parts": _("parts"),
    "people": _("people"),
    "person": _("person"),
    "placed": _("placed"),
    "places": _("places"),
    "playbook": _("playbook"),
    "purpose": _("for"),
    "quota": _("quota"),
    "repeated": _("repeated"),
    "role": _("role"),
    "rows": _("rows"),
    "run_at": _("really at"),
    "same": _("same"),
    "scope": _("range"),
    "seed": _("seed"),
    "state": _("state"),
    "status": _("status"),
    "streets": _("streets"),
    "successor": _("successor"),
    "to": _("to"),
    "unit": _("unit"),
    "units": _("units"),
    "used": _("used"),
    "user": _("account"),
    "version": _("version"),
    "way": _("by"),
    "whole_phones": _("whole phone numbers"),
}
COUNTS = ("bad", "called_off", "closed", "elsewhere", "left", "left_booked", "repeated")
"""Figures that are worth a word only when there are any."""

_VALUES: dict[str, Mapping[str, Any]] = {
    "answer": CALLED,
    "category": CATEGORIES,
    "columns": PLACE_WORDS,
    "kind": SITE_KINDS,
    "level": words.LEVELS | LEVELS,
    "purpose": REVEAL_PURPOSES,
    "role": {name: role.label for name, role in ROLES.items()},
    "state": MERGE_STATES,
}


def detail(name: str) -> str:
    return str(DETAILS.get(name, name))


def value(name: str, text: str) -> str:
    """Words for the codes that details hold; a refusal by its sentence, if that says everything by itself."""
    reason = CATALOGUE.get(text) if name == "code" else None
    if reason and "{" not in str(reason.sentence):
        return str(reason.sentence)
    return str(_VALUES.get(name, {}).get(text, text))


def verb(code: str) -> str:
    return str(VERBS.get(code, code))
