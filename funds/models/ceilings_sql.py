"""The database's half of the ceilings: what is spent weighs on its ceiling in the same statement (`funds.models.ceilings`).

Definer functions, installed with the walls: the application can spend, and cannot touch the balances.
"""

MOVE = """
create or replace function funds_ceiling(of_kind text, of_key bigint, to_amount numeric) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into funds_balance (kind, key, ceiling, used) values (of_kind, of_key, to_amount, 0)
  on conflict (kind, key) do update set ceiling = excluded.ceiling
$$;
create or replace function funds_use(of_kind text, of_key bigint, delta numeric) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update funds_balance set used = used + delta where kind = of_kind and key = of_key;
  if not found then raise exception 'no ceiling % %', of_kind, of_key; end if;
end $$;
revoke all on function funds_ceiling(text, bigint, numeric), funds_use(text, bigint, numeric) from public, pa_app;
"""

INDICATOR = """
create or replace function funds_weigh_indicator() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'INSERT' or new.amount <> old.amount then
    perform funds_ceiling('indicator', new.id, new.amount);
  end if;
  -- A part that is counted inside another indicator uses that one's money; the lower key goes first, so that two never wait for each other.
  if tg_op = 'UPDATE' and old.counting = 'inside' and old.part_of_id is not null then
    perform funds_use('indicator', old.part_of_id, -old.amount);
  end if;
  if new.counting = 'inside' then
    perform funds_use('indicator', new.part_of_id, new.amount);
  end if;
  return null;
end $$;
create or replace trigger weigh after insert or update of amount, counting, part_of_id on funds_fundindicator
  for each row execute function funds_weigh_indicator();
create or replace function funds_weigh_return() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform funds_use('indicator', new.indicator_id, new.amount);
  return null;
end $$;
create or replace trigger weigh after insert on funds_indicatorreturn for each row execute function funds_weigh_return();
"""

PROJECT = """
create or replace function funds_weigh_project() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform funds_ceiling('budget', new.id, new.amount);
  return null;
end $$;
create or replace trigger weigh after insert or update of amount on funds_project
  for each row execute function funds_weigh_project();
insert into funds_balance (kind, key, ceiling, used) select 'budget', id, amount, 0 from funds_project on conflict do nothing;
create or replace function funds_weigh_allocation() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  whole funds_fundallocation;
begin
  perform funds_use('indicator', new.indicator_id, new.amount);
  if new.project_id is not null then
    perform funds_use('budget', new.project_id, new.amount);
  end if;
  if new.reverses_id is null then
    perform funds_ceiling('allocation', new.id, new.amount);
    return null;
  end if;
  select * into whole from funds_fundallocation where id = new.reverses_id;
  if whole.reverses_id is not null or (whole.indicator_id, whole.project_id, whole.organization_id)
     is distinct from (new.indicator_id, new.project_id, new.organization_id) then
    raise exception 'fund_allocation_cut_of_its_own' using errcode = 'check_violation', constraint = 'fund_allocation_cut_of_its_own';
  end if;
  update funds_balance set ceiling = ceiling + new.amount where kind = 'allocation' and key = new.reverses_id;
  return null;
end $$;
create or replace trigger weigh after insert on funds_fundallocation for each row execute function funds_weigh_allocation();
"""

