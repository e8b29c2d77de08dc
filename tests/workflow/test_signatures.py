"""Signed paper: printed prefilled, signed by hand, brought back as a scan; a click or a drawn signature is not enough."""

import io
from datetime import timedelta

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from core.clock import today
from core.pages import Fact
from tests.workflow.conftest import make_procedure
from workflow import services as flow
from workflow.models import Signature, SignedSheet, Step


@pytest.fixture
def case(world, heard):
    make_procedure()
    Step.objects.filter(code="check").update(needs_signed_sheet=True)
    return flow.start_case(kind="test-case", title="张测一请假", village=world.villages[0], by=world.people["village_cadre"], day=today())


@pytest.fixture
def sheet(case):
    return SignedSheet.objects.create(case=case, step=case.step, round=1, content_sha256="a" * 64, printed_by=case.started_by)


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, "JPEG")
    return out.getvalue()


def signed(**more):
    return {"party": "本人", "name": "张测一", "means": "handwritten"} | more


def test_the_form_prints_prefilled_and_the_same_content_is_the_same_sheet(case, heard):
    sheet, pdf = flow.print_sheet(case=case, step=case.step, by=case.started_by)
    text = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    for words in ("测试流程", case.number, "张测一", "请假天数", "签字", "盖章", "手印", sheet.content_sha256[:12]):
        assert words in text.replace("\n", ""), words
    assert flow.print_sheet(case=case, step=case.step, by=case.started_by)[0] == sheet
    assert not flow.sheet_changed(sheet)
    heard.facts.append(Fact("地点", "西宁"))
    assert flow.sheet_changed(sheet)
    assert flow.print_sheet(case=case, step=case.step, by=case.started_by)[0] != sheet
    with pytest.raises(flow.WorkflowError, match="当前步骤"):
        flow.print_sheet(case=case, step=Step.objects.get(code="decide"), by=case.started_by)


def test_a_step_that_wants_paper_passes_only_with_a_scan_signed_by_hand(world, case, sheet):
    checker = world.people["township_checker"]
    with pytest.raises(flow.StillMissing, match="签字盖章的纸质表"):
        flow.advance(case=case, by=checker)
    flow.take_scan(sheet=sheet, file=photo(), signatures=[signed(means="phone_trace")], by=case.started_by)
    with pytest.raises(flow.StillMissing):
        flow.advance(case=case, by=checker)
    again = SignedSheet.objects.create(case=case, step=case.step, round=1, content_sha256="b" * 64, printed_by=checker)
    flow.take_scan(sheet=again, file=photo(), signatures=[signed(), signed(party="村委会", name="示范一村村委会", means="seal")], by=case.started_by)
    assert flow.advance(case=case, by=checker).result == "pass"
    assert [str(each) for each in again.signatures.order_by("id")] == ["张测一 签字", "示范一村村委会 盖章"]


@pytest.mark.parametrize(
    ("file", "signatures", "words"),
    [
        (b"%PDF-1.7 no more than a beginning", [signed()], "PDF"),
        (b"MZ\x90\x00 a program", [signed()], "."),
        (b"", [signed()], "."),
        (photo()[:200], [signed()], "."),
        (photo(), [], "至少登记一个"),
        (photo(), [signed(can_sign=False)], "按手印,并填见证人"),
        (photo(), [signed(can_sign=False, means="thumbprint")], "见证人"),
        (photo(), [signed(signed_on=today() + timedelta(days=1))], "不能晚于今天"),
    ],
)
def test_a_scan_that_is_none_or_without_signatures_is_refused(case, sheet, file, signatures, words):
    with pytest.raises(flow.WorkflowError, match=words), transaction.atomic():
        flow.take_scan(sheet=sheet, file=file, signatures=signatures, by=case.started_by)
    sheet.refresh_from_db()
    assert sheet.attachment is None
    assert not Signature.objects.exists()


def test_a_sheet_is_brought_back_once_for_its_own_round_by_who_takes_part(world, case, sheet):
    with pytest.raises(flow.NotYours):
        flow.take_scan(sheet=sheet, file=photo(), signatures=[signed()], by=world.people["finance"])
    flow.take_scan(sheet=sheet, file=photo(), signatures=[signed()], by=case.started_by)
    with pytest.raises(flow.WorkflowError, match="已经回传"):
        flow.take_scan(sheet=sheet, file=photo(), signatures=[signed()], by=case.started_by)
    late = SignedSheet.objects.create(case=case, step=case.step, round=1, content_sha256="b" * 64, printed_by=case.started_by)
    flow.decide(case=case, step_id=case.step_id, version=1, result="return", opinion="重签", by=world.people["township_checker"])
    flow.resubmit(case=case, by=case.started_by)
    with pytest.raises(flow.StaleCase, match="以前的步骤或轮次"):
        flow.take_scan(sheet=late, file=photo(), signatures=[signed()], by=case.started_by)
    case.refresh_from_db()
    assert flow.missing(case, case.step), "a new round asks for a signature of its own"


def test_who_cannot_write_leaves_a_thumbprint_before_a_witness(sheet):
    for change in ({"means": "handwritten", "witness": "李见证"}, {"means": "thumbprint", "witness": ""}):
        with pytest.raises(IntegrityError, match="signature_thumbprint_of_who_cannot_sign_is_witnessed"), transaction.atomic():
            Signature.objects.create(sheet=sheet, party="户主", name="卓玛", can_sign=False, signed_on=today(), **change)
    Signature.objects.create(sheet=sheet, party="户主", name="卓玛", can_sign=False, means="thumbprint", witness="李见证", signed_on=today())


def test_a_sheet_is_scanned_by_somebody_and_printed_once_a_content(case, sheet):
    with pytest.raises(IntegrityError, match="signed_sheet_one_a_content"), transaction.atomic():
        SignedSheet.objects.create(case=case, step=case.step, round=1, content_sha256="a" * 64, printed_by=case.started_by)
    with pytest.raises(IntegrityError, match="signed_sheet_scanned_iff_filed"), transaction.atomic():
        SignedSheet.objects.filter(pk=sheet.pk).update(scanned_by=case.started_by)


def test_a_scan_is_brought_back_in_the_browser(signed_in, case, sheet):
    client = signed_in("village_cadre")
    url = f"/cases/sheets/{sheet.pk}/scan/"
    assert client.get(url).status_code == 200
    values = {"signed_on": "20170929", "party_1": "户主", "name_1": "卓玛", "means_1": "thumbprint", "cannot_1": "on"}
    refused = client.post(url, values | {"file": SimpleUploadedFile("x.jpg", photo())})
    assert refused.status_code == 200
    assert "见证人" in refused.content.decode()
    assert client.post(url, values | {"witness_1": "李见证", "file": SimpleUploadedFile("x.jpg", b"GIF89a no scan")}).status_code == 200
    assert client.post(url, values | {"witness_1": "李见证", "file": SimpleUploadedFile("x.jpg", photo())}).status_code == 302
    assert "手印,见证人 李见证" in client.get(f"/cases/{case.pk}/").content.decode()
