"""Start-up checks: the application must not be able to step over its own walls."""

from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connection

from core import walls


@register(Tags.database)
def application_is_not_the_owner(app_configs: Any, databases: Any = None, **_: Any) -> list[Error]:
    """Production's application login may be neither superuser nor exempt from row security."""
    from django.conf import settings

    if not databases or settings.DATABASE_ROLE == "owner":
        return []
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        if cursor.fetchone()[0]:
            return [Error("应用不能用超级用户或绕过行级安全的账号连接数据库,请改用 pa_app。", id="core.E001")]
    return []


def unprotected_tables() -> list[str]:
    """Tables whose model belongs to a village but where row security is off."""
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relkind in ('r', 'p') and relrowsecurity")
        secured = {row[0] for row in cursor.fetchall()}
    return [model._meta.db_table for model in walls.our_models() if walls.walled(model) and model._meta.db_table not in secured]
