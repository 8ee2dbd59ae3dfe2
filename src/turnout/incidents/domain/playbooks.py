"""Publishing playbooks."""

from __future__ import annotations

from django.db import transaction

from turnout.core import audit, clock
from turnout.core.actors import Actor
from turnout.incidents import playbook as files
from turnout.incidents import refusals
from turnout.incidents.models import PlaybookVersion


@transaction.atomic
def publish(*, text: str, by: Actor) -> PlaybookVersion:
    """Publish one version. The same text again returns what stands; the same number with other words is refused."""
    by.require_anywhere("playbook.publish")
    try:
        parsed = files.read(text)
    except files.BadPlaybook as error:
        raise refusals.PLAYBOOK_BAD.refuse(problem=str(error)) from None
    digest = files.digest(text)
    standing = PlaybookVersion.objects.filter(name=parsed.name, version=parsed.version).first()
    if standing and standing.digest == digest:
        return standing
    if standing:
        raise refusals.PLAYBOOK_VERSION_TAKEN.refuse(name=parsed.name, version=parsed.version)
    version = PlaybookVersion.objects.create(
        name=parsed.name,
        version=parsed.version,
        content=text,
        digest=digest,
        published_at=clock.now(),
        published_by_id=by.id,
    )
    audit.record("playbook.publish", by=by, of=version, details={"name": parsed.name, "version": parsed.version})
    return version


def publish_shipped(*, by: Actor) -> list[PlaybookVersion]:
    """Publish the playbooks that ship with Turnout whose version is not there yet; a city's own words stay."""
    standing = set(PlaybookVersion.objects.values_list("name", "version"))
    texts = [(files.read(text), text) for text in files.shipped().values()]
    return [publish(text=text, by=by) for one, text in texts if (one.name, one.version) not in standing]
