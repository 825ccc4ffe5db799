"""How many tickets lie in each cell, kept beside the tickets on PostgreSQL; see `cell_counts`."""

from django.db import models


class CellCount(models.Model):
    """So many tickets of one kind in one H3 cell, cut short to its resolution.

    `of` says which are counted: "" all, "agency:12" those it leads, "category:GT01", "area:06652".
    The box holds all that can be counted here.
    """

    of = models.CharField(max_length=24, blank=True)
    level = models.PositiveSmallIntegerField()
    cell = models.BigIntegerField()
    status = models.CharField(max_length=16)
    priority = models.CharField(max_length=10)
    n = models.IntegerField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["of", "level", "cell", "status", "priority"], name="cell_count_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.n} {self.of} {self.status} in {self.cell}"


class CellChange(models.Model):
    """One ticket more or less of its kind, written by a trigger, not yet in the counts."""

    cell = models.BigIntegerField()
    lat = models.FloatField()
    lon = models.FloatField()
    status = models.CharField(max_length=16)
    priority = models.CharField(max_length=10)
    category_id = models.CharField(max_length=10)
    agency_id = models.BigIntegerField(null=True)
    area_code = models.CharField(max_length=10, blank=True)
    n = models.SmallIntegerField()

    def __str__(self) -> str:
        return f"{self.n:+} {self.status} in {self.cell}"
