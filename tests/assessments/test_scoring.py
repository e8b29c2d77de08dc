"""Schemes, periods and cards as the services keep them."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from assessments import services
from assessments.models import Assessment, AssessmentPart, BonusClaim, BonusKind, Entry, Indicator, Period, Span, VetoFinding, VetoKind
from assessments.services import periods
from tests.factories import CadreFactory, PostingFactory

DAY = date(2017, 9, 30)


def check_now():
    """Deferred rules of the database are asked at once, as at commit."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")


def test_the_standard_scheme_is_331(scheme):
    assert [(part.code, part.weight) for part in scheme.parts.all()] == [("A", 30), ("B", 30), ("C", 40)]
    assert scheme.method and scheme.content and scheme.procedure
    assert BonusKind.objects.filter(scheme=scheme).count() == 3
    check_now()


def test_a_scheme_that_does_not_sum_is_not_adopted_and_the_database_would_refuse_it(world, scheme):
    by = world.people["org_department"]
    draft = services.draft_from(scheme=scheme, by=by, day=DAY)
    services.save_scheme(scheme=draft, weights={"A": Decimal(20), "B": Decimal(40)}, indicators=[], by=by)
    with pytest.raises(services.SchemeDoesNotHold, match="A 部分权重应为 30 分"):
        services.adopt_scheme(scheme=draft, by=by, day=DAY)
    with pytest.raises(IntegrityError, match="part A weighs 20"), transaction.atomic():
        type(draft).objects.filter(pk=draft.pk).update(state="adopted", adopted_on=DAY)
        check_now()


def test_a_scheme_in_use_is_not_edited(world, scheme, assessed):
    by = world.people["org_department"]
    with pytest.raises(services.SchemeInUse, match="另起草一个新版本"):
        services.save_scheme(scheme=scheme, weights={}, indicators=[], by=by, method="改")
    for rows, change in ((Indicator.objects.filter(scheme=scheme, code="A1"), {"maximum": 1}), (AssessmentPart.objects.filter(scheme=scheme), {"weight": 1}),
                         (type(scheme).objects.filter(pk=scheme.pk), {"quota_percent": 99}), (type(scheme).objects.filter(pk=scheme.pk), {"state": "draft"})):  # fmt: skip
        with pytest.raises(IntegrityError, match="an adopted scheme is fixed"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError, match="an adopted scheme is fixed"), transaction.atomic():
        Indicator.objects.filter(scheme=scheme).delete()


def test_other_weights_are_tried_side_by_side_and_nothing_is_written(assessed):
    by = assessed.people["org_department"]
    for card in assessed.cards:
        assessed.fill(card, days_in_village="100")
    assessed.vote()
    draft = services.draft_from(scheme=assessed.scheme, by=by, day=DAY)
    services.save_scheme(scheme=draft, weights={"A": Decimal(40), "B": Decimal(20)}, by=by,
                         indicators=[{"code": "A1", "maximum": Decimal(22)}, {"code": "B1", "maximum": Decimal(0) + Decimal("1")},
                                     {"code": "B3", "maximum": Decimal(0) + Decimal("1")}, {"code": "B4", "maximum": Decimal("3")}])  # fmt: skip
    rows = services.compare_schemes(period=assessed.period, scheme=draft)
    assert {row["total"] for row in rows} == {Decimal(94)} and {row["other_total"] for row in rows} == {Decimal(89)}
    assert {row["change"] for row in rows} == {Decimal(-5)}
    services.save_scheme(scheme=draft, weights={"A": Decimal(50)}, indicators=[], by=by)
    with pytest.raises(services.SchemeDoesNotHold, match="合计应为 100"):
        services.compare_schemes(period=assessed.period, scheme=draft)


def test_periods_do_not_overlap_and_need_an_adopted_scheme(assessed):
    by = assessed.people["org_department"]
    more = {"code": "2017b", "title": "再考一次", "since": date(2017, 7, 1), "until": date(2018, 6, 30), "report_due_on": DAY, "scoring_due_on": DAY,
            "review_due_on": DAY, "by": by, "day": DAY}  # fmt: skip
    with pytest.raises(services.AssessmentsError, match="时间重叠"):
        services.open_period(scheme=assessed.scheme, **more)
    with pytest.raises(services.AssessmentsError, match="已通过的方案"):
        services.open_period(scheme=services.draft_from(scheme=assessed.scheme, by=by, day=DAY), **more)


