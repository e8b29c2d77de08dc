"""What this room prints."""

from typing import Any

from django.template.loader import render_to_string

from core import settings
from core.dates import chinese_date
from core.pdf import render_pdf


def letter_pdf(request: Any) -> bytes:
    """The letter of a comparison request, A4, to be stamped. It names nobody: the list goes separately."""
    context = {"request": request, "people": request.results.count(), "sent": chinese_date(request.sent_on), "due": chinese_date(request.due_on),
               "signer": settings.get("announcement_signer")}  # fmt: skip
    return render_pdf(render_to_string("households/print/letter.html", context), identifier=f"crosscheck/{request.number}")
