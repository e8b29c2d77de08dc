"""The worker process: ends jobs a dead worker left, then works the queue."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from workflow.services import fail_interrupted


class Command(BaseCommand):
    help = "处理后台任务(任务页上的导出、制图等),Ctrl-C 停止。"

    def handle(self, *args: Any, **options: Any) -> None:
        fail_interrupted()
        call_command("procrastinate", "worker", delete_jobs="successful")
