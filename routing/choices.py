"""The words that rules are made of."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from routing import engine


class Level(models.TextChoices):
    """Which tier the catalogue says that a category is handled at."""

    COMMUNE = "commune", _("Commune level")
    PROVINCE = "province", _("Province")


class Reporter(models.TextChoices):
    """Who sent the report."""

    CITIZEN = "citizen", _("A citizen")
    ANONYMOUS = "anonymous", _("A citizen who wants to stay unnamed")
    OFFICER = "officer", _("A field officer")
    STAFF = "staff", _("Other staff")


class Channel(models.TextChoices):
    """By which way the report came."""

    WEB = "web", _("The web page")
    ANDROID = "android", _("The Android app")
    IOS = "ios", _("The iOS app")
    OPEN311 = "open311", _("Open311")
    DESK = "desk", _("A signed-in page")


class Outcome(models.TextChoices):
    """Who is chosen."""

    UNIT_COMMITTEE = engine.UNIT_COMMITTEE, _("The People's Committee of the unit")
    AGENCY = "agency", _("A certain agency")
    ROSTER = "roster", _("The holder of a duty roster")


CONDITION_FIELDS = {
    "answers": "answers",
    "asset": "assets",
    "category": "categories",
    "area": "areas",
    "sector": "sectors",
    "priority": "priorities",
    "level": "levels",
    "reporter": "reporters",
    "channel": "channels",
    "hours": "hours",
    "days": "days",
}
"""The engine's conditions and the fields that hold them."""
