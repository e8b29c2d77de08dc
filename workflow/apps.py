from typing import Any

from django.apps import AppConfig
from django.db import connection


def install_rules(**_: Any) -> None:
    """A check registered today has its rule today, in every database that is migrated."""
    from workflow import services
    from workflow.models import AlertRule

    if AlertRule._meta.db_table in connection.introspection.table_names():
        services.install_rules()


# What a notice says is frozen for the application: it may say that the notice is over, and of an objection how it was handled.
FROZEN = """
revoke update, delete, truncate on workflow_publicnotice from pa_app;
grant update (state, taken_down_at, end_reason) on workflow_publicnotice to pa_app;
revoke update, delete, truncate on workflow_objection from pa_app;
grant update (level, state, handle_due_on, escalated, reason, result, upheld, handled_by_id, handled_on, todo_id) on workflow_objection to pa_app;
revoke delete, truncate on workflow_noticeposting, workflow_publicsnapshot, workflow_serial from pa_app;
"""

RUNNING = """
create or replace function workflow_running_notice(wanted_table text, wanted bigint[])
returns table (number text, title text, ends_on date)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
-- A record closed by a notice its editor cannot see (the city's, of another village) is closed all the same.
  select n.number, n.title, n.ends_on
  from workflow_noticerecord r join workflow_publicnotice n on n.id = r.notice_id
  where r."table" = wanted_table and r.row_id = any(wanted) and n.state = 'running'
  order by n.id limit 1
$$;
revoke all on function workflow_running_notice(text, bigint[]) from public;
grant execute on function workflow_running_notice(text, bigint[]) to pa_app;
"""


class WorkflowConfig(AppConfig):
    name = "workflow"
    verbose_name = "办件"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from core import walls

        post_migrate.connect(install_rules, sender=self)
        walls.add(FROZEN)
        walls.add(RUNNING)
        walls.PUBLIC_TABLES.add("workflow_publicsnapshot")
