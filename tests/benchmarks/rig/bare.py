"""The baseline: aiohttp's plain handler (on uvloop, too) that reads a submission's JSON and answers a receipt's."""

from __future__ import annotations

import asyncio
import socket
import sys

import uvloop
from aiohttp import web

RECEIPT = {
    "id": "c_jn9zp01m85x36es3yknrn21a795097m",
    "status": "pending",
    "message": "Komentar Anda menunggu moderasi.",
    "verdict": "hold",
    "reasons": [
        {"code": "first_time", "verdict": "hold", "label": "", "detail": "Komentar pertama penulis ini", "terms": []}
    ],
    "scores": {"spam": 0.0081, "abuse": 0.0025, "insult": 0.0026, "hate": 0.0001, "threat": 0.0138, "obscene": 0.0003},
    "language": "id",
    "model": "2026.11.1",
    "policy_version": 1,
    "version": 1,
    "created_at": "2026-11-24T04:30:15.513Z",
}


async def handle(request: web.Request) -> web.Response:
    """Reads and answers."""
    await request.json()
    return web.json_response(RECEIPT, status=201)


async def serve(listening: socket.socket) -> None:
    """Until the process is ended."""
    app = web.Application()
    app.router.add_post("/v1/comments", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    listening = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    uvloop.run(serve(listening))
