"""Long work of this room."""

from households import services
from households.models import ImportBatch
from workflow.services import JobRun
from workflow.tasks import handles


def _batch(run: JobRun) -> ImportBatch:
    return ImportBatch.objects.get(pk=run.parameters["batch"])


@handles("household_check")
def check(run: JobRun) -> None:
    """What a workbook would change, and what is wrong with it."""
    batch = services.check_batch(batch=_batch(run), by=run.user, progress=run.progress)
    errors = batch.counts.get("errors")
    run.result_url = batch.get_absolute_url()
    run.message = f"检查完毕,有 {errors} 处错误。" if errors else "检查完毕。"


@handles("household_import")
def carry_out(run: JobRun) -> None:
    """Stores a confirmed workbook, as the person who brought it."""
    result = services.carry_out(batch=_batch(run), by=run.user, progress=run.progress)
    households = result["counts"]["household"]
    run.result_url = _batch(run).get_absolute_url()
    run.message = f"已导入:新增 {households['created']} 户,修改 {households['updated']} 户。"


@handles("household_undo")
def undo(run: JobRun) -> None:
    """Takes an import back as a whole."""
    batch = services.undo(batch=_batch(run), reason=run.parameters["reason"], by=run.user, progress=run.progress)
    run.result_url = batch.get_absolute_url()
    run.message = "已撤销整批导入。"


@handles("household_register_export")
def export_register(run: JobRun) -> None:
    """The whole register in reach, as a workbook that can be imported again."""
    services.export_register(run)
