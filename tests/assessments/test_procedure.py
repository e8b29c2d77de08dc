"""From opening to freezing and after: five people, each in their turn, and nobody out of it."""

import io
import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from PIL import Image

from assessments import services
from assessments.models import Appeal, Assessment, Score
from assessments.services import documents, publication
from core import calendar
from core.scope import acting_as_system
from core.seal import chains, seal_finished, verify
from tests.factories import grant
from workflow import services as flow
from workflow.models import Case, NoticePosting, PublicNotice

DAY = date(2017, 9, 30)
TEXT = "一年来吃住在村,完成了全部承诺,情况属实。"


def through(assessed, card, reporter="township_clerk"):
    """Report, score, review."""
    people = assessed.people
    services.submit_report(assessment=card, text=TEXT, by=people[reporter], day=DAY)
    services.finish_scoring(assessment=card, opinion="同意", by=people["township_checker"])
    services.review(assessment=card, opinion="无误", by=people["org_department"])


@pytest.fixture
def complete(assessed):
    """Everybody scored in full, ballots sealed; one clerk and one checker serve both townships."""
    for role in ("township_clerk", "township_checker"):
        grant(assessed.people[role], role, assessed.world.townships[1])
    for card in assessed.cards:
        assessed.fill(card)
    assessed.vote()
    return assessed


def test_each_step_is_taken_by_another_and_keeps_who(complete):
    card, people = complete.cards[0], complete.people
    services.submit_report(assessment=card, text=TEXT, by=people["village_cadre"], day=DAY)
    assert Assessment.objects.get(pk=card.pk).case.applicant == people["village_cadre"]
    with pytest.raises(services.WrongStage, match="待乡镇评分"):
        services.review(assessment=card, opinion="", by=people["org_department"])
    with pytest.raises(services.OwnScore):
        services.finish_scoring(assessment=card, opinion="", by=people["village_cadre"])
    with pytest.raises(services.AssessmentsError):
        services.finish_scoring(assessment=card, opinion="", by=people["org_department"])
    services.finish_scoring(assessment=card, opinion="同意", by=people["township_checker"])
    with pytest.raises(services.AssessmentsError):
        services.review(assessment=card, opinion="", by=people["township_checker"])
    done = services.review(assessment=card, opinion="无误", by=people["org_department"])
    assert (done.stage, done.scored_by, done.reviewed_by) == ("reviewed", people["township_checker"], people["org_department"])


def test_scoring_is_finished_only_when_nothing_is_missing(assessed):
    card = assessed.cards[0]
    services.submit_report(assessment=card, text=TEXT, by=assessed.people["village_cadre"], day=DAY)
    with pytest.raises(services.NotReady) as refused:
        services.finish_scoring(assessment=card, opinion="", by=assessed.people["township_checker"])
    assert any("B1 抓党建强班子" in text for text in refused.value.missing)


def test_it_goes_back_with_a_reason_step_by_step(complete):
    card, people = complete.cards[0], complete.people
    services.submit_report(assessment=card, text=TEXT, by=people["village_cadre"], day=DAY)
    services.finish_scoring(assessment=card, opinion="", by=people["township_checker"])
    back = services.send_back(assessment=card, reason="走访依据不足", by=people["org_department"])
    assert (back.stage, back.return_reason) == ("scoring", "走访依据不足")
    back = services.send_back(assessment=card, reason="请补充述职", by=people["township_checker"])
    assert back.stage == "report"
    again = services.submit_report(assessment=back, text=TEXT * 2, by=people["village_cadre"], day=DAY)
    assert again.stage == "scoring" and again.return_reason == ""
    services.send_back(assessment=again, reason="再补", by=people["township_checker"])
    flow.resubmit(case=Case.objects.get(pk=again.case_id), by=people["village_cadre"])
    again.refresh_from_db()
    assert (again.stage, again.return_reason) == ("scoring", "")


def hung(period, by):
    """The notice hangs from its first day, as a township records it with a photo."""
    notice = publication.notice_of(period)
    assert notice is not None
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "white").save(out, "JPEG")
    for posting in NoticePosting.objects.filter(notice=notice).select_related("village"):
        flow.post_notice(
            notice=notice, place="村务公开栏", posted_on=notice.starts_on, photo=out.getvalue(), by=by, village=posting.village, day=notice.starts_on
        )
    return notice


