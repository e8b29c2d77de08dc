"""Jobs, exports, attachments: who sees them, what a crash leaves, what an upload becomes."""

import io

import msoffcrypto
import openpyxl
import pytest
from PIL import Image

from accounts.models import AccessEvent, User
from core.scope import acting_as, acting_as_system
from tests.factories import HouseholdFactory, MemberFactory, make_world
from workflow import services
from workflow.models import Attachment, Job
from workflow.tasks import handles, run_job


@pytest.fixture
def settled(transactional_db):
    """The small world, committed, as a worker on another connection sees it."""
    with acting_as_system(reason="测试"):
        world = make_world()
        for village, name in ((world.villages[0], "张近户"), (world.villages[2], "李远户")):
            MemberFactory(household=HouseholdFactory(village=village), name=name)
    return world


def start(user: User, kind: str, **parameters: object) -> Job:
    with acting_as(user):
        return services.start_job(kind=kind, title=kind, parameters=parameters, by=user)


def unlocked(data: bytes, password: str) -> io.BytesIO:
    plain = io.BytesIO()
    book = msoffcrypto.OfficeFile(io.BytesIO(data))
    book.load_key(password=password)
    book.decrypt(plain)
    return plain


def run(job: Job) -> Job:
    run_job(job_id=job.pk)
    job.refresh_from_db()
    return job


def test_an_export_holds_what_its_owner_may_see_and_is_noted(settled):
    clerk = User.objects.get(username="township_clerk")
    job = run(start(clerk, "export", listing="households", query="", purpose="核对"))
    assert job.state == Job.State.DONE, job.message
    with acting_as(clerk):
        data = Attachment.objects.visible_to(clerk).get(pk=job.result_id).file.open().read()
    with acting_as(clerk):
        rows = list(openpyxl.load_workbook(unlocked(data, services.take_password(job=job, by=clerk))).active.iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == ["户主", "张近户"]
    assert AccessEvent.objects.get(action="exported", user_id=clerk.pk).rows == 1


def test_a_failed_job_writes_nothing_and_says_so(settled):
    clerk = User.objects.get(username="township_clerk")

    @handles("fails")
    def fails(job_run):
        services.store(data=b"%PDF-", kind="pdf", title="x", by=job_run.user)
        raise RuntimeError("secret detail")

    job = run(start(clerk, "fails"))
    assert job.state == Job.State.FAILED
    assert "没有写入" in job.message
    assert "secret" not in job.message
    with acting_as_system(reason="测试"):
        assert not Attachment.objects.exists()


def test_a_cancelled_job_stops_at_its_next_step(settled):
    clerk = User.objects.get(username="township_clerk")

    @handles("long")
    def long(job_run):
        Job.objects.filter(pk=job_run.job.pk)  # the owner asks while it runs, on another connection
        job_run.progress._execute("update workflow_job set cancel_requested = true where id = %s", [job_run.job.pk])
        job_run.progress(1, 10)
        raise AssertionError("never reached")

    job = run(start(clerk, "long"))
    assert job.state == Job.State.CANCELLED


def test_a_job_runs_once_and_a_waiting_one_is_cancelled_at_once(settled):
    clerk = User.objects.get(username="township_clerk")
    job = start(clerk, "export", listing="households", query="", purpose="核对")
    with acting_as(clerk):
        services.cancel_job(job=job, by=clerk)
    assert run(job).state == Job.State.CANCELLED
    with pytest.raises(services.WorkflowError, match="已结束"):
        services.cancel_job(job=job, by=clerk)


def test_jobs_of_a_dead_worker_are_ended_and_those_of_a_living_one_are_not(settled):
    clerk = User.objects.get(username="township_clerk")
    dead, alive = start(clerk, "export"), start(clerk, "export")
    Job.objects.filter(pk__in=[dead.pk, alive.pk]).update(state=Job.State.RUNNING)
    progress = services.Progress(alive.pk)
    try:
        assert services.fail_interrupted() == 1
    finally:
        progress.close()
    dead.refresh_from_db()
    alive.refresh_from_db()
    assert (dead.state, alive.state) == (Job.State.FAILED, Job.State.RUNNING)


def test_a_photo_loses_its_position_and_other_content_is_refused(world):
    clerk = world.people["township_clerk"]
    picture = Image.new("RGB", (60, 40), "red")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (36.0, 24.0, 0.0)}
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    kept = services.attach(data=out.getvalue(), title="照片", by=clerk, village_id=world.villages[0].pk)
    assert not Image.open(io.BytesIO(kept.file.open().read())).getexif()
    for data, message in ((b"<html>", "网页文件"), (b"PK\x03\x04 xl/workbook", "文件类型不对"), (b"", "是空的")):
        with pytest.raises(services.WorkflowError, match=message):
            services.attach(data=data, title="x", by=clerk)


def test_a_file_of_another_township_is_not_there(signed_in, world):
    far = services.store(data=b"%PDF-", kind="pdf", title="x", by=world.people["bureau_clerk"], village_id=world.villages[2].pk)
    near = services.store(data=b"%PDF-", kind="pdf", title="x", by=world.people["bureau_clerk"], village_id=world.villages[0].pk)
    client = signed_in("township_clerk")
    assert client.get(far.get_absolute_url()).status_code == 404
    assert client.get(near.get_absolute_url()).status_code == 200


def test_an_export_asks_why_and_only_whom_it_may(signed_in, world):
    client = signed_in("township_clerk")
    assert "请写明用途" in client.post("/work/export/households/", {"query": "", "purpose": ""}).content.decode()
    assert client.get("/work/export/nothing/").status_code == 404
    assert signed_in("village_cadre").get("/work/export/households/").status_code == 403
