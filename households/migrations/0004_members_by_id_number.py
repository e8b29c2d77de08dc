from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("households", "0003_former_members_by_number")]
    operations = [
        migrations.AddIndex(model_name="member", index=models.Index(fields=["id_number_index"], name="member_by_id_number")),
    ]
