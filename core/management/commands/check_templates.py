"""Every template compiles: a misspelt tag is found here and not by a clerk."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError
from django.template.loader import get_template


class Command(BaseCommand):
    help = "检查全部模板能否编译。"

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.BASE_DIR) / "templates"
        failed = []
        for path in sorted(root.rglob("*.html")):
            try:
                get_template(str(path.relative_to(root)))
            except TemplateSyntaxError as error:
                failed.append(f"{path.relative_to(root)}: {error}")
        if failed:
            raise CommandError("\n".join(failed))