def test_two_villages_in_one_period_are_one_assessment_with_two_spans(world, scheme):
    cadre = CadreFactory()
    PostingFactory(cadre=cadre, village=world.villages[0], started_on=date(2017, 1, 1), ended_on=date(2017, 3, 31), end_reason="exchange")
    PostingFactory(cadre=cadre, village=world.villages[2], started_on=date(2017, 4, 5))
    short = PostingFactory(village=world.villages[1], started_on=date(2017, 11, 1)).cadre
    period = services.open_period(code="2017", title="2017年度", scheme=scheme, since=date(2017, 1, 1), until=date(2017, 12, 31), report_due_on=DAY,
                                  scoring_due_on=DAY, review_due_on=DAY, by=world.people["org_department"], day=DAY)  # fmt: skip
    one = Assessment.objects.get(period=period, cadre=cadre)
    assert one.village == world.villages[2] and one.days_served == 90 + 271
    assert list(Span.objects.filter(assessment=one).values_list("village_id", flat=True)) == [world.villages[0].pk, world.villages[2].pk]
    assert Assessment.objects.get(period=period, cadre=short).days_served == 61
    survey_round = services.open_round(period=period, opens_on=DAY, closes_on=DAY, by=world.people["org_department"])
    covering = [box for box in survey_round.boxes.exclude(group="C4") if one in services.surveys.covered(box)]
    assert len(covering) == 6
    services.close_round(survey_round=survey_round, by=world.people["org_department"], day=DAY)
    assert Assessment.objects.get(period=period, cadre=short).grade == "undecided"
    assert Assessment.objects.get(pk=one.pk).grade == "no_sample"


def test_a_full_card_is_a_hundred_and_says_where_each_point_came_from(assessed):
    for card in assessed.cards:
        assessed.fill(card)
    assessed.vote()
    card = assessed.cards[0]
    assert (card.attendance, card.duty, card.satisfaction, card.total) == (30, 30, 40, 100)
    line = next(line for line in card.card["lines"] if line["code"] == "A1")
    assert line["sources"][0]["label"] == "实际驻村天数" and "纸质台账" in line["sources"][0]["words"]
    assert line["formula"].startswith("12 * min(1, days_in_village / days_required)")
    assert {each.rank for each in assessed.cards} == {1}


def test_the_rooms_hold_what_the_standard_scheme_asks_for(world, scheme):
    """Only visits to homes may still come from paper; everything else is read, and a cadre's days are followed to their sheet."""
    from assessments.rules.standard import INPUT_LABELS
    from core import scoring_inputs
    from tests.assessments.conftest import make_assessed

    registered = {each.key for each in scoring_inputs.all_inputs()}
    assert set(INPUT_LABELS) - registered <= {"homes_visited", "homes_to_visit"}
    found = make_assessed(world, scheme)
    scored = services.score_period(found.period)
    lines = {line["code"]: line for line in scored[found.cards[0].pk].document["lines"]}
    assert lines["A2"]["points"] == "6.00" and lines["A2"]["sources"][0]["origin"] == "system"


