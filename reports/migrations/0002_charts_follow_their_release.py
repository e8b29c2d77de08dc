from django.db import migrations

from core.migrations_sql import follows

UNIQUE = "alter table reports_chartrelease add constraint chart_release_with_its_village unique (id, village_id)"


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [
        migrations.RunSQL(UNIQUE, "alter table reports_chartrelease drop constraint chart_release_with_its_village"),
        follows("reports_chart", "reports_chartrelease", column="release_id", name="chart_follows_release"),
        follows("reports_chartfile", "reports_chartrelease", column="release_id", name="chart_file_follows_release"),
    ]
