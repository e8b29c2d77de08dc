"""Door on demo.services.load_demo."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo import services


class Command(BaseCommand):
    help = "载入格尔木演示数据;--households 使户数按同样的结构放大。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--households", type=int, help="户数(默认为种子文件的278户)")
        parser.add_argument("--seed", type=int, default=2017, help="随机种子,同一种子得到同样的数据")

    def handle(self, *, households: int | None, seed: int, **_: Any) -> None:
        if households is not None and not 278 <= households <= 5_000_000:
            raise CommandError("户数应在278至5000000之间。")
        try:
            services.load_demo(households=households, seed=seed, say=self.stdout.write)
        except services.DemoError as error:
            raise CommandError(str(error)) from error