def frozen(assessed):
    for card in assessed.cards:
        through(assessed, card, "village_cadre" if card.cadre_user_id else "township_clerk")
    by = assessed.people["org_department"]
    period = services.publish_results(period=assessed.period, starts_on=DAY, by=by, day=DAY)
    hung(period, by)
    return services.freeze_results(period=period, by=by, day=period.publish_until_on + timedelta(days=1))


def test_the_results_are_published_for_working_days_and_closed_meanwhile(complete):
    for card in complete.cards:
        through(complete, card, "village_cadre" if card.cadre_user_id else "township_clerk")
    by = complete.people["org_department"]
    period = services.publish_results(period=complete.period, starts_on=DAY, by=by, day=DAY)
    notice = publication.notice_of(period)
    assert calendar.working_days(notice.starts_on, notice.ends_on) == 5
    assert len(notice.lines) == 3
    with pytest.raises(services.AssessmentsError, match="公示"):
        services.judge(assessment=complete.cards[0], code="B1", points=Decimal(1), words="改", by=complete.people["township_checker"])
    with pytest.raises(services.Frozen, match="公示"):
        services.refresh(period=period)
    with pytest.raises(services.NotReady, match="期满"):
        services.freeze_results(period=period, by=by, day=notice.ends_on)
    back = services.withdraw_results(period=period, reason="总分有误", by=by)
    assert back.state == "open" and PublicNotice.objects.get(pk=notice.pk).state == "withdrawn"


def test_frozen_scores_stay_and_a_change_is_a_further_version(complete):
    period = frozen(complete)
    card, people = complete.reload().cards[0], complete.people
    assert (card.stage, card.total, period.appeal_until_on) == ("graded", 100, period.frozen_on + timedelta(days=10))
    assert services.newest_score(card).version == 1
    with pytest.raises(services.Frozen, match="冻结"):
        services.judge(assessment=card, code="B1", points=Decimal(1), words="改", by=people["township_checker"])
    row = card.entry_set.get(kind="judged", key="B1")
    row.value = Decimal(3)
    row.save()
    services.rescore(assessment=card, reason="党建评分复核", by=people["org_department"])
    assert list(Score.objects.filter(assessment=card).order_by("version").values_list("version", "total")) == [(1, 100), (2, 98)]
    with pytest.raises(services.AssessmentsError, match="缘由"):
        services.rescore(assessment=card, reason=" ", by=people["org_department"])
    with pytest.raises(IntegrityError, match="score_version_unique"), transaction.atomic():
        Score.objects.create(assessment=card, village=card.village, version=2, card={}, bonus=0, grade="basic", reason="重复")
    with pytest.raises(IntegrityError, match="score_change_has_reason"), transaction.atomic():
        Score.objects.create(assessment=card, village=card.village, version=3, card={}, bonus=0, grade="basic", reason="")


def test_an_appeal_in_its_window_is_answered_by_another(complete):
    period = frozen(complete)
    card, own, by = complete.cards[0], complete.people["village_cadre"], complete.people["org_department"]
    last = period.appeal_until_on
    with pytest.raises(services.TooLate, match=f"{last:%Y-%m-%d}"):
        services.appeal(assessment=card, grounds="漏记", by=own, day=last + timedelta(days=1))
    with pytest.raises(services.AssessmentsError, match="只有本人"):
        services.appeal(assessment=card, grounds="漏记", by=by, day=last)
    filed = services.appeal(assessment=card, grounds="漏记三天", by=own, day=last)
    with pytest.raises(services.AssessmentsError, match="已有一件申诉"):
        services.appeal(assessment=card, grounds="再申诉", by=own, day=last)
    with pytest.raises(services.AssessmentsError, match="申诉正在办理"):
        services.confirm(assessment=card, by=own, day=last)
    with pytest.raises(services.OwnScore):
        services.decide_appeal(appeal=filed, upheld=True, answer="属实", by=own, day=last)
    with pytest.raises(services.AssessmentsError, match="请写明答复"):
        services.decide_appeal(appeal=filed, upheld=True, answer=" ", by=by, day=last)
    services.decide_appeal(appeal=filed, upheld=True, answer="属实,补记", by=by, day=last)
    assert services.newest_score(card).version == 2
    assert services.confirm(assessment=card, by=own, day=last).confirmed_on == last
    services.record_use(assessment=card, kind="honour", used_on=last, words="评为先进", by=by)
    for name, change in (("appeal_decided_by_another", {"decided_by": own}), ("appeal_decided_iff_answered", {"answer": ""})):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Appeal.objects.filter(pk=filed.pk).update(**change)


