"""What a household's handbook says, as plain texts: both books draw from this one data set.

Numbers are full or masked when the content is built; nothing here knows which.
"""

from dataclasses import dataclass, field

Pairs = list[tuple[str, str]]
Rows = list[tuple[str, ...]]


@dataclass
class Content:
    """One household on a day. Money and areas are texts with two places; an unknown value is ''."""

    code: str
    head: str
    village: str
    town: str
    city: str
    day: str
    number: str = ""
    issued: str = ""
    issuer: str = ""
    phone: str = ""
    demo: bool = False
    place: Pairs = field(default_factory=list)
    basics: Pairs = field(default_factory=list)
    causes: Pairs = field(default_factory=list)
    members: Rows = field(default_factory=list)
    insurance: Rows = field(default_factory=list)
    moves: Rows = field(default_factory=list)
    living_years: list[str] = field(default_factory=list)
    living: Rows = field(default_factory=list)
    income_years: list[str] = field(default_factory=list)
    income_sums: Rows = field(default_factory=list)
    income_items: Rows = field(default_factory=list)
    wishes: Rows = field(default_factory=list)
    leaders: Rows = field(default_factory=list)
    units: Rows = field(default_factory=list)
    team: Rows = field(default_factory=list)
    helpers: Rows = field(default_factory=list)
    measures: Rows = field(default_factory=list)
    exit_facts: Pairs = field(default_factory=list)
    exit_checks: Rows = field(default_factory=list)
