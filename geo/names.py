"""Names of areas by code: they are shown with every ticket, so they come from memory."""

from geo.locator import index_on
from geo.models import Area


def area_name(code: str) -> tuple[str, str]:
    """Return the Vietnamese and the English name; the code itself for an area that is unknown."""
    area = index_on().area(code)
    if area is not None:
        return area.name_vi, area.name_en
    # No longer in force: seldom asked, and only for what is old.
    ended = Area.objects.filter(code=code).values_list("name_vi", "name_en").first()
    return ended or (code, code)
