"""The aiohttp application over the flows."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from aiohttp import web

from service.web import demo
from service.web.api.events import STREAMS, close_streams
from service.web.console import add_console
from service.web.context import MOST_BYTES, SERVICES
from service.web.dispatch import handler, outermost
from service.web.routes import ROUTES
from service.web.services import Services

# Of a request: filters in other scripts than Latin grow ninefold when they are percent-encoded. Longer: 400.
LONGEST_LINE = 65_536


def make_app(services: Services) -> web.Application:
    """All routes, ready to be served; starting and stopping what lies behind them is the caller's."""
    app = web.Application(middlewares=[outermost], client_max_size=MOST_BYTES)
    app[SERVICES] = services
    app[STREAMS] = set()
    for route in (*ROUTES, *demo.ROUTES):
        app.router.add_route(route.method, route.path, handler(route, services))
    add_console(app, services)
    app.router.add_static("/static", Path(str(files("service.web") / "static")))
    app.on_shutdown.append(close_streams)
    return app
