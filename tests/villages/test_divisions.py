"""load_divisions: the whole province fast, all or nothing, every wrong line told (`design.md` §7)."""

import io

import pytest
from django.core.management import CommandError, call_command

from villages import rules, services
from villages.models import Division

PROVINCE = """code,name,level,parent_code
630000000000,青海省,1,
630100000000,西宁市,2,630000000000
630102000000,城东区,3,630100000000
630102001000,东关大街街道,4,630102000000
630102001001,凯旋社区,5,630102001000
"""


def load(text: str | bytes) -> services.DivisionCounts:
    return services.load_divisions(data=text.encode() if isinstance(text, str) else text)


def problems(text: str | bytes) -> list[tuple[int, str]]:
    with pytest.raises(services.DivisionFileError) as caught:
        load(text)
    assert Division.objects.count() == 0, "nothing is loaded"
    return caught.value.problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_the_encodings_officials_use(everywhere, encoding):
    assert load(PROVINCE.encode(encoding)).created == 5
    village = Division.objects.get(code="630102001001")
    assert (village.name, village.level, village.parent.name) == ("凯旋社区", 5, "东关大街街道")


def test_a_second_run_changes_only_names_that_differ(everywhere):
    load(PROVINCE)
    counts = load(PROVINCE.replace("凯旋社区", "凯旋新村社区"))
    assert (counts.created, counts.renamed, counts.unchanged) == (0, 1, 4)
    assert load(PROVINCE.replace("凯旋社区", "凯旋新村社区")) == services.DivisionCounts(0, 0, 5)


def test_a_village_that_bears_the_old_name_takes_the_new_one(world):
    division = world.villages[0].division
    chain = [world.city.parent.parent, world.city.parent, world.city, *world.townships, division]
    lines = [f"{d.code},{'改名村' if d == division else d.name},{d.level},{d.parent.code if d.parent else ''}" for d in chain]
    load("code,name,level,parent_code\n" + "\n".join(lines))
    world.villages[0].refresh_from_db()
    assert world.villages[0].name == "改名村"


def test_children_may_come_before_their_parents(everywhere):
    header, *lines = PROVINCE.splitlines()
    assert load("\n".join([header, *reversed(lines)])).created == 5


@pytest.mark.parametrize(
    ("line", "bad", "told"),
    [
        (6, "630102001001,凯旋社区,5,630102009000", "上级"),
        (6, "630102001001,凯旋社区,4,630102001000", "级别"),
        (6, "630102001001,凯旋社区,九,630102001000", "级别"),
        (6, "63010200100,凯旋社区,5,630102001000", "12位"),
        (6, "630102001001,,5,630102001000", "名称"),
        (6, "630102001000,又一个,4,630102000000", "重复"),
        (6, "630102001001,凯旋社区,5", "列"),
        (6, "630102001001,凯\0旋,5,630102001000", ""),
    ],
)
def test_one_message_for_a_wrong_line_and_nothing_loaded(everywhere, line, bad, told):
    lines = PROVINCE.splitlines()
    lines[line - 1] = bad
    found = problems("\n".join(lines))
    assert [number for number, _ in found] == [line]
    assert told in found[0][1]


def test_every_wrong_line_is_told(everywhere):
    text = PROVINCE + "1,甲,5,2\n630102001002,乙,3,630102001000\n"
    assert [number for number, _ in problems(text)] == [7, 8]


def test_a_parent_that_is_nowhere_is_told(everywhere):
    header, *lines = PROVINCE.splitlines()
    found = problems("\n".join([header, *lines[:3], lines[4]]))
    assert found[0][0] == 5
    assert "630102001000" in found[0][1]


@pytest.mark.parametrize("text", ["编码,名称\n1,2\n", "", "code,name,level\n"])
def test_a_wrong_header_is_told_at_line_one(everywhere, text):
    assert [number for number, _ in problems(text)] == [1]


def test_a_line_in_another_encoding_is_told(everywhere):
    data = PROVINCE.encode().replace("凯旋社区".encode(), b"\xff\xfe\xff")
    assert [number for number, _ in problems(data)] == [6]


def test_a_file_without_any_division_is_told(everywhere):
    assert "没有区划" in problems("code,name,level,parent_code\n")[0][1]


def test_the_command_says_the_lines_and_fails(everywhere, tmp_path):
    file = tmp_path / "区划.csv"
    file.write_text(PROVINCE.replace("城东区,3", "城东区,4"), encoding="utf-8")
    errors = io.StringIO()
    with pytest.raises(CommandError, match="没有载入"):
        call_command("load_divisions", str(file), stderr=errors)
    assert "第4行" in errors.getvalue()
    with pytest.raises(CommandError, match="读不了文件"):
        call_command("load_divisions", str(tmp_path / "没有.csv"))


@pytest.mark.parametrize(("code", "level"), [("630000000000", 1), ("632800000000", 2), ("632801000000", 3), ("632801100000", 4), ("632801100901", 5)])
def test_a_code_says_its_level(code, level):
    assert rules.level_of(code) == level


SQUARE = [[94.0, 36.0], [95.0, 36.0], [95.0, 37.0], [94.0, 36.0]]


@pytest.mark.parametrize(
    "document",
    [
        {"type": "Polygon", "coordinates": [SQUARE]},
        {"type": "MultiPolygon", "coordinates": [[SQUARE]]},
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [SQUARE]}},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}]},
    ],
)
def test_an_outline_is_a_polygon_however_wrapped(document):
    found, problem = rules.geometry(document)
    assert problem == ""
    assert found["type"] in {"Polygon", "MultiPolygon"}


@pytest.mark.parametrize(
    "document",
    [
        [], "x", {"type": "Point", "coordinates": [94, 36]}, {"type": "Polygon"}, {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [SQUARE[:3]]}, {"type": "Polygon", "coordinates": [[*SQUARE[:3], [90.0, 36.0]]]},
        {"type": "Polygon", "coordinates": [[[400, 36], [95, 36], [95, 37], [400, 36]]]},
        {"type": "Polygon", "coordinates": [[["a", 1], [95, 36], [95, 37], ["a", 1]]]},
        {"type": "Polygon", "coordinates": [5]}, {"type": "MultiPolygon", "coordinates": [5]},
        {"type": "FeatureCollection", "features": []}, {"type": "Feature", "geometry": None},
    ],
)  # fmt: skip
def test_an_outline_that_is_none_is_refused_in_words(document):
    found, problem = rules.geometry(document)
    assert found is None
    assert problem
