"""There is no container engine in the checks: the compose file is held to what settings and Makefile say."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (ROOT / "povertyaid/settings.py").read_text(encoding="utf-8")
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
READ = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', SETTINGS)) | set(re.findall(r'secret\("([A-Z_]+)"', SETTINGS))


def test_every_variable_the_settings_read_is_in_the_example():
    listed = set(re.findall(r"^([A-Z_]+)=", EXAMPLE, re.M))
    assert {name.removesuffix("_FILE") for name in READ} - {"DATABASE_ROLE"} == listed


@pytest.mark.parametrize("name", sorted(set(re.findall(r"^    +([A-Z_]+):", COMPOSE, re.M))))
def test_compose_sets_only_what_somebody_reads(name):
    assert name.startswith("POSTGRES_") or name.removesuffix("_FILE") in READ


def test_compose_runs_postgresql_18_like_the_demo_and_the_same_server_command():
    assert set(re.findall(r"image: postgres:(\d+)", COMPOSE)) == {"18"}
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert '"gunicorn", "povertyaid.wsgi:application"' in dockerfile
    assert '"python", "manage.py", "work"' in COMPOSE
    assert (ROOT / "workflow/management/commands/work.py").exists()


def test_every_mounted_file_is_there_and_every_secret_is_declared():
    for path in re.findall(r'"\./(deploy/[\w.]+):', COMPOSE):
        assert (ROOT / path).exists(), path
    declared = set(re.findall(r"^  (\w+): \{ file: \./secrets/", COMPOSE, re.M))
    used = {name for names in re.findall(r"secrets: \[([^\]]+)\]", COMPOSE) for name in names.split(", ")}
    assert used <= declared


def test_no_registry_host_stands_in_the_lock():
    assert not re.search(r"https?://|--index-url|--find-links", (ROOT / "requirements.txt").read_text(encoding="utf-8"))


def test_every_dependency_has_its_reason():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = [line for line in project.split("[tool.")[0].splitlines() if re.match(r'\s+"[A-Za-z]', line)]
    assert lines
    assert [line for line in lines if "#" not in line] == []
