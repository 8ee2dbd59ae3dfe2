"""What rows about somebody share."""

from __future__ import annotations

from django.db import models


class AboutPerson(models.Model):
    """The keys from which a row about a person is visible."""

    area_key = models.BigIntegerField()
    unit_key = models.BigIntegerField()
    sender_key = models.BigIntegerField()

    class Meta:
        abstract = True
