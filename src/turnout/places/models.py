"""The area tree from city to building, what is known of compounds and buildings, and sites."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Coalesce, NullIf, Substr
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from turnout.core.ids import new_id
from turnout.core.row_security import PROTECTED, protected
from turnout.places.public import SYSTEMS
from turnout.places.states import AREA_KINDS, LABELS_OF_COUNTS, LABELS_OF_POINT, MANAGEMENT, SITE_KINDS

_CODE_OF_LEVEL = {
    "province": (r"^[0-9]{2}0{10}$", r"^(11|12|31|50)"),
    "city": (r"^[0-9]{4}0{8}$", r"^(?!11|12|31|50)[0-9]{2}0{10}$"),
    "district": (r"^[0-9]{6}0{6}$", r"^[0-9]{4}0{8}$"),
    "street": (r"^[0-9]{9}0{3}$", r"^[0-9]{6}0{6}$"),
    "community": (r"^[0-9]{12}$", r"^[0-9]{9}0{3}$"),
    "compound": (r"^[0-9]{12}-[0-9]{3}$", r"(^[0-9]{9}000|-000$)"),
    "building": (r"^[0-9]{12}-[0-9]{3}-[0-9]{3}$", r"(^[0-9]{9}000|-000$)"),
}
"""Level -> what its code looks like, and what it does not look like."""


def _level_of_code() -> Q:
    found = Q()
    for level, (like, unlike) in _CODE_OF_LEVEL.items():
        found |= Q(level=level, code__regex=like) & ~Q(code__regex=unlike)
    return found


def _digits(start: int, length: int) -> Cast:
    return Cast(Coalesce(NullIf(Substr("code", start, length), Value("")), Value("0")), models.BigIntegerField())


_POINT_WHOLE = Q(lon__isnull=True, lat__isnull=True, point_source="", point_synthetic=False) | (
    Q(lon__isnull=False, lat__isnull=False) & ~Q(point_source="")
)
_POINT_IN_RANGE = Q(lon__isnull=True) | Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90)


class Point(models.Model):
    """Where something is, in WGS-84 degrees, and where that is known from.

    `point_system` is the system the point was given in; it was converted, because a map can only draw one.
    `point_source` is a word of `states` or what the office wrote; synthetic points are marked, and shown so.
    """

    lon = models.FloatField(_("longitude"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    point_system = models.TextField(default="wgs84")
    point_source = models.TextField(default="", blank=True)
    point_synthetic = models.BooleanField(default=False)

    class Meta:
        abstract = True


@pghistory.track(meta={"indexes": [models.Index(fields=["area_key"], name="area_event_key")]})
class Area(Point):
    """One node of the area tree, from province to building. Never deleted: it is closed and points to its successor.

    `area_key` and `key_end` bound the half-open key range of the area and everything below it. Counts are of whoever
    lives there, with their source and date; None where nobody has said.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(_("code"), max_length=20)
    area_key = models.BigIntegerField()
    key_end = models.BigIntegerField()
    level = models.TextField(_("level"))
    kind = models.TextField(_("kind"), default="", blank=True)
    name = models.CharField(pgettext_lazy("place", "name"), max_length=100)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="predecessors")
    residents = models.PositiveIntegerField(_("residents"), null=True)
    households = models.PositiveIntegerField(_("households"), null=True)
    counts_source = models.TextField(default="", blank=True)
    counts_as_of = models.DateField(null=True)
    counts_synthetic = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["parent", "area_key"], name="area_parent_key"),
            models.Index(fields=["level", "area_key"], name="area_level_key"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="area_code_once"),
            models.UniqueConstraint(fields=["area_key"], name="area_key_once"),
            models.CheckConstraint(condition=_level_of_code(), name="area_level_of_code"),
            models.CheckConstraint(
                condition=Q(area_key=_digits(1, 12) * 1_000_000 + _digits(14, 3) * 1_000 + _digits(18, 3)),
                name="area_key_of_code",
            ),
            models.CheckConstraint(condition=Q(key_end__gt=F("area_key")), name="area_range_not_empty"),
            models.CheckConstraint(
                condition=Q(kind__in=AREA_KINDS) & (Q(kind="") | Q(level__in=["street", "community"])),
                name="area_kind_known",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="area_name_given"),
            models.UniqueConstraint(
                fields=["parent", "name"],
                condition=Q(closed_at__isnull=True, level__in=["compound", "building"]),
                name="area_local_name_once",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=False) | Q(level__in=["province", "city"]), name="area_hangs_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, successor__isnull=True)
                | Q(closed_at__isnull=False, successor__isnull=False, closed_at__gte=F("opened_at")),
                name="area_closed_has_successor",
            ),
            models.CheckConstraint(condition=~Q(successor=F("id")), name="area_not_its_own_successor"),
            models.CheckConstraint(
                condition=Q(
                    residents__isnull=True, households__isnull=True, counts_source="", counts_as_of__isnull=True
                )
                | (
                    (Q(residents__isnull=False) | Q(households__isnull=False))
                    & ~Q(counts_source="")
                    & Q(counts_as_of__isnull=False)
                ),
                name="area_counts_say_source",
            ),
            models.CheckConstraint(condition=Q(point_system__in=SYSTEMS), name="area_point_system_known"),
            models.CheckConstraint(condition=_POINT_WHOLE, name="area_point_whole"),
            models.CheckConstraint(condition=_POINT_IN_RANGE, name="area_point_in_range"),
        ]
        triggers = [pgtrigger.Protect(name="area_never_deleted", operation=pgtrigger.Delete)]
        verbose_name = _("area")

    @property
    def labels(self) -> tuple[str, ...]:
        """Keys of `public.LABELS`: what of this area is made up."""
        return LABELS_OF_COUNTS.get(self.counts_source, ()) + LABELS_OF_POINT.get(self.point_source, ())


