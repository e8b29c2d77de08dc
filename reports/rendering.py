"""Many villages' charts on every core: pure rendering in warm worker processes."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from reports.six_charts.edition import Edition
from reports.six_charts.render import render


def _one(task: tuple[Edition, str]) -> bytes:
    edition, paper = task
    return render(edition, paper=paper)


def render_many(editions: Sequence[Edition], *, paper: str) -> Iterator[bytes]:
    """The PDFs in the order given, each as soon as it and those before it are done."""
    workers = min(len(editions), os.cpu_count() or 1)
    if workers <= 1:
        yield from (render(edition, paper=paper) for edition in editions)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        yield from pool.map(_one, [(edition, paper) for edition in editions])
