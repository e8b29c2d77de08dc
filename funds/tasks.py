"""The nightly work of this room."""

from procrastinate.contrib.django import app

from core.clock import today
from core.scope import acting_as_system
from funds import services


@app.periodic(cron="13 2 * * *")
@app.task(name="funds.prove_balance", queueing_lock="funds.prove_balance")
def prove_balance(timestamp: int) -> None:
    """Every yuan from its appropriation down to the household and up again."""
    with acting_as_system(reason="资金平衡核对"):
        services.prove_balance(day=today())
