from django.db import migrations

from core.migrations_sql import follows


class Migration(migrations.Migration):
    dependencies = [("assistance", "0001_initial")]
    operations = [
        follows(f"assistance_{child}", "households_household", column="household_id", name=f"{child}_follows_household")
        for child in ("pairing", "measure", "wish")
    ]
