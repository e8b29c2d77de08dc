"""What a release freezes: everything the six sheets say, as plain values that survive JSON."""

from dataclasses import asdict, dataclass, field
from typing import Any

STATES = {"1": "poor", "3": "pre", "2": "out", "4": "back"}
STATE_LABELS = {"poor": "未脱贫", "pre": "预脱贫", "out": "已脱贫", "back": "返贫"}


@dataclass
class HomeRow:
    """One household. `income` is yuan a head of the newest year; `position` is (longitude, latitude) or empty."""

    head: str
    group: str
    population: int
    state: str
    cause: str
    attribute: str
    helper: str = ""
    unit: str = ""
    plan_year: int | None = None
    exit_year: int | None = None
    income: float | None = None
    position: list[float] = field(default_factory=list)


@dataclass
class ProjectRow:
    """A project; days as ISO text, the amount in 万元."""

    name: str
    kind: str
    amount_wan: float
    source: str
    department: str
    started: str
    finish: str
    state: str


@dataclass
class Snapshot:
    """A village on a day. Names are full here; `edition.project` masks them for the public edition."""

    city: str
    town: str
    village: str
    village_kind: str
    is_poor_village: bool
    number: str
    data_on: str
    unit: str
    phone: str
    public_url: str
    demo: bool
    facts: list[tuple[str, str, str]] = field(default_factory=list)
    needs: list[tuple[str, str]] = field(default_factory=list)
    rates: list[tuple[int, float]] = field(default_factory=list)
    homes: list[HomeRow] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    outline: list[list[list[float]]] = field(default_factory=list)
    causes: list[tuple[str, int]] = field(default_factory=list)
    other_causes: list[tuple[str, int]] = field(default_factory=list)
    attributes: list[tuple[str, int]] = field(default_factory=list)
    wishes: list[tuple[str, int, int, int]] = field(default_factory=list)
    leaders: list[tuple[str, str]] = field(default_factory=list)
    units: list[tuple[str, str]] = field(default_factory=list)
    team: list[tuple[str, str, str]] = field(default_factory=list)
    helpers: int = 0
    measures: list[tuple[str, int, int, int]] = field(default_factory=list)
    projects: list[ProjectRow] = field(default_factory=list)
    line: float | None = None
    line_year: int = 0
    full_names: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Snapshot":
        data = dict(data)
        data["homes"] = [HomeRow(**row) for row in data["homes"]]
        data["projects"] = [ProjectRow(**row) for row in data["projects"]]
        for name in ("facts", "needs", "rates", "causes", "other_causes", "attributes", "wishes", "leaders", "units", "team", "measures"):
            data[name] = [tuple(row) for row in data[name]]
        return cls(**data)

    @property
    def households(self) -> int:
        return len(self.homes)

    @property
    def members(self) -> int:
        return sum(home.population for home in self.homes)

    def count(self, state: str) -> int:
        return sum(home.state == state for home in self.homes)
