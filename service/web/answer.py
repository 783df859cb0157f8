"""JSON answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.helpers import rfc822_formatted_time
from aiohttp.http import SERVER_SOFTWARE, HttpVersion11


class Whole(web.Response):
    """An answer that is there whole before it is sent.

    aiohttp's own way goes through ten coroutines, which ask whether to compress, to cut into chunks, to send anything
    at all. Of this one it is known: no, unless a client of HTTP/1.0 or a HEAD asks; those go that way.
    """

    _writer: AbstractStreamWriter | None = None
    _stays_open = False

    @property
    def prepared(self) -> bool:
        return self._writer is not None or super().prepared

    @property
    def keep_alive(self) -> bool | None:
        return super().keep_alive if self._writer is None else self._stays_open

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        if self.prepared or request.version != HttpVersion11 or request.method == hdrs.METH_HEAD:
            return await super().prepare(request)
        self._writer, self._stays_open = request.writer, request.keep_alive
        return self._writer

    async def write_eof(self, data: bytes = b"") -> None:
        if self._writer is None:
            await super().write_eof(data)
            return
        headers, body = self.headers, self.body
        assert isinstance(body, bytes)
        headers[hdrs.CONTENT_LENGTH] = str(len(body))
        headers[hdrs.DATE] = rfc822_formatted_time()
        headers[hdrs.SERVER] = SERVER_SOFTWARE
        if not self._stays_open:
            headers[hdrs.CONNECTION] = "close"
        await self._writer.write_headers(f"HTTP/1.1 {self.status} {self.reason}", headers)
        await self._writer.write_eof(body)


def json_answer(data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """`data` as JSON."""
    return Whole(body=orjson.dumps(data), status=status, content_type="application/json", headers=headers)
