"""A MariaDB server of one's own, in a temporary folder, reached over its Unix socket."""

from __future__ import annotations

import getpass
import os
import subprocess
import tempfile
import time

import MySQLdb

STARTS_WITHIN = 60  # seconds
SCHEMA = [
    "CREATE DATABASE message",
    "CREATE TABLE message.message (id INT PRIMARY KEY, body TEXT NOT NULL, reads_count INT NOT NULL DEFAULT 0)",
    "INSERT INTO message.message (id, body) VALUES (1, 'Hello'), (2, 'Good morning'), (3, 'Good night')",
]


class Database:
    """`with` starts it, with the example's table in it, and ends it."""

    def __enter__(self) -> "Database":
        self._folder = tempfile.TemporaryDirectory(prefix="cero-mariadb-")
        data = os.path.join(self._folder.name, "data")
        self.socket = os.path.join(self._folder.name, "socket")
        self._log = open(os.path.join(self._folder.name, "log"), "w+")
        user = f"--user={getpass.getuser()}"  # as root it starts only when told so
        try:
            subprocess.run(
                ["mariadb-install-db", "--no-defaults", f"--datadir={data}", user, "--skip-test-db"]
                + ["--auth-root-authentication-method=normal"],
                check=True,
                stdout=self._log,
                stderr=subprocess.STDOUT,
            )
            self._server = subprocess.Popen(
                ["mariadbd", "--no-defaults", f"--datadir={data}", user, "--skip-networking"]
                + [f"--socket={self.socket}", f"--pid-file={self._folder.name}/pid"],
                stdout=self._log,
                stderr=subprocess.STDOUT,
            )
        except FileNotFoundError as error:
            raise SystemExit(
                f"{error.filename} is missing: apt install mariadb-server-core"
            ) from None
        except subprocess.CalledProcessError:
            raise SystemExit(f"MariaDB could not be set up:\n{self.words()}") from None
        connection = self._connect()
        for statement in SCHEMA:
            connection.query(statement)
        connection.commit()
        connection.close()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait()
        self._log.close()
        self._folder.cleanup()

    def words(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def _connect(self) -> MySQLdb.Connection:
        end = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                return MySQLdb.connect(unix_socket=self.socket, user="root")
            except MySQLdb.OperationalError:
                if self._server.poll() is not None or time.monotonic() > end:
                    self._server.kill()
                    raise SystemExit(f"MariaDB did not start:\n{self.words()}") from None
                time.sleep(0.05)
