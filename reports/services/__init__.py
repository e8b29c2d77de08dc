"""Every read and write of this room, a module a noun."""

from reports.services.charts import (
    PAPERS,
    NotReady,
    build_snapshot,
    keep_public_file,
    missing,
    newest_release,
    permit_full_names,
    public_file,
    record_posting,
    release_charts,
    snapshot_of,
    watermark,
    work_pdf,
)
from reports.services.errors import ReportsError
from reports.services.handbooks import handbook_content, handbook_contents

__all__ = [
    "PAPERS", "NotReady", "ReportsError", "build_snapshot", "handbook_content", "handbook_contents", "keep_public_file", "missing", "newest_release",
    "permit_full_names", "public_file", "record_posting", "release_charts", "snapshot_of", "watermark", "work_pdf",
]  # fmt: skip
