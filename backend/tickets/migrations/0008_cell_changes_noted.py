"""On PostgreSQL, every change of a ticket that a map's counts hang on is noted with it.

A row is only ever added, so writers never wait for one another as they would at a counter; it is
taken into the counts afterwards. The tickets that are there are noted as if they came now, in the
same transaction as the trigger: whatever is counted from here on is whole.
"""

from django.db import migrations

COLUMNS = "cell, lat, lon, status, priority, category_id, agency_id, area_code"

NOTE = """
CREATE FUNCTION tickets_note_cell_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.cell IS NOT NULL THEN
        INSERT INTO tickets_cellchange (COLUMNS, n) VALUES (OLD.cell, OLD.lat, OLD.lon,
            OLD.status, OLD.priority, OLD.category_id, OLD.agency_id, OLD.area_code, -1);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.cell IS NOT NULL THEN
        INSERT INTO tickets_cellchange (COLUMNS, n) VALUES (NEW.cell, NEW.lat, NEW.lon,
            NEW.status, NEW.priority, NEW.category_id, NEW.agency_id, NEW.area_code, 1);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION tickets_forget_cells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM tickets_cellchange;
    DELETE FROM tickets_cellcount;
    RETURN NULL;
END $$;
CREATE TRIGGER cell_comes AFTER INSERT OR DELETE ON tickets_ticket
    FOR EACH ROW EXECUTE FUNCTION tickets_note_cell_change();
CREATE TRIGGER cell_changes AFTER UPDATE ON tickets_ticket
    FOR EACH ROW WHEN (
        (OLD.cell, OLD.lat, OLD.lon, OLD.status, OLD.priority, OLD.category_id, OLD.agency_id,
         OLD.area_code)
        IS DISTINCT FROM
        (NEW.cell, NEW.lat, NEW.lon, NEW.status, NEW.priority, NEW.category_id, NEW.agency_id,
         NEW.area_code)
    ) EXECUTE FUNCTION tickets_note_cell_change();
CREATE TRIGGER cells_emptied AFTER TRUNCATE ON tickets_ticket
    FOR EACH STATEMENT EXECUTE FUNCTION tickets_forget_cells();
INSERT INTO tickets_cellchange (COLUMNS, n)
    SELECT COLUMNS, 1 FROM tickets_ticket WHERE cell IS NOT NULL;
"""

FORGET = """
DROP TRIGGER cell_comes ON tickets_ticket;
DROP TRIGGER cell_changes ON tickets_ticket;
DROP TRIGGER cells_emptied ON tickets_ticket;
DROP FUNCTION tickets_note_cell_change();
DROP FUNCTION tickets_forget_cells();
"""


def note(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(NOTE.replace("COLUMNS", COLUMNS))


def forget(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FORGET)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0007_cell_counts")]

    operations = [migrations.RunPython(note, forget)]
