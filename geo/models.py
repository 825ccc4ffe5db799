"""Areas: what the law calls them, and which ground is theirs from when to when."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """The two tiers of local government since 1 July 2025."""

    PROVINCE = "province", _("Province")
    COMMUNE = "commune", _("Commune level")


class Kind(models.TextChoices):
    """What a unit is called; a centrally-run city counts as a province."""

    PROVINCE = "province", _("Province")
    WARD = "ward", _("Ward")
    COMMUNE = "commune", _("Commune")
    SPECIAL_ZONE = "special_zone", _("Special zone")


class Area(models.Model):
    """An administrative unit under its official code, named as in its newest version."""

    code = models.CharField(_("code"), max_length=8, unique=True)
    level = models.CharField(_("level"), max_length=8, choices=Level)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    name_vi = models.CharField(_("Vietnamese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="area_level_known", condition=Q(level__in=[*Level.values])),
            models.CheckConstraint(name="area_kind_known", condition=Q(kind__in=[*Kind.values])),
            models.CheckConstraint(
                name="area_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name_vi} ({self.code})"


class AreaVersion(models.Model):
    """An area as it was between two dates: codes are used again, units go from one province to
    another, so name, ground and what it is part of go with dates.

    In force from `valid_from`, and no more on `valid_to`; without one, until further notice.
    """

    area = models.ForeignKey(
        Area, verbose_name=_("area"), on_delete=models.PROTECT, related_name="versions"
    )
    valid_from = models.DateField(_("in force from"))
    valid_to = models.DateField(_("in force until"), null=True, blank=True)
    legal_act = models.CharField(_("legal act"), max_length=200, blank=True)
    approximate = models.BooleanField(_("approximate"), default=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    parent = models.ForeignKey(
        Area,
        verbose_name=_("part of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # nobody asks for the parts of one by this
    )
    name_vi = models.CharField(_("Vietnamese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    changed_at = models.DateTimeField(_("changed at"), auto_now=True, db_index=True)
    boundary = models.BinaryField()  # WKB of a MultiPolygon, longitude first, WGS 84

    class Meta:
        verbose_name = _("area version")
        verbose_name_plural = _("area versions")
        ordering = ["area", "valid_from"]
        constraints = [
            models.UniqueConstraint(name="area_version_one_per_day", fields=["area", "valid_from"]),
            models.UniqueConstraint(
                name="area_version_one_open",
                fields=["area"],
                condition=Q(valid_to__isnull=True),
            ),
            models.CheckConstraint(
                name="area_version_ends_after_start",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            models.CheckConstraint(
                name="area_version_box_in_order",
                condition=Q(west__lte=F("east")) & Q(south__lte=F("north")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name_vi}, {self.valid_from}"


class AreaFile(models.Model):
    """A file of boundaries given in the admin: looked at first, loaded when a person confirms.

    Kept with who gave it and what was found, as the origin of the versions that it made.
    """

    name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField()
    crs = models.CharField(
        _("coordinate system"),
        max_length=80,
        blank=True,
        help_text=_("Only for a file that does not say: EPSG:9210."),
    )
    attributes = models.JSONField(
        _("attributes"),
        default=dict,
        blank=True,
        help_text=_('Which attribute is ours: {"code": "MA_XA", "name_vi": "TEN"}.'),
    )
    values = models.JSONField(
        _("values"),
        default=dict,
        blank=True,
        help_text=_('What all areas of the file have: {"parent": "22"}.'),
    )
    valid_from = models.DateField(_("in force from"))
    legal_act = models.CharField(_("legal act"), max_length=200, blank=True)
    approximate = models.BooleanField(_("approximate"), default=False)
    ends = models.CharField(
        _("ends"),
        max_length=2_000,
        blank=True,
        db_default="",
        help_text=_("Codes of areas that are no more from that day, such as merged ones: 06664."),
    )
    report = models.TextField(_("report"), blank=True)
    drawing = models.TextField(_("drawing"), blank=True)
    refused = models.BooleanField(_("refused"), default=False)
    given_by = models.CharField(_("given by"), max_length=64)
    given_at = models.DateTimeField(_("given at"), auto_now_add=True)
    loaded_by = models.CharField(_("loaded by"), max_length=64, blank=True)
    loaded_at = models.DateTimeField(_("loaded at"), null=True, blank=True)

    class Meta:
        verbose_name = _("file of boundaries")
        verbose_name_plural = _("files of boundaries")
        ordering = ["-given_at"]
        constraints = [
            models.CheckConstraint(
                name="area_file_refused_is_not_loaded",
                condition=Q(refused=False) | Q(loaded_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ending(self) -> list[str]:
        return self.ends.replace(",", " ").split()


class NameKind(models.TextChoices):
    """What bears a name that people search for, beside the areas themselves."""

    FORMER = "former", _("Former unit")
    PLACE = "place", _("Place")
    STREET = "street", _("Street")


class PlaceName(models.Model):
    """A name by which people find where they are: a street, a place, a unit that was merged."""

    kind = models.CharField(_("kind"), max_length=8, choices=NameKind)
    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("code"), max_length=16, blank=True)
    context = models.CharField(_("where"), max_length=200, blank=True)
    areas = models.JSONField(_("units today"), default=list, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    source = models.CharField(_("file"), max_length=80)

    class Meta:
        verbose_name = _("place name")
        verbose_name_plural = _("place names")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                name="place_name_once_in_a_file",
                fields=["source", "kind", "name", "code", "context"],
            ),
            models.CheckConstraint(name="place_name_kind", condition=Q(kind__in=NameKind.values)),
            models.CheckConstraint(
                name="place_name_whole_position",
                condition=Q(lat__isnull=True, lon__isnull=True)
                | Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Asset(models.Model):
    """Something on the ground that somebody looks after: a road, a street light, a park."""

    layer = models.CharField(_("layer"), max_length=40)
    kind = models.CharField(_("class"), max_length=80, blank=True)
    code = models.CharField(_("code"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    shape = models.BinaryField()  # WKB of points, lines or polygons, longitude first, WGS 84

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        ordering = ["layer", "id"]
        constraints = [
            models.CheckConstraint(
                name="asset_box_in_order",
                condition=Q(west__lte=F("east")) & Q(south__lte=F("north")),
            ),
            models.CheckConstraint(name="asset_has_a_layer", condition=~Q(layer="")),
        ]
        indexes = [models.Index(fields=["layer"], name="asset_by_layer")]

    def __str__(self) -> str:
        return f"{self.layer} {self.name or self.code or self.pk}"
