from django.db import migrations

from core.migrations_sql import follows


class Migration(migrations.Migration):
    dependencies = [("households", "0003_members_by_id_number"), ("workflow", "0002_alerts_and_changes")]
    operations = [
        follows("workflow_alert", "households_household", column="household_id", name="alert_follows_household"),
        follows("workflow_bulkchangerow", "households_household", column="household_id", name="bulk_change_row_follows_household"),
    ]
