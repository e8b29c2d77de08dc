"""SQL that several rooms' migrations share."""

from django.db import migrations


def follows(child: str, parent: str, *, column: str, name: str, dies: bool = False) -> migrations.RunSQL:
    """A composite foreign key: the child row's village is its parent's, and follows when the parent moves.

    With `dies` the child goes with a parent that is taken back (an import undone), for rows that mean nothing without it.
    """
    return migrations.RunSQL(
        f"alter table {child} add constraint {name} foreign key ({column}, village_id) "
        f"references {parent} (id, village_id) on update cascade {'on delete cascade ' if dies else ''}deferrable initially deferred",
        f"alter table {child} drop constraint {name}",
    )
