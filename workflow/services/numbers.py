"""Serial numbers over the whole city."""

from django.db import connection

TAKE = """
insert into workflow_serial (key, last) values (%s, %s)
on conflict (key) do update set last = workflow_serial.last + excluded.last returning last
"""


def take_numbers(*, key: str, count: int = 1) -> range:
    """The next `count` numbers under a key. Whoever takes others waits until this transaction ends, so that none is left out."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [key, count])
        last = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)
