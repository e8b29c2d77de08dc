"""A demo of its own for the tests that use the product as an operator or a clerk does."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Demo:
    """Commands on a demo of its own, as an operator types them."""

    def __init__(self, name: str) -> None:
        self.name = name

    def environment(self, role: str = "app") -> dict[str, str]:
        return dict(os.environ) | {
            "DATABASE_NAME": self.name,
            "DATABASE_ROLE": role,
            "DEMO_MODE": "1",
            "DJANGO_SETTINGS_MODULE": "povertyaid.settings",
        }

    def run(self, *arguments: str, role: str = "app") -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-W", "ignore", "manage.py", *arguments], cwd=ROOT, env=self.environment(role), capture_output=True, text=True
        )

    def json(self, *arguments: str) -> dict:
        result = self.run(*arguments, "--json")
        assert result.stdout, result.stderr
        return json.loads(result.stdout)


def _loaded(name: str) -> Iterator[Demo]:
    """A database of its own with the demo in it, dropped at the end."""
    import psycopg

    from tests.template import owner_login, template_database

    where, template = owner_login(), template_database()
    with psycopg.connect(**where, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}" template "{template}"')
    made = Demo(name)
    result = made.run("load_demo", role="owner")
    assert result.returncode == 0, result.stderr
    yield made
    with psycopg.connect(**where, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')


@pytest.fixture(scope="session")
def demo(worker_id: str) -> Iterator[Demo]:
    """The demo as it was loaded; nobody writes into it."""
    yield from _loaded(f"povertyaid_demo_{worker_id}")


@pytest.fixture(scope="session")
def played(worker_id: str) -> Iterator[Demo]:
    """A demo the browser tests write into."""
    yield from _loaded(f"povertyaid_played_{worker_id}")


@pytest.fixture(scope="session")
def address(played: Demo) -> Iterator[str]:
    """The demo served as `make demo` serves it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "gunicorn",
        "povertyaid.wsgi:application",
        "--bind",
        f"127.0.0.1:{port}",
        "--threads",
        "4",
        "--log-level",
        "error",
    ]
    server = subprocess.Popen(command, cwd=ROOT, env=played.environment())
    url = f"http://127.0.0.1:{port}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        for _ in range(300):
            try:
                opener.open(f"{url}/healthz/", timeout=2).close()
                break
            except OSError:
                assert server.poll() is None
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium; its absence is said, and is a failure where REQUIRE_BROWSER is set."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("没有找到 Chromium")
        pytest.skip("没有找到 Chromium,跳过浏览器测试")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any, address: str) -> Iterator[Any]:
    """Open a page as a demo user at a width; the console must stay silent."""
    contexts = []

    def open_page(user: str, path: str = "/", width: int = 1280) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.said = []
        page.on("console", lambda message: page.said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.said.append(str(error)))
        if user:
            page.goto(f"{address}/accounts/sign-in/")
            page.fill("#id_username", user)
            page.fill("#id_password", "Golmud-2017")
            page.press("#id_password", "Enter")
            page.wait_for_url(f"{address}/")
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
