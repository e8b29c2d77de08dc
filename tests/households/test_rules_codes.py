"""Code lists agree with `domain.md` §1.4 and Appendix A."""

import pytest

from households.rules import codes


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (codes.IdStandard, "1 2 3"),
        (codes.Attribute, "01 02 03 04 05"),
        (codes.Cause, "01 02 03 04 05 06 07 08 09 10 11 12 13 99"),
        (codes.PovertyStatus, "1 2 3 4 5 6"),
        (codes.Sex, "0 1 2 9"),
        (codes.DocumentKind, "1 2 3 9"),
        (codes.Relation, " ".join(f"{n:02d}" for n in range(1, 21)) + " 99"),
        (codes.Education, "1 2 3 4 5 6"),
        (codes.Schooling, " ".join(f"{n:02d}" for n in range(1, 17))),
        (codes.DropoutReason, "1 2 3 4 9"),
        (codes.Health, "1 2 3 4"),
        (codes.DisabilityCategory, "1 2 3 4 5 6 7"),
        (codes.DisabilityGrade, "1 2 3 4"),
        (codes.Political, " ".join(f"{n:02d}" for n in range(1, 14))),
        (codes.RoadKind, "1 2 3 4"),
        (codes.Fuel, "1 2 3 4 9"),
        (codes.DwellingGrade, "A B C D"),
        (codes.Structure, "1 2 3 4 5 6 9"),
        (codes.RelocationKind, "1 2"),
        (codes.Labour, "1 2 3 4 5"),
        (codes.WorkArea, "1 2 3 4 99"),
        (codes.PublicPost, "1 2 3 4 5 6 9"),
        (codes.JoinReason, "1 2 3 4 5 6 9"),
        (codes.LeaveReason, "1 2 3 4 5 6 7 8 9"),
        (codes.Marital, "10 20 21 22 23 30 40 90"),
        (codes.Ethnicity, " ".join(f"{n:02d}" for n in range(1, 57)) + " 97 98"),
    ],
)
def test_values_are_those_of_the_list(kind, values):
    assert kind.values == values.split()
    assert all(kind.labels) and len(set(kind.labels)) == len(kind.labels)


@pytest.mark.parametrize(
    ("code", "name"),
    [("01", "汉族"), ("02", "蒙古族"), ("03", "回族"), ("04", "藏族"), ("17", "哈萨克族"), ("26", "东乡族"), ("30", "土族"),
     ("35", "撒拉族"), ("43", "乌孜别克族"), ("47", "保安族"), ("48", "裕固族"), ("56", "基诺族")],
)  # fmt: skip
def test_ethnic_groups_keep_the_standards_numbers(code, name):
    assert codes.Ethnicity(code).label == name


def test_relations_with_a_sex_are_told_apart():
    neutral = {"01", "02", "99"}
    assert codes.MALE_RELATIONS | codes.FEMALE_RELATIONS | neutral == set(codes.Relation.values)
    assert not codes.MALE_RELATIONS & codes.FEMALE_RELATIONS


def test_marriage_and_funeral_are_other_causes_only():
    assert set(codes.OTHER_ONLY_CAUSES) == {"12", "13"}
