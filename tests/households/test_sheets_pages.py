"""The import through its pages: one brings it, another confirms it, both see what becomes of it; killed half-way it leaves nothing."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings as environment
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.models import AccessEvent, User
from core.scope import acting_as, acting_as_system
from households.models import Household, ImportBatch, Member, Reentry
from tests.factories import make_world
from tests.households.books import HOME, HUSBAND, PEOPLE, book, change, sheets
from workflow.models import Job, Message, Todo
from workflow.tasks import run_job

NEW = "/households/imports/new/"


@pytest.fixture
def sign_in(client):
    def signed(role: str):
        client.force_login(User.objects.get(username=role), backend="accounts.backends.NameAndPassword")
        return client

    return signed


def run(client_response=None) -> Job:
    job = Job.objects.latest("id")
    run_job(job_id=job.pk)
    job.refresh_from_db()
    return job


def upload(client, tables, **fields):
    file = SimpleUploadedFile("户表.xlsx", book(tables) if isinstance(tables, dict) else tables)
    response = client.post(NEW, {"file": file, "purpose": "import", "comment": "年度采集", "year": "2017"} | fields)
    assert response.status_code == 302, response.content.decode()[:3000]
    job = run()
    assert job.state == Job.State.DONE, job.message
    return response.url


def test_one_brings_it_another_confirms_it(sign_in, world):
    clerk = sign_in("township_clerk")
    url = upload(clerk, sheets())
    page = clerk.get(url).content.decode()
    assert "张三丰" in page and "提交复核" in page and HUSBAND not in page
    clerk.post(url + "submit/")
    assert "等待乡镇复核" in clerk.get(url).content.decode()
    assert clerk.post(url + "confirm/", {"opinion": ""}).status_code == 403, "its maker does not hold the permission"
    with acting_as_system(reason="测试"):
        todo = Todo.objects.get(kind="household-import")
        assert (todo.role, todo.area, todo.url) == ("township_checker", "632801100", url)
        assert not Household.objects.exists()

    checker = sign_in("township_checker")
    assert "复核通过,开始导入" in checker.get(url).content.decode()
    checker.post(url + "confirm/", {"opinion": "已抽查"})
    job = run()
    assert job.owner.username == "township_clerk" and job.state == Job.State.DONE, job.message
    assert "已于" in checker.get(url).content.decode()
    with acting_as_system(reason="测试"):
        batch = ImportBatch.objects.get()
        assert (batch.state, batch.confirmed_by.username, batch.made_by.username) == ("done", "township_checker", "township_clerk")
        assert Member.objects.count() == 3
        assert Todo.objects.get().done_by.username == "township_checker"
        assert Message.objects.filter(user__username="township_clerk", text__contains="复核通过").exists()

    clerk = sign_in("township_clerk")
    assert b"PK" in b"".join(clerk.get(url + "file/original/").streaming_content)[:4]
    with acting_as_system(reason="测试"):
        assert AccessEvent.objects.filter(action="exported", table="households_importbatch").exists()
    clerk.post(url + "undo/", {"reason": "传错了文件"})
    assert run().state == Job.State.DONE
    with acting_as_system(reason="测试"):
        assert not Household.objects.exists()


def test_a_large_or_wide_import_goes_to_the_city(sign_in, world):
    from core import settings

    with acting_as_system(reason="测试"):
        settings.put(key="import_city_households", value=0, by=None, reason="测试")
    url = upload(sign_in("township_clerk"), sheets())
    sign_in("township_clerk").post(url + "submit/")
    checker = sign_in("township_checker")
    assert "须由市级复核" in checker.get(url).content.decode()
    checker.post(url + "confirm/", {"opinion": ""})
    with acting_as_system(reason="测试"):
        assert ImportBatch.objects.get().state == "submitted"
    approver = sign_in("bureau_approver")
    approver.post(url + "confirm/", {"opinion": "人数与申请不符", "back": "1"})
    assert "人数与申请不符" in sign_in("township_clerk").get(url).content.decode()


def test_errors_are_all_in_the_file_and_the_first_hundred_on_the_page(sign_in, world, client):
    import io

    from openpyxl import load_workbook

    people = [change(PEOPLE[0], ref=str(n), member__id_number="", member__marital="农民") for n in range(150)]
    url = upload(sign_in("township_clerk"), sheets([change(HOME, ref=str(n)) for n in range(150)], people, [], []))
    page = client.get(url).content.decode()
    assert page.count("没有这个选项") == 100 and "共 150 处" in page
    marked = load_workbook(io.BytesIO(b"".join(client.get(url + "file/marked/").streaming_content)))
    assert marked["错误清单"].max_row == 151
    assert "没有这个选项" in next(cell.comment.text for cell in marked["家庭成员"][152] if cell.comment)
    client.post(url + "submit/")
    with acting_as_system(reason="测试"):
        assert ImportBatch.objects.get().state == "checked", "all or nothing"


def test_valid_households_alone_when_somebody_says_so(sign_in, world):
    homes = [HOME, change(HOME, ref="2", household__phone="")]
    people = [*PEOPLE, change(PEOPLE[0], ref="2", member__id_number="123", member__name="李错误")]
    url = upload(sign_in("township_clerk"), sheets(homes, people))
    sign_in("township_clerk").post(url + "submit/", {"valid_only": "on"})
    sign_in("township_checker").post(url + "confirm/", {"opinion": ""})
    assert run().state == Job.State.DONE
    with acting_as_system(reason="测试"):
        assert Household.objects.count() == 1 and not Member.objects.filter(name="李错误").exists()


def test_what_has_changed_since_the_check_is_not_imported(sign_in, world):
    url = upload(sign_in("township_clerk"), sheets())
    sign_in("township_clerk").post(url + "submit/")
    with acting_as_system(reason="测试"):
        from tests.factories import HouseholdFactory, MemberFactory

        MemberFactory(household=HouseholdFactory(village=world.villages[0]), id_number=HUSBAND, name="张三丰")
    sign_in("township_checker").post(url + "confirm/", {"opinion": ""})
    job = run()
    assert job.state == Job.State.FAILED and "又有变动" in job.message
    clerk = sign_in("township_clerk")
    assert "又有变动" in clerk.get(url).content.decode()
    clerk.post(url + "recheck/")
    assert run().state == Job.State.DONE


def test_unknown_headings_are_named_once_and_remembered(sign_in, world):
    rows = [["户号", "XM", "GX", "SFZ", "地方", "SJ", "LX", "YY", "WH", "JK", "LD"],
            ["1", "张三丰", "户主", HUSBAND, "示范一村", "2015-12-20", "一般贫困户", "缺技术", "初中", "健康", "普通劳动力"]]  # fmt: skip
    keys = ["ref", "member.name", "member.relation", "member.id_number", "village", "household.identified_on", "household.attribute",
            "household.cause_main", "member.education", "member.health", "member.labour"]  # fmt: skip
    clerk = sign_in("township_clerk")
    url = upload(clerk, book({"S": rows}))
    assert "请先对列" in clerk.get(url).content.decode()
    form = clerk.get(url + "columns/").content.decode()
    assert "SFZ" in form
    clerk.post(url + "columns/", {f"column_{n}": key for n, key in enumerate(keys)})
    assert run().state == Job.State.DONE
    assert "张三丰" in clerk.get(url).content.decode()
    assert "张三丰" in clerk.get(upload(clerk, book({"S": rows}))).content.decode(), "the second time it is known"


def test_another_township_sees_nothing_of_it(sign_in, world):
    from tests.factories import UserFactory, grant

    url = upload(sign_in("township_clerk"), sheets())
    with acting_as_system(reason="测试"):
        other = UserFactory(username="other")
        grant(other, "township_clerk", world.townships[1])
    far = sign_in("other")
    for path in ("", "columns/", "file/original/", "undo/"):
        assert far.get(url + path).status_code == 404
    assert far.post(url + "submit/").status_code == 404
    assert "DR2017" not in far.get("/households/imports/").content.decode()
    with acting_as(other):
        assert not ImportBatch.objects.exists(), "wall two"
    assert "没有“示范一村”" in far.get(upload(far, sheets())).content.decode()


def test_the_difference_with_the_national_system_is_a_list_to_work_off(sign_in, world):
    from households.services.imports import import_file
    from tests.conftest import TODAY

    with acting_as_system(reason="测试"):
        import_file(data=book(sheets()), title="x", day=TODAY, only_check=False, mark=False)
    theirs = [change(PEOPLE[0], member__education="小学"), PEOPLE[1]]
    clerk = sign_in("township_clerk")
    url = upload(clerk, sheets(people=theirs, living=[], incomes=[]), purpose="compare")
    assert "待回录清单(2 项)" in clerk.get(url).content.decode()
    with acting_as_system(reason="测试"):
        lines = list(Reentry.objects.values_list("subject", "item", "theirs", "ours"))
        assert lines == [("张三丰", "文化程度", "小学", "初中"), ("张小花", "成员", "没有此人", "在册")]
        first = Reentry.objects.first().pk
    assert "张小花" in clerk.get("/households/reentries/").content.decode()
    clerk.post("/households/reentries/mark/", {"line": [first]})
    with acting_as_system(reason="测试"):
        assert Reentry.objects.get(pk=first).done_by.username == "township_clerk"
    assert clerk.post(url + "submit/").status_code == 302
    with acting_as_system(reason="测试"):
        assert ImportBatch.objects.get(purpose="compare").state == "checked", "a comparison is never imported"


KILLED = """
import os, sys, time
import django
django.setup()
from households.services import rows
real = rows._search_keys
def wait(*arguments):
    print("written", flush=True)
    time.sleep(60)
