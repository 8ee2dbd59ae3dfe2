"""Sign-up links of units, and who asked for a place through one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from turnout.core.ids import new_id
from turnout.core.row_security import protected

OUTCOMES = ("new", "known", "elsewhere")


@protected
class SignupLink(models.Model):
    """A link by which a unit's people register themselves: so many places, until a moment, unless revoked.

    Only the token's hash is kept: whoever reads the database cannot sign anybody up. `used` is written under the row's
    lock, so that the last place is given once. Visible where the unit is: over its area, and to its liaison.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="signup_links")
    label = models.CharField(_("label"), max_length=60)
    category = models.TextField(_("staff category"))
    token_hash = models.BinaryField()
    quota = models.PositiveIntegerField(_("places"))
    used = models.PositiveIntegerField(default=0)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="signuplink_token_once"),
            models.CheckConstraint(condition=Q(label__regex=r"\S"), name="signuplink_label_given"),
            models.CheckConstraint(condition=Q(quota__gt=0), name="signuplink_quota_positive"),
            models.CheckConstraint(condition=Q(used__lte=F("quota")), name="signuplink_within_quota"),
            models.CheckConstraint(condition=Q(issued_at__lt=F("ends_at")), name="signuplink_ends_after_issue"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("issued_at")),
                name="signuplink_revoked_after_issue",
            ),
        ]
        verbose_name = _("sign-up link")


@protected
class Signup(models.Model):
    """One phone number that asked for a place through a link; asking again finds this row.

    Somebody registered elsewhere has no `person` here: the district decides, through a merge proposal.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    link = models.ForeignKey(SignupLink, on_delete=models.PROTECT, related_name="signups")
    phone_hash = models.BinaryField()
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, null=True, related_name="signups")
    outcome = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "phone_hash"], name="signup_once_per_link"),
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="signup_outcome_known"),
            models.CheckConstraint(
                condition=~Q(outcome="elsewhere") ^ Q(person__isnull=True), name="signup_elsewhere_has_no_person"
            ),
        ]
        verbose_name = _("sign-up")
