"""This room's papers: the monthly report on A3 landscape and as a workbook."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import segno
from django.conf import settings as installation
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from accounts.models import Organization
from cadres import rules
from cadres.models import Allowance, AttendanceLine, AttendanceMonth, Cadre, Posting, TrainingSession
from core.clock import today
from core.pdf import render_pdf
from villages.models import Village

HEADS = ("序号", "村", "姓名", "职务", "派出单位")
SUMS = ("应驻村天数", "实际驻村天数", "因公外出", "外出报备", "事假", "病假", "年休", "旷岗", "抽查次数", "在岗次数")
TAILS = ("本月主要工作", "本人签字", "村党支部书记签字")


def sums_of(line: AttendanceLine) -> list[int]:
    return [
        line.required,
        line.actual,
        line.business,
        line.reported,
        line.personal,
        line.sick,
        line.paid,
        line.absent,
        line.checks,
        line.checks_present,
    ]


def month_pdf(month: AttendanceMonth, lines: Sequence[AttendanceLine]) -> bytes:
    """考勤月报表 in the columns of `domain.md` §6.2, with room for the signatures and opinions."""
    length = rules.month_span(month.month_on)[1].day
    rows = [
        {"line": line, "signs": [rules.SIGNS.get(code, "") for code in line.codes.ljust(length)], "sums": sums_of(line)} for line in lines
    ]  # fmt: skip
    html = render_to_string("cadres/month_pdf.html", {
        "month": month, "rows": rows, "days": range(1, length + 1), "sums": SUMS, "blank": range(max(0, 6 - len(rows))), "state": month.get_state_display(),
    })  # fmt: skip
    return render_pdf(html, identifier=f"attendance-{month.pk}-{month.content_sha256 or month.state}")


def month_workbook(month: AttendanceMonth, lines: Sequence[AttendanceLine]) -> bytes:
    """The same columns as a workbook, numbers as numbers."""
    length = rules.month_span(month.month_on)[1].day
    book = Workbook()
    sheet = book.active
    sheet.title = f"{month.month_on:%Y-%m}"
    heads = [*HEADS, *(str(day) for day in range(1, length + 1)), *SUMS, *TAILS]
    sheet.append([f"{month.village.name}驻村干部{month.label}考勤月报表({month.get_state_display()})"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(heads))
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=16), Alignment(horizontal="center")
    sheet.append(heads)
    for number, line in enumerate(lines, start=1):
        signs = [rules.SIGNS.get(code, "") for code in line.codes.ljust(length)]
        sheet.append([number, month.village.name, line.cadre.name, line.posting.get_role_display(), line.cadre.home_unit.name, *signs, *sums_of(line),
                      line.main_work, "", ""])  # fmt: skip
    sheet.append([])
    sheet.append(["√ 驻村 公 因公外出 报 外出报备 事 事假 病 病假 年 带薪休假 轮 轮休 旷 缺勤 节 法定节假"])
    edge = Side(style="thin", color="999999")
    for row in sheet.iter_rows(min_row=2, max_row=2 + len(lines), max_col=len(heads)):
        for cell in row:
            cell.border, cell.alignment = Border(edge, edge, edge, edge), Alignment(horizontal="center", vertical="center", wrap_text=True)
    for column in range(len(HEADS) + 1, len(HEADS) + length + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 3.6
    sheet.column_dimensions["E"].width = 18
    sheet.column_dimensions[get_column_letter(len(HEADS) + length + len(SUMS) + 1)].width = 40
    sheet.freeze_panes = "D3"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToWidth = "landscape", 8, 1
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _qr(path: str) -> SafeString:
    """The QR of one of our own addresses."""
    url = installation.PUBLIC_BASE_URL.rstrip("/") + path
    return mark_safe(segno.make(url, error="m").svg_inline(border=0, omitsize=True, dark="#1d2129"))  # noqa: S308 — drawn from our own address


def training_poster_pdf(session: TrainingSession) -> bytes:
    """What hangs in the room of a training: the QR by which cadres sign in."""
    code = _qr(reverse("cadres:training-sign-in", args=[session.token]))
    return render_pdf(render_to_string("cadres/training_poster.html", {"session": session, "qr": code}), identifier=f"training-{session.pk}")


def proof_pdf(unit: Organization, month: date, lines: Sequence[Allowance]) -> bytes:
    """考勤证明: what a home unit pays its dispatched cadres for a month, with room for both seals."""
    html = render_to_string("cadres/proof_pdf.html", {"unit": unit, "month": month, "lines": lines, "city": installation.CITY_NAME})
    return render_pdf(html, identifier=f"proof-{unit.pk}-{month:%Y%m}")


def box_poster_pdf(village: Village, code: str, telephone: str) -> bytes:
    """The opinion box of a village: a QR anybody may scan."""
    qr = _qr(reverse("public:opinion-box", args=[code]))
    return render_pdf(render_to_string("cadres/box_poster.html", {"village": village, "qr": qr, "tel": telephone}), identifier=f"box-{village.code}")


def handover_pdf(posting: Posting, successor: Cadre | None, matters: Sequence[Any], spent: Decimal) -> bytes:
    """The handover list to sign."""
    context = {"posting": posting, "successor": successor, "matters": matters, "spent": spent, "day": today()}
    return render_pdf(render_to_string("cadres/handover_pdf.html", context), identifier=f"handover-{posting.pk}-{today()}")


def diary_pdf(cadre: Cadre, month: date, days: Sequence[Any]) -> bytes:
    """驻村日志 of a month: the day's records, and room for a few lines by hand."""
    posting = Posting.objects.active_on(rules.month_span(month)[1]).filter(cadre=cadre).select_related("village__township").first()
    context = {"cadre": cadre, "month": month, "days": days, "posting": posting}
    return render_pdf(render_to_string("cadres/diary_pdf.html", context), identifier=f"diary-{cadre.pk}-{month:%Y%m}")