def outsider(document):
    """Work everything out again from the published document alone: nothing of ours is imported here."""
    from decimal import ROUND_HALF_UP

    def half_up(value):
        return Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)

    scheme, found = document["scheme"], {}
    weights = dict(zip("ABC", (Decimal(scheme["weights"][part]) for part in ("attendance", "duty", "satisfaction")), strict=True))
    for cadre in document["cadres"]:
        sums, possible = dict.fromkeys("ABC", Decimal(0)), dict.fromkeys("ABC", Decimal(0))
        for line in cadre["indicators"]:
            if not line["applies"]:
                continue
            names = {key: Decimal(value) for key, value in line["inputs"].items() if value is not None}
            if line["part"] == "C" and (names["valid"] < names["minimum"] or "satisfied" not in names):
                points = Decimal(line["points"])
            else:
                points = half_up(
                    eval(re.sub(r"\b(\d+(?:\.\d+)?)\b", r"Decimal('\1')", line["formula"]), {"min": min, "max": max, "Decimal": Decimal}, names)
                )
            assert points == Decimal(line["points"]), line
            sums[line["part"]] += points
            possible[line["part"]] += Decimal(line["max"])
        parts = {part: sums[part] if possible[part] == weights[part] else half_up(sums[part] * weights[part] / possible[part]) for part in "ABC"}
        bonus = min(sum((Decimal(scheme["bonus_points"][each["level"]]) for each in cadre["bonus"]), Decimal(0)), Decimal(scheme["bonus_cap"]))
        found[cadre["code"]] = (parts, sum(parts.values()) + bonus)
    return found


def test_an_outsider_works_every_score_out_again(complete):
    services.enter_input(
        assessment=complete.cards[1], key="days_in_village", value=Decimal(133), words="更正", by=complete.people["township_checker"]
    )
    services.enter_input(assessment=complete.cards[1], key="late_reports", value=Decimal(3), words="更正", by=complete.people["township_checker"])
    services.excuse(assessment=complete.cards[1], code="A2", words="没有坐班点", by=complete.people["org_department"])
    document = json.loads(json.dumps(documents.scores_document(complete.period)))
    again = outsider(document)
    for cadre in document["cadres"]:
        parts, total = again[cadre["code"]]
        assert [parts[part] for part in "ABC"] == [Decimal(cadre[part]) for part in ("attendance", "duty", "satisfaction")]
        assert total == Decimal(cadre["total"])
    assert [cadre["rank"] for cadre in document["cadres"]] == [1, 1, 3]
    assert set(document["scheme"]) >= {"weights", "bonus_cap", "grades", "quota"}
    assert document["scheme"]["weights"] == {"attendance": 30, "duty": 30, "satisfaction": 40}


def test_the_command_prints_the_document_and_refuses_what_is_not_there(assessed, capsys):
    from django.core.management.base import CommandError

    call_command("score_331", "2017", "--json")
    assert len(json.loads(capsys.readouterr().out)["cadres"]) == 3
    code = assessed.cards[0].cadre.code
    call_command("score_331", "2017", "--cadre", code)
    assert "王书记" in capsys.readouterr().out
    for arguments in (["1999"], ["2017", "--cadre", "P9999"]):
        with pytest.raises(CommandError):
            call_command("score_331", *arguments)


def test_a_frozen_score_changed_in_the_database_is_found(transactional_db, as_owner):
    with acting_as_system(reason="测试"):
        from tests.assessments.conftest import make_assessed, make_scheme
        from tests.factories import make_world

        world = make_world()
        found = make_assessed(world, make_scheme(world))
        card = found.cards[0]
        rows = [Score.objects.create(assessment=card, village=card.village, version=number, card={}, bonus=0, total=90, grade="competent", reason="试") for number in (1, 2)]  # fmt: skip
    chain = next(each for each in chains() if each.key == "scores")
    seal_finished(chain)
    assert verify(chain).ok and verify(chain).rows == 2
    with pytest.raises(Exception, match="permission denied"), acting_as_system(reason="测试"):
        Score.objects.filter(pk=rows[1].pk).update(total=100)
    as_owner("update assessments_score set total = 100 where id = %s", [rows[1].pk])
    verdict = verify(chain)
    assert not verdict.ok and verdict.first_broken == rows[1].pk and verdict.problem == "changed"
