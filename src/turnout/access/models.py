"""Accounts, and roles granted over an area or a unit for a stated time."""

from __future__ import annotations

from typing import Any

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from turnout.access.roles import ROLES
from turnout.core.ids import new_id


class Users(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(force_insert=True)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in. What they may do stands in their grants, never here.

    This table is read before anybody's scope is known, so it holds no more than signing in and greeting need.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(_("sign-in name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=60)
    is_active = models.BooleanField(default=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    theme = models.CharField(_("colours"), max_length=10, default="", blank=True)
    type_size = models.CharField(_("type size"), max_length=10, default="", blank=True)
    joined_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = Users()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(language__in=["zh-hans", "en"]), name="user_language_known"),
            models.CheckConstraint(condition=Q(theme__in=["", "light", "dark"]), name="user_theme_known"),
            models.CheckConstraint(condition=Q(type_size__in=["", "large"]), name="user_type_size_known"),
            models.CheckConstraint(condition=Q(username__regex=r"^\S{2,60}$"), name="user_username_plain"),
        ]
        verbose_name = _("account")

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class _Lifetime(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


@pghistory.track()
class Grant(models.Model):
    """A role, held by a user over one key range, given by somebody, with an end.

    `scope_lo` and `scope_hi` are the range of the area (or the unit's own key); `area_code` names it for people.
    `area_key` says where the grant is administered: the area itself, or the area of the unit.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.TextField()
    area_code = models.CharField(max_length=12, blank=True, default="")
    unit_id = models.UUIDField(null=True)
    scope_lo = models.BigIntegerField()
    scope_hi = models.BigIntegerField()
    area_key = models.BigIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    incident_id = models.UUIDField(null=True)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="given")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="revoked")

    class Meta:
        indexes = [
            models.Index(fields=["user", "ends_at"], name="grant_user_ends"),
            models.Index(fields=["area_key"], name="grant_area"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(scope_lo__lt=F("scope_hi")), name="grant_scope_not_empty"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="grant_ends_after_start"),
            models.CheckConstraint(condition=Q(role__in=list(ROLES)), name="grant_role_known"),
            models.CheckConstraint(
                condition=Q(area_code="", unit_id__isnull=False) | (~Q(area_code="") & Q(unit_id__isnull=True)),
                name="grant_area_or_unit",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("starts_at")),
                name="grant_revoked_after_start",
            ),
            ExclusionConstraint(
                name="grant_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("scope_lo", RangeOperators.EQUAL),
                    ("scope_hi", RangeOperators.EQUAL),
                    (_Lifetime("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(revoked_at__isnull=True),
            ),
        ]
        verbose_name = _("grant")


class OneTimeLink(models.Model):
    """A link that sets a password: for the first person, and for whoever lost theirs. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="links")
    token_hash = models.BinaryField(unique=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="issued_links")
    issued_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(issued_at__lt=F("ends_at")), name="link_ends_after_issue"),
            models.UniqueConstraint(fields=["user"], condition=Q(used_at__isnull=True), name="link_one_open"),
        ]
        verbose_name = _("one-time link")
