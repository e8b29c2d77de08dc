"""The paper of a notice: what is hung out, with its number, the time of its data, a short hash and the way to the public page."""

import segno
from django.conf import settings as installation
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from core import settings
from core.dates import chinese_date
from core.pdf import render_pdf
from workflow.models import PublicNotice

# Everything is laid out in rem, at the size that fills the paper.
PAPERS = {"A4": ("210mm 297mm", "10.5pt"), "A3": ("297mm 420mm", "17pt")}


def notice_pdf(notice: PublicNotice, *, paper: str) -> bytes:
    """The notice on A4 or as an A3 poster. Raises KeyError for another paper."""
    size, rem = PAPERS[paper]
    url = installation.PUBLIC_BASE_URL.rstrip("/") + reverse("public:notice", args=[notice.public.token])
    code = segno.make(url, error="m").svg_inline(border=0, omitsize=True, dark="#1d2129")
    context = {
        "notice": notice, "size": size, "rem": rem, "url": url, "qr": mark_safe(code),  # noqa: S308 — drawn from our own address
        "lines": [list(zip(notice.columns, line["cells"], strict=True)) for line in notice.lines], "released_on": chinese_date(timezone.localtime(notice.released_at).date()),
        "starts": chinese_date(notice.starts_on), "ends": chinese_date(notice.ends_on), "tel": settings.get("supervision_phone"),
        "over": notice.state != PublicNotice.State.RUNNING, "assumed": notice.calendar_assumed, "city": installation.CITY_NAME,
        "long": len(notice.lines) > 30,
    }  # fmt: skip
    return render_pdf(render_to_string("workflow/notice_print.html", context), identifier=f"{notice.number} {paper}")
