from django.db import migrations

from core.migrations_sql import follows

PARTS = ("budgetline", "beneficiary", "progressreport", "contract", "acceptance", "asset", "performance")


class Migration(migrations.Migration):
    """What hangs on a project lies in its village; what is paid to a household lies in that household's."""

    dependencies = [("funds", "0002_money_from_source_to_household"), ("households", "0002_rows_follow_their_household")]

    operations = [
        *(
            follows(f"funds_{part}", "funds_project", column="project_id", name=f"funds_{part}_follows_project")
            for part in PARTS
            if part != "beneficiary"
        ),
        follows("funds_beneficiary", "households_household", column="household_id", name="funds_beneficiary_follows_household"),
        follows("funds_payment", "households_household", column="household_id", name="funds_payment_follows_household"),
        follows("funds_paymentresult", "households_household", column="household_id", name="funds_paymentresult_follows_household"),
    ]
