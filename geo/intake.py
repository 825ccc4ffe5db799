"""Files of boundaries from the admin: kept, looked at, and loaded when somebody confirms."""

import tempfile
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from geo.errors import BadBoundaries
from geo.features import in_order, read_row
from geo.files import Attributes, Row, read_rows
from geo.models import AreaFile
from geo.services import Loaded, load_features
from geo.survey import survey
from geo.surveying import drawing_of, known_areas, report_lines


def look_at(file: AreaFile) -> None:
    """Write into the file's report and drawing what is in it; nothing is loaded."""
    try:
        seen = survey(_rows(file), known_areas(), file.ending)
    except BadBoundaries as error:
        file.report, file.drawing, file.refused = str(error.detail), "", True
        return
    file.report = "\n".join(report_lines(seen))
    file.drawing, file.refused = drawing_of(seen), seen.refused


def confirm(file: AreaFile, *, by: str) -> Loaded:
    """Load the file, once. Raises BadBoundaries; then nothing of it was kept."""
    with transaction.atomic():
        file = AreaFile.objects.select_for_update().get(pk=file.pk)
        if file.loaded_at or file.refused:
            raise BadBoundaries(_("This file was loaded already, or cannot be."))
        loaded = load_features(
            in_order(map(read_row, _rows(file))),
            valid_from=file.valid_from,
            legal_act=file.legal_act,
            approximate=file.approximate,
            ends=file.ending,
        )
        file.loaded_by, file.loaded_at = by, timezone.now()
        file.save(update_fields=["loaded_by", "loaded_at"])
    return loaded


def _rows(file: AreaFile) -> list[Row]:
    # GDAL knows some kinds by their ending alone, and reads a zip only from a file.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"areas{Path(file.name).suffix.lower()}"
        path.write_bytes(bytes(file.content))
        return read_rows(
            path, crs=file.crs, mapping=Attributes(names=file.attributes, values=file.values)
        )