def test_scoring_is_one_set_of_queries_however_many_people(assessed, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        assert len(services.score_period(assessed.period)) == 3


@pytest.mark.parametrize(("points", "said"), [("-1", "应在 0 到 5 分之间"), ("5.01", "应在 0 到 5 分之间")])
def test_judged_points_keep_their_bounds(assessed, points, said):
    with pytest.raises(services.AssessmentsError, match=said):
        services.judge(assessment=assessed.cards[0], code="B1", points=Decimal(points), words="看过", by=assessed.people["township_checker"])


def test_nobody_scores_themselves(assessed):
    own, card = assessed.people["village_cadre"], assessed.cards[0]
    for act in (
        lambda: services.judge(assessment=card, code="B1", points=Decimal(5), words="好", by=own),
        lambda: services.enter_input(assessment=card, key="late_reports", value=Decimal(0), words="没有", by=own),
        lambda: services.excuse(assessment=card, code="B1", words="不适用", by=own),
    ):
        with pytest.raises(services.OwnScore):
            act()


@pytest.mark.parametrize("name", ["assessment_scorer_is_not_scored", "assessment_reviewer_is_not_scored", "assessment_township_is_not_reviewer"])
def test_the_database_keeps_scorer_scored_and_reviewer_apart(assessed, name):
    own, other = assessed.people["village_cadre"], assessed.people["org_department"]
    fields = {"assessment_scorer_is_not_scored": {"scored_by": own}, "assessment_reviewer_is_not_scored": {"reviewed_by": own},
              "assessment_township_is_not_reviewer": {"scored_by": other, "reviewed_by": other}}  # fmt: skip
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Assessment.objects.filter(pk=assessed.cards[0].pk).update(**fields[name])


def test_an_entry_names_the_scored_and_is_never_theirs(assessed):
    card = assessed.cards[0]
    entry = services.judge(assessment=card, code="B1", points=Decimal(5), words="好", by=assessed.people["township_checker"])
    with pytest.raises(IntegrityError, match="entry_scorer_is_not_scored"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(entered_by=card.cadre_user_id)
    with pytest.raises(IntegrityError, match="entry_subject_is_the_scored"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(subject=assessed.people["bank"])
        check_now()
    with pytest.raises(IntegrityError, match="entry_value_unless_excused"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(value=None)
    with pytest.raises(IntegrityError, match="entry_follows_its_assessment"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(village=assessed.world.villages[2])
        check_now()


def claim(assessed, level="city", fact="脱贫攻坚先进个人", document="格扶发〔2017〕1号", by="township_checker"):
    kind = BonusKind.objects.get(scheme=assessed.scheme, code="honour")
    return services.claim_bonus(assessment=assessed.cards[0], kind=kind, level=level, fact=fact, document=document, issued_on=date(2017, 7, 1),
                                certified_by="市委", by=assessed.people[by])  # fmt: skip


def test_one_fact_is_claimed_once_a_level_and_counts_once(assessed):
    first = claim(assessed)
    with pytest.raises(services.AssessmentsError, match="不能重复加分"):
        claim(assessed, fact="脱贫攻坚 先进个人(重报)")
    higher = claim(assessed, level="province")
    with pytest.raises(services.OwnScore):
        services.decide_bonus(claim=first, accept=True, reason="", by=assessed.people["township_checker"])
    for each in (first, higher):
        services.decide_bonus(claim=each, accept=True, reason="材料齐全", by=assessed.people["org_department"])
    services.refresh(period=assessed.period)
    assert assessed.reload().cards[0].bonus == 3
    with pytest.raises(IntegrityError, match="bonus_claim_decided_by_another"), transaction.atomic():
        BonusClaim.objects.filter(pk=first.pk).update(decided_by=first.claimed_by)
    with pytest.raises(IntegrityError, match="bonus_claim_decided_iff_named"), transaction.atomic():
        BonusClaim.objects.filter(pk=first.pk).update(state="claimed")


def test_a_claim_lies_in_the_period_and_a_refusal_has_a_reason(assessed):
    kind = BonusKind.objects.get(scheme=assessed.scheme, code="model")
    with pytest.raises(services.AssessmentsError, match="考核期内"):
        services.claim_bonus(assessment=assessed.cards[0], kind=kind, level="city", fact="x", document="y", issued_on=date(2016, 7, 1), certified_by="市委",
                             by=assessed.people["township_checker"])  # fmt: skip
    with pytest.raises(services.AssessmentsError, match="请写明原因"):
        services.decide_bonus(claim=claim(assessed), accept=False, reason=" ", by=assessed.people["org_department"])


def test_a_veto_counts_once_another_has_confirmed_it(assessed):
    for card in assessed.cards:
        assessed.fill(card)
    assessed.vote()
    kind = VetoKind.objects.get(scheme=assessed.scheme, code="V1")
    finding = services.propose_veto(assessment=assessed.cards[0], kind=kind, found_on=DAY, words="连续走读", by=assessed.people["township_checker"])
    services.state_against(finding=finding, statement="当日在村", by=assessed.people["village_cadre"])
    with pytest.raises(services.OwnScore):
        services.decide_veto(finding=finding, confirm=True, reason="属实", by=assessed.people["township_checker"])
    services.refresh(period=assessed.period)
    assert assessed.reload().cards[0].grade != "failed"
    services.decide_veto(finding=finding, confirm=True, reason="属实", by=assessed.people["org_department"])
    services.refresh(period=assessed.period)
    assert (assessed.reload().cards[0].grade, assessed.cards[0].total) == ("failed", 100)
    for name, change in (
        ("veto_finding_decided_by_another", {"decided_by": finding.proposed_by}),
        ("veto_finding_decided_iff_named", {"state": "proposed"}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            VetoFinding.objects.filter(pk=finding.pk).update(**change)


def test_days_absent_only_hint_at_a_veto(assessed):
    assessed.fill(assessed.cards[0])
    services.enter_input(assessment=assessed.cards[0], key="absent_days", value=Decimal(6), words="考勤台账", by=assessed.people["township_checker"])
    services.refresh(period=assessed.period)
    card = assessed.reload().cards[0]
    assert [signal["code"] for signal in card.card["signals"]] == ["V2"] and card.card["vetoes"] == []


def test_publishing_names_what_is_still_open(assessed):
    with pytest.raises(services.NotReady) as refused:
        services.publish(period=assessed.period, until=DAY, by=assessed.people["org_department"], day=DAY)
    assert "王书记:待述职。" in refused.value.missing and "民主测评还没有封箱。" in refused.value.missing


@pytest.mark.parametrize(("change", "name"), [
    ({"until": date(2016, 1, 1)}, "period_days_in_order"), ({"report_due_on": date(2018, 1, 1)}, "period_deadlines_in_order"),
    ({"frozen_on": DAY}, "period_frozen_iff_dated"), ({"state": "published"}, "period_published_iff_dated"),
])  # fmt: skip
def test_a_periods_days_are_kept_in_order(assessed, change, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Period.objects.filter(pk=assessed.period.pk).update(**change)


def test_constraints_of_schemes_and_sheets(assessed):
    draft = services.draft_from(scheme=assessed.scheme, by=assessed.people["org_department"], day=DAY)
    rows = type(draft).objects.filter(pk=draft.pk)
    for name, change in (("assessment_scheme_grades_in_order", {"basic_from": 95}), ("assessment_scheme_quota_is_a_share", {"quota_percent": 101}),
                         ("assessment_scheme_adopted_iff_dated", {"adopted_on": DAY})):  # fmt: skip
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError, match="indicator_maximum_positive"), transaction.atomic():
        Indicator.objects.filter(scheme=draft, code="A1").update(maximum=0)
    with pytest.raises(IntegrityError, match="indicator_code_unique_in_scheme"), transaction.atomic():
        Indicator.objects.filter(scheme=draft, code="A1").update(code="A2")
    with pytest.raises(IntegrityError, match="assessment_part_weight_within_hundred"), transaction.atomic():
        AssessmentPart.objects.filter(scheme=draft, code="A").update(weight=0)
    with pytest.raises(IntegrityError, match="assessment_part_once_per_scheme"), transaction.atomic():
        AssessmentPart.objects.filter(scheme=draft, code="A").update(code="B")
    with pytest.raises(IntegrityError, match="assessment_once_per_period"), transaction.atomic():
        Assessment.objects.filter(pk=assessed.cards[0].pk).update(cadre=assessed.cards[1].cadre)
    with pytest.raises(IntegrityError, match="assessment_total_within_bounds"), transaction.atomic():
        Assessment.objects.filter(pk=assessed.cards[0].pk).update(total=-1)
    with pytest.raises(IntegrityError, match="span_days_in_order"), transaction.atomic():
        Span.objects.filter(assessment=assessed.cards[0]).update(until=date(2016, 1, 1))
    sheet = services.record_sheet(period=assessed.period, village=assessed.cards[0].village, kind="talk", held_on=DAY, people=3, words="谈话",
                                  by=assessed.people["org_department"])  # fmt: skip
    for name, change in (("site_sheet_errors_within_checked", {"files_checked": 2, "errors_found": 3}), ("site_sheet_sample_iff_ledger", {"files_checked": 2, "errors_found": 1})):  # fmt: skip
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            type(sheet).objects.filter(pk=sheet.pk).update(**change)


def test_an_excuse_is_taken_back(assessed):
    by = assessed.people["org_department"]
    assessed.fill(assessed.cards[0])
    services.excuse(assessment=assessed.cards[0], code="A2", words="村内无坐班点", by=by)
    services.refresh(period=assessed.period)
    line = next(line for line in assessed.reload().cards[0].card["lines"] if line["code"] == "A2")
    assert not line["applies"] and "村内无坐班点" in line["words"]
    services.drop_excuse(assessment=assessed.cards[0], code="A2", by=by)
    assert not Entry.objects.filter(assessment=assessed.cards[0], kind="excused").exists()
    with pytest.raises(services.AssessmentsError, match="不能免计"):
        services.excuse(assessment=assessed.cards[0], code="C1", words="x", by=by)


def test_a_tie_is_chosen_only_where_there_is_one(assessed):
    assessed.fill(assessed.cards[0])
    with pytest.raises(services.AssessmentsError, match="不在名额边缘并列"):
        periods.choose(assessment=assessed.cards[0], reason="研究", by=assessed.people["org_department"])


def test_no_score_is_typed_where_the_system_holds_the_facts(assessed):
    by = assessed.people["township_checker"]
    village = assessed.cards[0].village
    services.record_sheet(period=assessed.period, village=village, kind="ledger", held_on=DAY, people=3, words="抽查", files_checked=50, errors_found=1,
                          by=assessed.people["org_department"])  # fmt: skip
    with pytest.raises(services.AssessmentsError, match="系统中已有记录"):
        services.enter_input(assessment=assessed.cards[0], key="archive_error_pct", value=Decimal(0), words="没有差错", by=by)
    with pytest.raises(services.AssessmentsError, match="由系统数据计分"):
        services.judge(assessment=assessed.cards[0], code="A1", points=Decimal(12), words="好", by=by)
    services.refresh(period=assessed.period)
    line = next(line for line in assessed.reload().cards[0].card["lines"] if line["code"] == "B2")
    assert line["points"] == "4.00" and line["sources"][0]["words"] == "抽查 50 份,有差错 1 份,差错率 2%"
    assert line["sources"][0]["evidence"][0]["day"] == "2017-09-30"
