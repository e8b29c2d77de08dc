from django.db import migrations

from core.migrations_sql import follows

KEYS = (("workflow_alert", "alert_follows_household"), ("workflow_bulkchangerow", "bulk_change_row_follows_household"))


class Migration(migrations.Migration):
    """An import that is undone takes its households away, and what was found about them."""

    dependencies = [("households", "0009_import_todo"), ("workflow", "0004_cases")]
    operations = [
        operation
        for table, name in KEYS
        for operation in (
            migrations.RunSQL(
                f"alter table {table} drop constraint {name}",
                f"alter table {table} add constraint {name} foreign key (household_id, village_id) references households_household (id, village_id) "
                "on update cascade deferrable initially deferred",
            ),
            follows(table, "households_household", column="household_id", name=name, dies=True),
        )
    ]
