"""Exports: whose copy it is, the password and its only showing, the time it lasts, and the person it is bound to."""

import io
import json
from datetime import timedelta

import msoffcrypto
import openpyxl
import pytest
from django.utils import timezone

from accounts.models import AccessEvent, User
from core import settings
from core.scope import acting_as, acting_as_system
from tests.factories import HouseholdFactory, MemberFactory, make_world
from workflow import services
from workflow.models import Attachment, Job
from workflow.tasks import run_job

CHOSEN = "Xiangzhen-2017"


@pytest.fixture
def settled(transactional_db):
    """The small world, committed, as a worker on another connection sees it."""
    with acting_as_system(reason="测试"):
        world = make_world()
        MemberFactory(household=HouseholdFactory(village=world.villages[0]), name="张近户")
    return world


@pytest.fixture
def sign_in(client, settled):
    def signed(role: str):
        client.force_login(User.objects.get(username=role), backend="accounts.backends.NameAndPassword")
        return client

    return signed


def export(client, key: str = "households", **fields: str) -> Job:
    response = client.post(f"/work/export/{key}/", {"query": "", "purpose": "年度核对"} | fields)
    assert response.status_code == 302, response.content.decode()
    return Job.objects.latest("id")


def finished(job: Job) -> Job:
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.message
    return job


def content(job: Job) -> bytes:
    with acting_as(job.owner):
        return Attachment.objects.get(pk=job.result_id).file.open().read()


def opened(data: bytes, password: str = "") -> openpyxl.Workbook:
    plain = io.BytesIO(data)
    if password:
        plain = io.BytesIO()
        book = msoffcrypto.OfficeFile(io.BytesIO(data))
        book.load_key(password=password, verify_password=True)
        book.decrypt(plain)
    return openpyxl.load_workbook(plain)


def test_a_list_of_persons_opens_by_a_password_shown_once_and_kept_nowhere(sign_in):
    client = sign_in("township_clerk")
    job = finished(export(client))
    data = content(job)
    assert msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted()
    assert "显示打开口令" in client.get(job.get_absolute_url()).content.decode()
    page = client.post(f"/work/jobs/{job.pk}/password/").content.decode()
    password = page.split('<strong class="code">')[1].split("<")[0]
    assert opened(data, password).active["A3"].value == "张近户"
    job.refresh_from_db()
    assert password not in json.dumps(job.parameters)
    assert "显示打开口令" not in client.get(job.get_absolute_url()).content.decode()
    again = client.post(f"/work/jobs/{job.pk}/password/", follow=True).content.decode()
    assert "已经显示过了" in again
    assert password not in again


def test_until_it_is_shown_the_made_password_lies_encrypted(sign_in):
    job = finished(export(sign_in("township_clerk")))
    kept = job.parameters[services.PASSWORD_ONCE]
    with acting_as(job.owner):
        password = services.take_password(job=job, by=job.owner)
    assert password not in kept
    with pytest.raises(services.WorkflowError, match="只显示一次"):
        services.take_password(job=job, by=job.owner)


def test_a_chosen_password_is_never_shown_nor_kept(sign_in):
    client = sign_in("township_clerk")
    job = export(client, password=CHOSEN)
    assert CHOSEN not in json.dumps(job.parameters)
    job = finished(job)
    assert opened(content(job), CHOSEN).active["A3"].value == "张近户"
    assert set(job.parameters) == {"listing", "query", "purpose"}
    assert "显示打开口令" not in client.get(job.get_absolute_url()).content.decode()


def test_a_cancelled_or_failed_export_keeps_no_password_either(sign_in):
    client = sign_in("township_clerk")
    job = export(client, password=CHOSEN)
    client.post(f"/work/jobs/{job.pk}/cancel/")
    job.refresh_from_db()
    assert "secret" not in job.parameters
    failed = export(client, password=CHOSEN)
    with acting_as_system(reason="测试"):
        failed.owner.grants.update(until=timezone.localdate() - timedelta(days=9000), since="1990-01-01")
    run_job(job_id=failed.pk)
    failed.refresh_from_db()
    assert (failed.state, "secret" in failed.parameters) == (Job.State.FAILED, False)


