from django.db import migrations

from core.migrations_sql import follows

CHILDREN = ("proceeding", "householdsurvey", "reviewvote", "exitcheck", "proceedingnotice", "monitorcase", "handbookissue", "crosscheckresult")


class Migration(migrations.Migration):
    dependencies = [("households", "0007_household_life")]
    operations = [
        *[follows(f"households_{child}", "households_household", column="household_id", name=f"{child}_follows_household") for child in CHILDREN],
        migrations.RunSQL(
            "alter table households_reviewvote add constraint review_vote_of_its_meeting foreign key (meeting_id, village_id, present_count) "
            "references households_reviewmeeting (id, village_id, present_count) deferrable initially deferred",
            "alter table households_reviewvote drop constraint review_vote_of_its_meeting",
        ),
    ]
