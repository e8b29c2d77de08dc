"""Starting on odd machines: paths, second starts, stale locks, full and taken things end in one clear line."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from core import postgres

ROOT = Path(__file__).resolve().parents[2]


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "DJANGO_"))}
    return subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=clean | environment, capture_output=True, text=True, timeout=120)


@pytest.fixture
def data_dir(tmp_path):
    folder = tmp_path / "数据 目录"
    for parent in [tmp_path, *tmp_path.parents]:
        if parent != Path("/tmp") and parent.stat().st_uid == os.geteuid():
            parent.chmod(parent.stat().st_mode | 0o011)
    yield folder
    postgres.stop(folder)


def test_starts_in_a_chinese_path_twice_and_after_a_kill(data_dir):
    first = postgres.ensure_running(data_dir, durable=False)
    assert postgres.ensure_running(data_dir) == first, "the second start attaches"

    pid = int((data_dir / "postgres/postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    while postgres.is_running(data_dir):
        pass
    assert (data_dir / "postgres/postmaster.pid").exists(), "a stale lock is left behind"
    assert postgres.ensure_running(data_dir, durable=False) == first

    postgres.stop(data_dir)
    pid_file = data_dir / "postgres/postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n")
    assert not postgres.is_running(data_dir), "the number now belongs to another process"


def test_two_data_folders_have_two_servers(tmp_path):
    assert postgres.socket_dir(tmp_path / "a") != postgres.socket_dir(tmp_path / "b")
    assert len(str(postgres.socket_dir(tmp_path / ("x" * 200)))) < 90


def test_an_unusable_data_folder_is_one_clear_line(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    result = manage("check", DATA_DIR=str(blocked / "var"))
    assert result.returncode == 1
    assert "不能写入" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unreachable_database_is_one_clear_line(tmp_path):
    result = manage("migrate", DATABASE_URL="postgres://nobody@127.0.0.1:1/none", DEMO_MODE="1", DATA_DIR=str(tmp_path))
    assert result.returncode == 1
    assert "连不上数据库" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_taken_port_is_one_clear_line(settings):
    from django.core.management import CommandError, call_command

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CommandError, match="已被占用"):
            call_command("demo", port=taken.getsockname()[1])


@pytest.mark.parametrize("secrets", [{}, {"SECRET_KEY": "demo-x", "FIELD_KEYS": "demo1:MDEyMzQ1Njc4OWFiY2RlZg==", "BLIND_INDEX_KEY": "x"}])
def test_production_refuses_to_start_without_its_own_secrets(tmp_path, secrets):
    result = manage("check", DATABASE_URL="postgres://nobody@127.0.0.1:1/none", DEMO_MODE="0", DATA_DIR=str(tmp_path), **secrets)
    assert result.returncode != 0
    assert "密钥" in result.stderr or "没有设置" in result.stderr