@pytest.mark.parametrize(
    ("password", "words"), [("short", "至少 8 位"), ("有汉字的口令一二三", "不含空格和汉字"), ("with blank 1", "不含空格"), ("x" * 65, "不超过 64")]
)
def test_a_password_a_spreadsheet_would_trip_over_is_refused(sign_in, password, words):
    page = sign_in("township_clerk").post("/work/export/households/", {"query": "", "purpose": "核对", "password": password})
    assert words in page.content.decode()
    assert not Job.objects.exists()


def test_a_list_of_no_persons_and_one_with_the_setting_off_open_freely(sign_in):
    client = sign_in("township_clerk")
    assert "不填则不加口令" in client.get("/work/export/villages/").content.decode()
    assert opened(content(finished(export(client, "villages")))).active["A2"].value
    with acting_as_system(reason="测试"):
        settings.put(key="export_password", value=False, by=None, reason="测试")
    assert opened(content(finished(export(client)))).active["A3"].value == "张近户"


def test_the_workbook_says_whose_copy_it_is_on_screen_and_on_paper(sign_in):
    sheet = opened(content(finished(export(sign_in("township_clerk"), password=CHOSEN, purpose="核对 A&B 两组"))), CHOSEN).active
    for text in (sheet["A1"].value, sheet.oddHeader.left.text.replace("&&", "&")):
        for words in ("乡镇专干(township_clerk)", timezone.localtime().strftime("%Y-%m-%d"), "核对 A&B 两组", "不得转发"):
            assert words in text
    assert sheet["A2"].value == "户主"
    assert sheet.freeze_panes == "A3"


@pytest.mark.parametrize("role", ["township_checker", "bureau_clerk", "audit_admin"])
def test_another_person_with_the_link_gets_nothing_and_it_is_written_down(sign_in, role):
    job = finished(export(sign_in("township_clerk")))
    other = sign_in(role)
    for url, table in ((f"/work/files/{job.result_id}/", "workflow_attachment"), (job.get_absolute_url(), "workflow_job")):
        assert other.get(url).status_code == 404
        refused = AccessEvent.objects.filter(action="refused", table=table).latest("id")
        assert refused.user_id == User.objects.get(username=role).pk
        assert str(job.pk if table == "workflow_job" else job.result_id) in refused.detail
    assert other.post(f"/work/jobs/{job.pk}/password/").status_code == 404
    job.refresh_from_db()
    assert services.PASSWORD_ONCE in job.parameters


def test_it_lasts_as_long_as_the_setting_says_and_then_says_so(sign_in):
    with acting_as_system(reason="测试"):
        settings.put(key="export_hours", value=3, by=None, reason="测试")
    client = sign_in("township_clerk")
    assert "3 小时后自动失效" in client.get("/work/export/households/").content.decode()
    job = finished(export(client))
    with acting_as_system(reason="测试"):
        file = Attachment.objects.get(pk=job.result_id)
        assert timedelta(hours=2, minutes=59) < file.expires_at - timezone.now() < timedelta(hours=3)
        assert services.drop_expired() == 0
        Attachment.objects.filter(pk=file.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    name, storage = file.file.name, file.file.storage
    assert storage.exists(name)
    for _ in range(2):
        response = client.get(f"/work/files/{file.pk}/")
        assert response.status_code == 410
        assert "到期,不再提供下载" in response.content.decode()
        with acting_as_system(reason="测试"):
            services.drop_expired()
    assert not storage.exists(name)
    job.refresh_from_db()
    assert services.PASSWORD_ONCE not in job.parameters


def test_content_another_file_still_needs_is_not_deleted(settled):
    with acting_as_system(reason="测试"):
        clerk = User.objects.get(username="township_clerk")
        gone = services.store(data=b"same", kind="pdf", title="a", by=clerk, expires_at=timezone.now() - timedelta(days=1))
        kept = services.store(data=b"same", kind="pdf", title="b", by=clerk)
        assert services.drop_expired() == 1
        gone.refresh_from_db()
    assert not gone.file
    assert kept.file.storage.exists(kept.file.name)
