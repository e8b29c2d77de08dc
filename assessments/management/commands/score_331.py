"""Door on assessments.services.scoring: every score with its indicators' inputs and points, enough to work it out again."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.models import Period
from assessments.services import documents
from core.scope import acting_as_system


class Command(BaseCommand):
    help = "列出一个考核期每名干部的得分:各指标的数据、算式、得分,三部分合计、加分、否决、总分、等次、名次。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", metavar="PERIOD", help="考核期代码,如 2017")
        parser.add_argument("--cadre", metavar="CODE", help="只列一名干部")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 文档")

    def handle(self, *, period: str, cadre: str | None, json: bool, **_: Any) -> None:
        with acting_as_system(reason="命令 score_331"):
            found = Period.objects.select_related("scheme").filter(code=period).first()
            if found is None:
                known = "、".join(Period.objects.values_list("code", flat=True)[:10])
                raise CommandError(f"没有考核期 {period}。已有:{known or '无'}。")
            document = documents.scores_document(found, cadre=cadre)
        if cadre and not document["cadres"]:
            raise CommandError(f"考核期 {period} 中没有编号为 {cadre} 的干部。")
        self._json(document) if json else self._words(document)

    def _json(self, document: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(document, ensure_ascii=False))

    def _words(self, document: dict[str, Any]) -> None:
        for row in document["cadres"]:
            sums = " + ".join(row[part] or "未齐" for part in ("attendance", "duty", "satisfaction"))
            self.stdout.write(f"{row['rank'] or '—':>4}  {row['code']}  {row['name']}  {sums} = {row['total'] or '未齐'}  {row['grade']}")
