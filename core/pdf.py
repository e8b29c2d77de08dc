"""HTML to PDF. The same HTML gives the same bytes: no clock is read, fonts are pinned, the identifier is given."""

import hashlib
from functools import lru_cache
from typing import Any

from django.conf import settings

from core import fonts


@lru_cache(maxsize=1)
def _engine() -> Any:
    fonts.require_pango()
    fonts.pin(settings.DATA_DIR)
    import logging

    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    return weasyprint, FontConfiguration()


def _refuse(url: str, *_: Any, **__: Any) -> Any:
    raise ValueError("a printed page loads nothing from outside")


def render_pdf(html: str, *, identifier: str) -> bytes:
    """The PDF of a page whose styles and drawings are all inside. `identifier` becomes the document's id."""
    weasyprint, configuration = _engine()
    document = weasyprint.HTML(string=html, url_fetcher=_refuse)
    return document.write_pdf(font_config=configuration, pdf_identifier=hashlib.sha256(identifier.encode()).digest()[:16], full_fonts=False)
