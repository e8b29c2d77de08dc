"""Work the foundation does by itself, each minute."""

from procrastinate.contrib.django import app

from core import seal


@app.periodic(cron="* * * * *")
@app.task(name="core.seal_finished", queueing_lock="core.seal_finished")
def seal_finished(timestamp: int) -> None:
    """Lay the changes finished since the last minute onto the hash chain."""
    seal.seal_finished()
