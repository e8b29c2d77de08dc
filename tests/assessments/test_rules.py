"""The engine: tables for every defined answer, properties for what must hold whatever comes."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.rules import spread
from assessments.rules.engine import Claim, Facts, Veto, formula, rounded, score, score_item
from assessments.rules.grades import place, quota_places
from assessments.rules.scheme import Item, Scheme, scheme_problems, sum_problems
from assessments.rules.survey import Tally, minimum_answers, survey_results

D = Decimal
RATIO = Item("A1", "A", "驻村天数", D(12), "ratio", ("days_in_village", "days_required"))
ITEMS = (
    RATIO,
    Item("A2", "A", "坐班抽查", D(18), "deduction", ("duty_absences",), {"duty_absences": D(2)}),
    Item("B1", "B", "抓党建", D(25), "judged"),
    Item("B2", "B", "档案质量", D(5), "step", ("archive_error_pct",), steps=((D(1), D(5)), (D(3), D(4)), (D(5), D(2)))),
    Item("C1", "C", "贫困户代表", D(16), "survey"),
    Item("C2", "C", "村两委、党员和村民代表", D(12), "survey"),
    Item("C3", "C", "乡镇党委", D(8), "survey"),
    Item("C4", "C", "派出单位", D(4), "survey"),
)
SCHEME = Scheme(
    weights={"A": D(30), "B": D(30), "C": D(40)}, items=ITEMS, bonus_cap=D(10), quota_percent=D(20),
    bonus_points={"national": D(5), "province": D(3), "prefecture": D(2), "city": D(1)},
)  # fmt: skip


def tallies(satisfied=10, basic=0, unsatisfied=0, unknown=0, electorate=20):
    counts = {"satisfied": satisfied, "basic": basic, "unsatisfied": unsatisfied, "unknown": unknown}
    return [Tally(item.code, item.title, item.maximum, electorate, counts) for item in ITEMS if item.kind == "survey"]


def facts(**changes):
    full = {"days_in_village": D(240), "days_required": D(240), "duty_absences": D(0), "archive_error_pct": D(0)}
    return replace(Facts(inputs=full, judged={"B1": D(25)}, tallies=tallies()), **changes)


def with_inputs(**changes):
    return facts(inputs={**facts().inputs, **changes})


def points(card, code):
    return next(line.points for line in card.lines if line.code == code)


def test_everything_full_is_a_hundred():
    card = score(SCHEME, facts())
    assert card.total == 100
    assert [line.lost for line in card.lines] == [D(0)] * len(card.lines)


@pytest.mark.parametrize(("done", "due", "expected"), [
    ("240", "240", "12"), ("120", "240", "6"), ("300", "240", "12"), ("0", "240", "0"), ("0", "0", "12"), ("1", "7", "1.71"), ("5", "16", "3.75"),
])  # fmt: skip
def test_a_ratio_is_capped_and_nothing_due_is_full(done, due, expected):
    line = score_item(RATIO, Facts(inputs={"days_in_village": D(done), "days_required": D(due)}))
    assert line.points == D(expected)


@pytest.mark.parametrize(("absences", "expected"), [("0", "18"), ("1", "16"), ("9", "0"), ("40", "0"), ("-3", "18")])
def test_a_deduction_ends_at_nothing(absences, expected):
    assert points(score(SCHEME, with_inputs(duty_absences=D(absences))), "A2") == D(expected)


@pytest.mark.parametrize(("rate", "expected"), [("0", "5"), ("1", "5"), ("1.01", "4"), ("3", "4"), ("5", "2"), ("5.01", "0"), ("100", "0")])
def test_steps_include_their_limit(rate, expected):
    assert points(score(SCHEME, with_inputs(archive_error_pct=D(rate))), "B2") == D(expected)


def test_an_indicator_without_data_leaves_the_total_open():
    card = score(SCHEME, with_inputs(duty_absences=None))
    assert points(card, "A2") is None
    assert card.total is None and card.sums["A"] is None and card.sums["B"] == 30
    assert card.missing == ("A2",)


def test_an_excused_indicator_is_made_up_for_by_its_part():
    card = score(SCHEME, facts(inputs={**facts().inputs, "duty_absences": None, "days_in_village": D(120)}, excused={"A2": "村内没有坐班场所"}))
    assert card.missing == ()
    assert card.sums["A"] == 15  # 6 of 12 stand for the whole part


def test_judged_points_do_not_leave_their_bounds():
    assert points(score(SCHEME, facts(judged={"B1": D(99)})), "B1") == 25
    assert points(score(SCHEME, facts(judged={"B1": D(-1)})), "B1") == 0


@pytest.mark.parametrize(("people", "expected"), [(0, 0), (1, 1), (4, 4), (5, 5), (10, 5), (16, 5), (17, 6), (40, 12), (41, 13)])
def test_how_many_must_answer(people, expected):
    assert minimum_answers(people) == expected


def test_zero_ballots_and_all_unknown_are_a_sample_too_small():
    for counts in ({}, {"unknown": 20}):
        card = score(SCHEME, facts(tallies=[Tally(t.code, t.label, t.weight, 20, counts) for t in tallies()]))
        assert card.no_sample and card.total is None
        assert "样本不足" in card.lines[-1].words
        assert place({1: card}, SCHEME)[1].grade == "no_sample"


def test_a_group_of_four_is_merged_and_said_so():
    groups = tallies()
    groups[3] = replace(groups[3], electorate=4, counts={"satisfied": 1, "unsatisfied": 3})
    results = survey_results(groups, SCHEME)
    assert [result.codes for result in results] == [("C1",), ("C2",), ("C3", "C4")]
    assert results[2].weight == 12 and results[2].merged
    assert sum(result.weight for result in results) == 40
    assert "已合并" in score(SCHEME, facts(tallies=groups)).lines[-1].words


def test_a_village_of_three_people_answers_together_and_shows_no_counts():
    groups = [replace(t, electorate=1, counts={"satisfied": 1}) for t in tallies()]
    results = survey_results(groups, SCHEME)
    assert len(results) == 1 and results[0].minimum == 4 and results[0].points == 40
    assert not results[0].may_show_counts
    assert "satisfied" not in score(SCHEME, facts(tallies=groups)).lines[-1].inputs


def test_mean_of_answers():
    result = survey_results(tallies(satisfied=6, basic=3, unsatisfied=1, unknown=7), SCHEME)[0]
    assert result.mean == 84 and result.points == D("13.44") and result.valid == 10


def test_one_fact_counts_once_at_its_highest_level_and_the_cap_holds():
    twice = [Claim("honour", "脱贫攻坚先进个人", "city", "k1"), Claim("honour", "脱贫攻坚先进个人", "province", "k1")]
    assert score(SCHEME, facts(claims=twice)).bonus_points == 3
    many = [Claim("honour", f"事项{n}", "national", str(n)) for n in range(4)]
    assert score(SCHEME, facts(claims=many)).bonus_points == 10
    assert score(SCHEME, facts(claims=many)).total == 110


@pytest.mark.parametrize(("effect", "grade"), [("failed", "failed"), ("basic", "basic")])
def test_a_veto_caps_the_grade_and_leaves_the_points(effect, grade):
    card = score(SCHEME, facts(vetoes=[Veto("V1", "走读", effect)]))
    assert card.total == 100
    assert place({1: card}, SCHEME)[1].grade == grade


def test_two_months_give_points_and_no_grade():
    cards = {1: score(SCHEME, facts(days_served=60))}
    assert cards[1].total == 100
    assert place(cards, SCHEME)[1].grade == "undecided"


def test_quota_is_floored_and_edges():
    assert [quota_places(n, D(20)) for n in (0, 4, 5, 9, 10, 40)] == [0, 0, 1, 1, 2, 8]


def test_ties_go_by_satisfaction_then_attendance_and_what_is_still_tied_is_left_to_people():
    scheme = replace(SCHEME, quota_percent=D(50))
    cards = {pk: score(scheme, with_inputs(days_in_village=D(220))) for pk in (1, 2, 3)} | {4: score(scheme, facts(judged={"B1": D(24)}))}
    assert cards[4].total == cards[1].total == 99
    found = place(cards, scheme)
    assert found[4].rank == 1 and found[4].grade == "excellent"  # more attendance
    assert {found[pk].rank for pk in (1, 2, 3)} == {2}
    assert {found[pk].grade for pk in (1, 2, 3)} == {"competent"} and all(found[pk].tied for pk in (1, 2, 3))
    decided = place(cards, scheme, chosen=frozenset({2}))
    assert decided[2].grade == "excellent" and decided[1].grade == "competent" and not decided[1].tied


def test_grades_of_the_bands():
    cards = {n: score(SCHEME, facts(judged={"B1": D(25)}, tallies=tallies(satisfied=s, unsatisfied=10 - s))) for n, s in enumerate((10, 7, 4, 0))}
    assert [place(cards, replace(SCHEME, quota_percent=D(100)))[n].grade for n in range(4)] == ["excellent", "competent", "competent", "basic"]


@pytest.mark.parametrize(("change", "said"), [
    ({"weights": {"A": D(20), "B": D(40), "C": D(40)}}, "A 部分权重应为 30 分"),
    ({"weights": {"A": D(30), "B": D(30), "C": D(30)}}, "三部分权重合计应为 100 分"),
    ({"items": ITEMS[1:]}, "A 部分指标满分合计 18 分"),
    ({"items": (*ITEMS, replace(RATIO, maximum=D(0)))}, "指标代码 A1 重复"),
    ({"quota_percent": D(120)}, "优秀名额比例"),
    ({"bonus_points": {"city": D(-1)}}, "加分不能为负"),
    ({"items": (replace(RATIO, inputs=("days_in_village",)), *ITEMS[1:])}, "A1 的数据来源应为 2 项"),
    ({"items": (RATIO, replace(ITEMS[1], rates={}), *ITEMS[2:])}, "A2 每次扣分应大于 0"),
    ({"items": (*ITEMS[:3], replace(ITEMS[3], steps=((D(3), D(4)), (D(1), D(5)))), *ITEMS[4:])}, "B2 的分档"),
])  # fmt: skip
def test_a_scheme_that_does_not_hold_says_why(change, said):
    assert any(said in problem for problem in scheme_problems(replace(SCHEME, **change)))


def test_the_scheme_holds_and_an_unknown_input_is_named():
    assert scheme_problems(SCHEME) == []
    assert sum_problems(replace(SCHEME, weights={"A": D(30), "B": D(30), "C": D(40)})) == []
    assert any("没有登记" in problem for problem in scheme_problems(SCHEME, known_inputs={}))


busy = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
numbers = st.decimals(min_value=-5, max_value=2000, places=2, allow_nan=False)
counts = st.fixed_dictionaries({answer: st.integers(0, 60) for answer in ("satisfied", "basic", "unsatisfied", "unknown")})
all_facts = st.builds(
    lambda values, judged, groups, served: Facts(
        inputs=dict(zip(("days_in_village", "days_required", "duty_absences", "archive_error_pct"), values, strict=True)),
        judged={"B1": judged} if judged is not None else {},
        tallies=[replace(t, electorate=size, counts=found) for t, (size, found) in zip(tallies(), groups, strict=True)],
        days_served=served,
    ),
    st.tuples(*[st.none() | numbers] * 4), st.none() | numbers, st.lists(st.tuples(st.integers(0, 80), counts), min_size=4, max_size=4), st.integers(0, 366),
)  # fmt: skip


@busy
@given(all_facts)
def test_points_stay_within_bounds(found):
    card = score(SCHEME, found)
    for line in card.lines:
        assert line.points is None or 0 <= line.points <= line.maximum
        assert line.points is None or line.points == rounded(line.points)
    for part, value in card.sums.items():
        assert value is None or 0 <= value <= SCHEME.weights[part]
    assert card.total is None or 0 <= card.total <= 100 + SCHEME.bonus_cap
    assert (card.total is None) == any(value is None for value in card.sums.values())


@busy
@given(all_facts, st.integers(0, 100))
def test_one_more_day_or_satisfied_answer_never_costs_and_one_more_absence_never_pays(found, more):
    before = score(SCHEME, found)

    def at(**changes):
        return score(SCHEME, replace(found, inputs={**found.inputs, **changes}))

    days, absences = found.inputs["days_in_village"], found.inputs["duty_absences"]
    if days is not None and points(before, "A1") is not None:
        assert points(at(days_in_village=days + more), "A1") >= points(before, "A1")
    if absences is not None:
        assert points(at(duty_absences=absences + more), "A2") <= points(before, "A2")
    happier = [replace(t, counts={**t.counts, "satisfied": t.counts["satisfied"] + more}) for t in found.tallies]
    pairs = zip(survey_results(found.tallies, SCHEME), survey_results(happier, SCHEME), strict=True)
    assert all(first.points is None or second.points >= first.points for first, second in pairs)


@busy
@given(st.lists(all_facts, min_size=1, max_size=8), st.integers(0, 1000), st.integers(0, 100))
def test_order_plays_no_part(many, seed, quota):
    scheme = replace(SCHEME, quota_percent=D(quota))
    cards = {pk: score(scheme, found) for pk, found in enumerate(many)}
    shuffled = list(cards.items())
    Random(seed).shuffle(shuffled)
    assert place(cards, scheme) == place(dict(shuffled), scheme)
    mixed = replace(scheme, items=tuple(Random(seed).sample(ITEMS, len(ITEMS))))
    for found in many:
        first, second = score(scheme, found), score(mixed, found)
        assert (first.sums, first.total) == (second.sums, second.total)
    excellent = [pk for pk, placing in place(cards, scheme).items() if placing.grade == "excellent"]
    assert len(excellent) <= quota_places(len(cards), D(quota))


@busy
@given(numbers.filter(lambda v: v >= 0), numbers.filter(lambda v: v > 0))
def test_a_formula_can_be_worked_out_by_anyone(done, due):
    line = score_item(RATIO, Facts(inputs={"days_in_village": done, "days_required": due}))
    by_hand = eval(formula(RATIO), {"min": min, "max": max}, {"days_in_village": done, "days_required": due})  # noqa: S307
    assert rounded(D(by_hand)) == line.points


@pytest.mark.parametrize(("scores", "expected"), [
    ([90, 91, 92, 93, 94, 95, 96, 60], {7: "low"}), ([80, 81, 82, 83, 84, 85, 86, 109], {7: "high"}), ([90] * 8, {}), ([90, 91, 92, 93, 94, 95, 96, 97], {}),
    ([10, 90, 91, 92, 93, 94, 95], {}), ([], {}),
])  # fmt: skip
def test_who_lies_far_from_the_rest_is_hinted_at_where_there_are_enough(scores, expected):
    assert spread.outliers({pk: D(value) for pk, value in enumerate(scores)}) == expected


def test_a_generous_and_a_strict_township_stand_apart():
    towns = {"宽镇": [D(98), D(99), D(97)], "严镇": [D(80), D(81)], "中镇": [D(90), D(91), D(89)], "空镇": []}
    assert spread.apart(towns, D(5)) == {"宽镇": D("7.5"), "严镇": D(-10)}
    assert spread.apart({"空镇": []}, D(5)) == {}