rows._search_keys = wait
from workflow.tasks import run_job
run_job(job_id=int(sys.argv[1]))
"""


def test_killed_half_way_it_leaves_nothing_and_can_be_repeated(sign_in, transactional_db):
    from workflow.services import fail_interrupted

    with acting_as_system(reason="测试"):
        make_world()
    url = upload(sign_in("township_clerk"), sheets())
    sign_in("township_clerk").post(url + "submit/")
    sign_in("township_checker").post(url + "confirm/", {"opinion": ""})
    job = Job.objects.latest("id")
    login = {
        "DATABASE_NAME": connection.settings_dict["NAME"],
        "DATABASE_ROLE": "app",
        "DJANGO_SETTINGS_MODULE": "povertyaid.settings_test",
        "DEMO_MODE": "1",
    }
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(job.pk)], env=dict(os.environ) | login, stdout=subprocess.PIPE,
                               text=True, cwd=environment.BASE_DIR)  # fmt: skip
    assert process.stdout.readline() == "written\n", "all rows stand in the open transaction"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()

    with acting_as_system(reason="测试"):
        for _ in range(50):
            if fail_interrupted():
                break
            time.sleep(0.1)
        assert not Household.objects.exists() and not Member.objects.exists()
        assert ImportBatch.objects.get().state == "confirmed"
    checker = sign_in("township_checker")
    assert "没有写入任何内容" in checker.get(url).content.decode()
    checker.post(url + "resume/")
    assert run().state == Job.State.DONE
    with acting_as_system(reason="测试"):
        assert Member.objects.count() == 3
