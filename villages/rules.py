"""Area codes nest by prefix (GB/T 2260, GB/T 10114): which digits of a 12-digit code say which level."""

PREFIX_LENGTH = {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}


def prefix(code: str, level: int) -> str:
    """The digits of a division's code that all codes below it share."""
    return code[: PREFIX_LENGTH[level]]


def covers(area: str, code: str) -> bool:
    """Whether an area prefix holds a code."""
    return code.startswith(area)


def after(area: str) -> str:
    """The first code after all codes of an area prefix, for a range an index can walk."""
    return area[:-1] + chr(ord(area[-1]) + 1)


HEADER = ["code", "name", "level", "parent_code"]
LEVELS = {1: "省", 2: "市(州)", 3: "县(市)", 4: "乡镇(街道)", 5: "村(社区)"}
NAME_LENGTH = 60


def level_of(code: str) -> int:
    """The level a 12-digit code speaks of: the last group of digits that is not all zeros."""
    for level in (4, 3, 2, 1):
        if code[PREFIX_LENGTH[level] :].strip("0"):
            return level + 1
    return 1


def division_problem(code: str, name: str, level: str, parent_code: str) -> str:
    """'' or what is wrong with one line of a division file taken by itself."""
    if len(code) != 12 or not (code.isascii() and code.isdigit()):
        return f"区划代码“{code[:20]}”应为12位数字。"
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        return f"区划 {code} 的名称应为1至{NAME_LENGTH}个字,且不含控制字符。"
    if level not in {"1", "2", "3", "4", "5"}:
        return f"区划 {code} 的级别“{level[:20]}”应为1至5。"
    number = int(level)
    if level_of(code) != number:
        return f"区划 {code} 的级别是{level}({LEVELS[number]}),按代码应为{level_of(code)}({LEVELS[level_of(code)]})。"
    if number == 1:
        return f"省级区划 {code} 不应有上级。" if parent_code else ""
    expected = prefix(code, number - 1).ljust(12, "0")
    if parent_code != expected:
        return f"区划 {code} 的上级“{parent_code[:20]}”不对,按代码应为 {expected}。"
    return ""


RING_POINTS = 4
OUTLINE_POINTS = 20_000
Problem = str


def _is_position(point: object) -> bool:
    return (
        isinstance(point, list)
        and 2 <= len(point) <= 3
        and all(isinstance(value, int | float) and not isinstance(value, bool) for value in point)
        and -180 <= point[0] <= 180
        and -90 <= point[1] <= 90
    )


def _polygon_problem(polygon: object) -> Problem:
    if not isinstance(polygon, list) or not polygon:
        return "面没有坐标。"
    for ring in polygon:
        if not isinstance(ring, list) or len(ring) < RING_POINTS:
            return f"每个环至少要有{RING_POINTS}个点。"
        if not all(_is_position(point) for point in ring):
            return "坐标应为 [经度, 纬度],经度在-180至180之间,纬度在-90至90之间。"
        if ring[0] != ring[-1]:
            return "每个环的首尾两点要相同。"
    return ""


def geometry(document: object) -> tuple[dict | None, Problem]:
    """The Polygon or MultiPolygon of a GeoJSON document (RFC 7946), also inside a Feature or a collection of one.

    Gives (geometry, '') or (None, what is wrong).
    """
    if not isinstance(document, dict):
        return None, "应为一个 GeoJSON 对象。"
    if document.get("type") == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list) or len(features) != 1:
            return None, "村界文件里应只有一个要素。"
        return geometry(features[0])
    if document.get("type") == "Feature":
        return geometry(document.get("geometry"))
    if document.get("type") not in {"Polygon", "MultiPolygon"}:
        return None, "村界应为面(Polygon 或 MultiPolygon)。"
    coordinates = document.get("coordinates")
    polygons = [coordinates] if document["type"] == "Polygon" else coordinates
    if not isinstance(polygons, list) or not polygons:
        return None, "面没有坐标。"
    for polygon in polygons:
        if problem := _polygon_problem(polygon):
            return None, problem
    if sum(len(ring) for polygon in polygons for ring in polygon) > OUTLINE_POINTS:
        return None, f"村界超过{OUTLINE_POINTS}个点,请先抽稀。"
    return {"type": document["type"], "coordinates": coordinates}, ""
