from django.apps import AppConfig

OWN_TRANSACTION_SQL = """
create or replace function accounts_accessevent_stamp() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
-- When and in which transaction somebody looked is not for the application to say: the seal goes by it.
begin
  new.transaction := pg_current_xact_id()::text::bigint;
  new.at := clock_timestamp();
  return new;
end $$;
create or replace trigger stamp before insert on accounts_accessevent for each row execute function accounts_accessevent_stamp();
"""


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "机构与用户"

    def ready(self) -> None:
        """The access log is sealed like the trail, and every list notes who searched it for a person.

        The session store is loaded for its receiver of sign-ins.
        """
        from accounts import sessions  # noqa: F401
        from accounts.services import note_search
        from core import listing, seal, walls

        walls.add(OWN_TRANSACTION_SQL)
        seal.add(
            seal.Chain(
                key="access", label="查阅记录", table="accounts_accessevent", seals="accounts_accessseal", lock=771004,
                columns=("id", "at", "transaction", "user_id", "action", "table", "row_id", "subject", "village_id", "household_id", "detail",
                         "purpose", "rows", "address"),
            )
        )  # fmt: skip
        listing.watch(note_search)
