"""The public edition of a snapshot: masked, small cells stepped back; and the work edition: everything, watermarked."""

from dataclasses import dataclass, replace

from core.masking import mask_name
from reports.six_charts.snapshot import Snapshot
from reports.six_charts.suppress import suppress

PUBLIC, WORK = "public", "work"
LABELS = {PUBLIC: "公开版", WORK: "工作版"}


@dataclass(frozen=True)
class Edition:
    """What the sheets are drawn from. `shown` gives each count table's cells as they may be printed."""

    snapshot: Snapshot
    kind: str
    shown: dict[str, list[str]]
    watermark: str = ""

    @property
    def public(self) -> bool:
        return self.kind == PUBLIC


def project(snapshot: Snapshot, kind: str, *, watermark: str = "") -> Edition:
    """The edition of a snapshot. The public one has no full name of a householder without a recorded permission."""
    tables = {"causes": snapshot.causes, "other_causes": snapshot.other_causes, "attributes": snapshot.attributes}
    counts = {name: [row[1] for row in rows] for name, rows in tables.items()}
    counts["measures"] = [sum(row[1:]) for row in snapshot.measures if sum(row[1:])]
    if kind == WORK:
        return Edition(snapshot, kind, {name: [str(n) for n in cells] for name, cells in counts.items()}, watermark)
    masked = snapshot
    if not snapshot.full_names:
        masked = replace(snapshot, homes=[replace(home, head=mask_name(home.head)) for home in snapshot.homes])
    masked = replace(masked, homes=[replace(home, cause="", attribute="") for home in masked.homes])
    return Edition(masked, kind, {name: suppress(cells) for name, cells in counts.items()})
