"""SQL that several rooms' migrations share."""

from django.db import migrations


def follows(child: str, parent: str, *, column: str, name: str) -> migrations.RunSQL:
    """A composite foreign key: the child row's village is its parent's, and follows when the parent moves."""
    return migrations.RunSQL(
        f"alter table {child} add constraint {name} foreign key ({column}, village_id) "
        f"references {parent} (id, village_id) on update cascade deferrable initially deferred",
        f"alter table {child} drop constraint {name}",
    )