PAYMENT = """
create or replace function funds_weigh_payments() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from (select distinct batch_id, allocation_id from new_rows) n join funds_paymentbatch b on b.id = n.batch_id
             where b.digest <> '' or b.state <> 'made' or b.allocation_id <> n.allocation_id) then
    raise exception 'payment_only_while_its_batch_is_made' using errcode = 'check_violation', constraint = 'payment_only_while_its_batch_is_made';
  end if;
  perform from funds_balance where kind = 'allocation' and key in (select allocation_id from new_rows) order by key for update;
  update funds_balance b set used = b.used + s.total
  from (select allocation_id, sum(amount) as total from new_rows where amount > 0 group by allocation_id) s
  where b.kind = 'allocation' and b.key = s.allocation_id;
  return null;
end $$;
create or replace trigger weigh after insert on funds_payment referencing new table as new_rows
  for each statement execute function funds_weigh_payments();
create or replace function funds_weigh_results() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from new_rows n join funds_payment p on p.id = n.payment_id where p.batch_id <> n.batch_id)
     or exists (select from (select distinct batch_id from new_rows) n join funds_paymentbatch b on b.id = n.batch_id where b.state <> 'sent') then
    raise exception 'payment_result_only_while_on_its_way' using errcode = 'check_violation', constraint = 'payment_result_only_while_on_its_way';
  end if;
  perform from funds_balance where kind = 'allocation'
    and key in (select p.allocation_id from new_rows n join funds_payment p on p.id = n.payment_id where not n.succeeded) order by key for update;
  update funds_balance b set used = b.used - s.total
  from (select p.allocation_id, sum(p.amount) as total from new_rows n join funds_payment p on p.id = n.payment_id
        where not n.succeeded and p.amount > 0 group by p.allocation_id) s
  where b.kind = 'allocation' and b.key = s.allocation_id;
  return null;
end $$;
create or replace trigger weigh after insert on funds_paymentresult referencing new table as new_rows
  for each statement execute function funds_weigh_results();
create or replace function funds_guard_batch() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  forward text[] := array['made', 'checked', 'sent', 'settled'];
begin
  if old.digest <> '' and (new.number, new.kind, new.project_id, new.allocation_id, new.item_id, new.period_on, new.lines, new.total, new.digest,
      new.mac, new.maker_id, new.reissues_id, new.checks_needed) is distinct from (old.number, old.kind, old.project_id, old.allocation_id,
      old.item_id, old.period_on, old.lines, old.total, old.digest, old.mac, old.maker_id, old.reissues_id, old.checks_needed) then
    raise exception 'payment_batch_does_not_change' using errcode = 'check_violation', constraint = 'payment_batch_does_not_change';
  end if;
  if (old.checker_id is not null and new.checker_id is distinct from old.checker_id)
     or (old.second_checker_id is not null and new.second_checker_id is distinct from old.second_checker_id)
     or (old.third_checker_id is not null and new.third_checker_id is distinct from old.third_checker_id)
     or (old.payer_id is not null and new.payer_id is distinct from old.payer_id) then
    raise exception 'payment_batch_signatures_stay' using errcode = 'check_violation', constraint = 'payment_batch_signatures_stay';
  end if;
  if new.state <> old.state and not (
      (new.state = 'cancelled' and old.state in ('made', 'checked'))
      or (old.state <> 'cancelled' and array_position(forward, new.state) = array_position(forward, old.state) + 1)) then
    raise exception 'payment_batch_one_step_at_a_time' using errcode = 'check_violation', constraint = 'payment_batch_one_step_at_a_time';
  end if;
  if new.state <> old.state and new.state <> 'cancelled' and new.digest = '' then
    raise exception 'payment_batch_whole_before_it_moves' using errcode = 'check_violation', constraint = 'payment_batch_whole_before_it_moves';
  end if;
  if new.state = 'cancelled' and old.state <> 'cancelled' then
    perform funds_use('allocation', new.allocation_id, -(select coalesce(sum(amount), 0) from funds_payment where batch_id = new.id and amount > 0));
  elsif new.kind = 'reversal' and new.state = 'settled' and old.state <> 'settled' then
    perform funds_use('allocation', new.allocation_id, (select coalesce(sum(amount), 0) from funds_payment where batch_id = new.id));
  elsif new.state = 'settled' and old.state <> 'settled' and exists (
      select from funds_payment p where p.batch_id = new.id and not exists (select from funds_paymentresult r where r.payment_id = p.id)) then
    raise exception 'payment_batch_settled_when_all_are_answered' using errcode = 'check_violation', constraint = 'payment_batch_settled_when_all_are_answered';
  end if;
  return new;
end $$;
create or replace trigger guard before update on funds_paymentbatch for each row execute function funds_guard_batch();
"""

LOAN = """
create or replace function funds_weigh_loan() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_table_name = 'funds_loan' then
    perform funds_ceiling('loan', new.id, new.amount);
  else
    perform funds_use('loan', new.loan_id, new.principal);
  end if;
  return null;
end $$;
create or replace trigger weigh after insert or update of amount on funds_loan for each row execute function funds_weigh_loan();
create or replace trigger weigh after insert on funds_repayment for each row execute function funds_weigh_loan();
"""

GATES = """
create or replace function funds_guard_gate() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'UPDATE' and ((new.project_id, new.number, new.case_id) is distinct from (old.project_id, old.number, old.case_id)
                           or (old.state <> 'running' and new.state <> old.state)) then
    raise exception 'gate_stays' using errcode = 'check_violation', constraint = 'gate_stays';
  end if;
  if new.number > 1 and not exists (select from funds_gate g where g.project_id = new.project_id and g.number = new.number - 1 and g.state = 'passed') then
    raise exception 'gate_in_order' using errcode = 'check_violation', constraint = 'gate_in_order';
  end if;
  if new.state = 'passed' and not exists (select from workflow_case c where c.id = new.case_id and c.state = 'done') then
    raise exception 'gate_passed_by_its_case' using errcode = 'check_violation', constraint = 'gate_passed_by_its_case';
  end if;
  return new;
end $$;
create or replace trigger guard before insert or update on funds_gate for each row execute function funds_guard_gate();
"""

NUMBERS = """
create or replace function funds_last_batch(beginning text) returns integer
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(max(substr(number, length(beginning) + 1)::integer), 0) from funds_paymentbatch where number ~ ('^' || beginning || '[0-9]{6}$')
$$;
revoke all on function funds_last_batch(text) from public;
grant execute on function funds_last_batch(text) to pa_app;
"""

STATEMENTS = (MOVE, INDICATOR, PROJECT, PAYMENT, LOAN, GATES, NUMBERS)
