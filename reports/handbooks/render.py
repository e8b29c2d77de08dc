"""A handbook as PDF, and several as one file."""

import io
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from django.template.loader import render_to_string
from pypdf import PdfWriter

from core.pdf import render_pdf
from reports.handbooks import books
from reports.handbooks.content import Content


def render_html(kind: str, content: Content) -> str:
    context = {"c": content, "kind": kind, "title": books.TITLES[kind], "owner": books.OWNERS[kind], "pages": books.pages(kind, content)}
    return render_to_string("reports/handbooks/book.html", context)


def render(kind: str, content: Content) -> bytes:
    """One household's book, A4 portrait: the same content gives the same bytes."""
    return render_pdf(render_html(kind, content), identifier=f"handbook/{kind}/{content.code}/{content.day}")


def _one(task: tuple[str, Content]) -> bytes:
    return render(*task)


def render_each(kind: str, contents: Sequence[Content]) -> Iterator[bytes]:
    """Each household's book in the order given, drawn on every core."""
    tasks = [(kind, content) for content in contents]
    workers = min(len(tasks), os.cpu_count() or 1)
    if workers <= 1:
        yield from map(_one, tasks)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        yield from pool.map(_one, tasks, chunksize=1)


def join(books_: Sequence[bytes], names: Sequence[str]) -> bytes:
    """Several books as one file, each with a bookmark."""
    writer = PdfWriter()
    for data, name in zip(books_, names, strict=True):
        writer.append(io.BytesIO(data), outline_item=name, import_outline=False)
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
