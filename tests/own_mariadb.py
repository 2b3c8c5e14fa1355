"""A MariaDB of a test's own, for what must not be set, or done, on the one that all share."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql

from tests.servers import MARIADB, Server, absent, free_port


@contextmanager
def own_mariadb(*options: str) -> Iterator[Server]:
    """An empty server, in memory where there is room for it; gone afterwards. Without one: ``absent``."""
    daemon, install = (
        shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin"),
        shutil.which("mariadb-install-db"),
    )
    if daemon is None or install is None:
        absent("there is no mariadbd to start")
    shm = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shm if shm.is_dir() else None, ignore_cleanup_errors=True) as folder:
        port = free_port()
        user = ("--user=root",) if os.getuid() == 0 else ()
        Path(folder, "tmp").mkdir()  # a server that starts deletes what others have in the folder they would share
        where = ("--no-defaults", f"--datadir={folder}/data", f"--tmpdir={folder}/tmp", *user)
        method = "--auth-root-authentication-method=normal"
        subprocess.run([install, *where, method, "--skip-test-db"], check=True, capture_output=True)
        net = (f"--socket={folder}/s", f"--port={port}", "--bind-address=127.0.0.1")
        fast = "--innodb-flush-log-at-trx-commit=0"
        with subprocess.Popen([daemon, *where, *net, fast, *options], stderr=subprocess.DEVNULL) as process:
            try:
                yield Server(name=MARIADB, url=f"mysql://root@127.0.0.1:{port}/", version=_answer(port))
            finally:
                process.terminate()


def _answer(port: int) -> str:
    """The version, as soon as the server gives it."""
    for _ in range(300):
        try:
            with pymysql.connect(host="127.0.0.1", port=port, user="root") as connection:
                return str(connection.get_server_info())
        except pymysql.Error:
            time.sleep(0.1)
    raise AssertionError("the server does not start")
