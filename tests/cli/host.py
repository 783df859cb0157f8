"""Saring as a person at the host runs it: processes on folders of their own."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def until(condition: Callable[[], Any], description: str, within_s: float = 30.0) -> Any:
    """The first true value of the condition; fails saying what was waited for."""
    deadline = time.monotonic() + within_s
    while not (value := condition()):
        assert time.monotonic() < deadline, f"in vain: {description}"
        time.sleep(0.02)
    return value


def free_port() -> int:
    """A port that nobody has, below those from which the kernel serves outgoing connections: one of these, a browser's
    for instance, might have it before the server that it is meant for.
    """
    while True:
        port = random.SystemRandom().randrange(15_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def children(pid: int) -> dict[int, str]:
    """Living child processes and their command lines (Linux)."""
    found = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@dataclass(slots=True)
class Host:
    """A machine with a data directory, and what runs on it: a service with the demo's site, unless told otherwise."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("SARING_")}
        return {
            **own,
            "SARING_DATA_DIR": str(self.data_dir / "var"),
            "SARING_PORT": str(self.port),
            "SARING_FLOOD_EMAIL_PER_MIN": "0",
            "SARING_DEMO": "1",
            "NO_PROXY": "*",
            **self.settings,
        }

    def run(self, *arguments: str, stdin: bytes = b"", **settings: str) -> subprocess.CompletedProcess[bytes]:
        """A command, run to its end."""
        return subprocess.run(
            [sys.executable, "-m", "service", *arguments],
            env={**self.environment, **settings},
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
        )

    def told(self, *arguments: str) -> dict[str, Any]:
        """What a command that succeeds prints with --json."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr.decode()
        value: dict[str, Any] = json.loads(done.stdout)
        return value

    def serve(self, **settings: str) -> subprocess.Popen[bytes]:
        """A service that answers; what it prints is in `out`, what it logs in `err`."""
        with (self.data_dir / "out").open("ab") as out, (self.data_dir / "err").open("ab") as err:
            process = subprocess.Popen(
                [sys.executable, "-m", "service", "serve"],
                env={**self.environment, **settings},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                process_group=0,
            )
        self.processes.append(process)
        until(lambda: process.poll() is not None or self.is_ready(), "the service answers")
        assert process.poll() is None, (self.data_dir / "err").read_text()
        return process

    def printed(self) -> str:
        return (self.data_dir / "out").read_text()

    def logged(self) -> str:
        return (self.data_dir / "err").read_text()

    def ask(self, method: str, path: str, key: str = "", body: Any = None) -> tuple[int, Any]:
        """Status and JSON; (0, None) where nobody answers."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {}),
        )
        try:
            with _OPENER.open(request, timeout=10) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")
        except (OSError, ValueError):
            return 0, None

    def is_ready(self) -> bool:
        return self.ask("GET", "/readyz")[0] == 200

    def newsroom(self) -> str:
        """The secret key of the demo site, which the first start prints (with SARING_DEMO)."""
        found = until(lambda: re.search(r"sk_\w+", self.printed()), "credentials are printed")
        return str(found[0])

    def submit(self, key: str, number: int) -> tuple[int, Any]:
        author = {"name": f"Pembaca {number}", "email": f"pembaca{number}@example.com"}
        body = f"Semoga lekas selesai {number}"
        sent = {"article": {"id": "1"}, "author": author, "body": body, "client_ref": f"r{number}"}
        return self.ask("POST", "/v1/comments", key, sent)

    def ids(self, key: str) -> set[str]:
        """The ids of all stored comments."""
        return {comment["id"] for comment in self.ask("GET", "/v1/comments?limit=200", key)[1]["comments"]}

    def end(self) -> None:
        """Ends what this host started and is still there."""
        for process in self.processes:
            if process.poll() is None:
                below = children(process.pid)
                process.kill()
                process.wait()
                for pid in below:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