@pghistory.track()
class Compound(models.Model):
    """What is known of a compound beside its area: who manages it, fence, guard, gates. None = nobody has said."""

    area = models.OneToOneField(Area, on_delete=models.PROTECT, primary_key=True, related_name="compound")
    management = models.TextField(_("management"), default="", blank=True)
    fenced = models.BooleanField(_("fenced"), null=True)
    guarded = models.BooleanField(_("guarded"), null=True)
    gates = models.PositiveSmallIntegerField(_("gates"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(management__in=list(MANAGEMENT)), name="compound_management_known")
        ]
        verbose_name = _("compound")


@pghistory.track()
class Building(models.Model):
    """What is known of a building beside its area: floors, entrances, lift. None = nobody has said."""

    area = models.OneToOneField(Area, on_delete=models.PROTECT, primary_key=True, related_name="building")
    floors = models.PositiveSmallIntegerField(_("floors"), null=True)
    entrances = models.PositiveSmallIntegerField(_("entrances"), null=True)
    lift = models.BooleanField(_("lift"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(floors__isnull=True) | Q(floors__range=(1, 200)), name="building_floors"
            ),
            models.CheckConstraint(
                condition=Q(entrances__isnull=True) | Q(entrances__range=(1, 99)), name="building_entrances"
            ),
        ]
        verbose_name = _("building")


@protected
@pghistory.track()
class Site(Point):
    """A place where duty is done, inside an area: gate, sampling point, isolation hotel, checkpoint, premises, supply
    point.

    Under row security although it names nobody: where people are isolated is not for everybody.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="sites")
    area_key = models.BigIntegerField()
    kind = models.TextField(_("kind"))
    name = models.CharField(pgettext_lazy("place", "name"), max_length=100)
    address = models.CharField(_("address"), max_length=200, default="", blank=True)
    capacity = models.PositiveIntegerField(_("capacity"), null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["area_key", "kind"], name="site_key_kind")]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "kind", "name"], condition=Q(closed_at__isnull=True), name="site_once_in_area"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(SITE_KINDS)), name="site_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="site_name_given"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")), name="site_closed_after_opened"
            ),
            models.CheckConstraint(condition=Q(point_system__in=SYSTEMS), name="site_point_system_known"),
            models.CheckConstraint(condition=_POINT_WHOLE, name="site_point_whole"),
            models.CheckConstraint(condition=_POINT_IN_RANGE, name="site_point_in_range"),
        ]
        triggers = [pgtrigger.Protect(name="site_never_deleted", operation=pgtrigger.Delete)]
        verbose_name = _("site")


PROTECTED.add("places_siteevent")  # the history of sites tells as much as the sites do
