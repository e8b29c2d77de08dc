"""From an empty folder to an open page: database, tables, demo data, worker, web."""

import fcntl
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import postgres
from core.fonts import FontError, require_pango
from demo.people import DEMO_USERS
from demo.services import is_loaded

START_SECONDS = 60


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


class Command(BaseCommand):
    help = "启动演示系统:数据库、演示数据、后台任务和网站,Ctrl-C 停止。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="网站端口,默认8000")
        parser.add_argument("--no-serve", action="store_true", help="只准备数据,不启动网站")

    def handle(self, *, port: int, no_serve: bool, **_: Any) -> None:
        if not settings.DEMO_MODE:
            raise CommandError("这个命令只用于演示:请设置 DEMO_MODE=1,或去掉 DATABASE_URL 使用内置数据库。")
        try:
            require_pango()
        except FontError as error:
            raise CommandError(str(error)) from error
        if not no_serve:
            self._require_port(port)
            self._require_alone()
        self._run("migrate", "--verbosity", "0", owner=True)
        if not is_loaded():
            self.stdout.write("首次启动,正在载入演示数据…")
            self._run("load_demo", owner=True)
        if no_serve:
            self.stdout.write("演示数据已就绪。")
            return
        self._run("collectstatic", "--noinput", "--verbosity", "0")
        self._serve(port)

    def _environment(self, owner: bool = False) -> dict[str, str]:
        environment = dict(os.environ) | {"DATABASE_ROLE": "owner" if owner else "app", "DEMO_MODE": "1"}
        # Browsers share cookies between ports: two copies on one machine must not sign each other out.
        environment["SESSION_COOKIE_NAME"] = "pa_session_" + hashlib.sha256(str(settings.DATA_DIR).encode()).hexdigest()[:8]
        return environment

    def _manage(self, *arguments: str) -> list[str]:
        return [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *arguments]

    def _run(self, *arguments: str, owner: bool = False) -> None:
        self.stdout.flush()
        result = subprocess.run(self._manage(*arguments), env=self._environment(owner), cwd=settings.BASE_DIR)
        if result.returncode:
            raise CommandError(f"{arguments[0]} 没有完成,见上面的说明。")

    def _require_port(self, port: int) -> None:
        if not 1 <= port <= 65535:
            raise CommandError("端口应在1至65535之间。")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                reason = "已被占用" if error.errno == 98 else "不能使用"
                raise CommandError(f"端口 {port} {reason},请换一个:make demo PORT={port + 1 if port < 65535 else 8000}") from error

    def _require_alone(self) -> None:
        """One demo a data folder; the lock ends with the process, however it ends."""
        self._lock = open(settings.DATA_DIR / "demo.lock", "a")  # noqa: SIM115
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CommandError("这个目录的演示系统已在运行。要再开一套,请用 DATA_DIR 另指数据目录。") from error

    def _serve(self, port: int) -> None:
        address = f"http://localhost:{port}/"
        environment = self._environment() | {"PUBLIC_BASE_URL": address.rstrip("/")}
        web = [sys.executable, "-m", "gunicorn", "povertyaid.wsgi:application", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
               "--workers", "2", "--threads", "4", "--timeout", "60", "--log-level", "warning"]  # fmt: skip
        children = {
            "网站": subprocess.Popen(web, env=environment, cwd=settings.BASE_DIR, start_new_session=True),
            "后台任务": subprocess.Popen(
                self._manage("work"), env=environment, cwd=settings.BASE_DIR, start_new_session=True, stdout=subprocess.DEVNULL
            ),
        }
        signal.signal(signal.SIGTERM, _interrupt)
        failed = ""
        try:
            failed = self._wait_until_open(address, children)
            if not failed:
                self._say_where(address)
                failed = self._watch(children)
        except KeyboardInterrupt:
            self.stdout.write("\n正在停止…")
        finally:
            self._stop(children)
        if failed:
            raise CommandError(failed)

    def _wait_until_open(self, address: str, children: dict[str, subprocess.Popen]) -> str:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            for name, child in children.items():
                if child.poll() is not None:
                    return f"{name}没有启动,见上面的说明。"
            try:
                with opener.open(address + "healthz/", timeout=2):
                    return ""
            except OSError:
                time.sleep(0.2)
        return f"{START_SECONDS} 秒内网站没有应答。"

    def _say_where(self, address: str) -> None:
        self.stdout.write(f"\n系统已启动:{address}\n演示用户(密码都是 {DEMO_USERS[0].password}):")
        for person in DEMO_USERS:
            self.stdout.write(f"  {person.username:10} {person.role_label} {person.name}")
        self.stdout.write("按 Ctrl-C 停止。")
        self.stdout.flush()

    def _watch(self, children: dict[str, subprocess.Popen]) -> str:
        while True:
            for name, child in children.items():
                if child.poll() is not None:
                    return f"{name}意外停止(退出码 {child.returncode}),系统已关闭。"
            time.sleep(0.5)

    def _stop(self, children: dict[str, subprocess.Popen]) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # once is enough: stopping is not to be cut short
        for child in children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGINT if child.args and "work" in child.args else signal.SIGTERM)  # type: ignore[operator]
        for child in children.values():
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
        if settings.EMBEDDED_DATABASE:
            postgres.stop(settings.DATA_DIR)
