"""A server that a test may hurt: one of its own, to freeze and kill."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from service.store.embedded import Embedded


class PrivateServer:
    """An embedded Valkey of one test."""

    def __init__(self, folder: Path) -> None:
        self._server = Embedded(folder)
        self._server.own()
        self._server.start()
        self.url = self._server.url

    @property
    def pid(self) -> int:
        assert self._server.pid is not None
        return self._server.pid

    @property
    def n_bytes_cut(self) -> int:
        return self._server.n_bytes_cut

    def freeze(self) -> None:
        """It takes connections and bytes, and answers nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """As a power cut would."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)

    def start(self) -> None:
        """Again, as its supervisor does once it has seen it end."""
        assert self._server.has_ended()
        self._server.start()

    def close(self) -> None:
        if not self._server.has_ended():
            self.thaw()
        self._server.stop()
