"""The moderators' console: pages for people, over the same flows as the API."""

from service.web.console.door import add_console

__all__ = ["add_console"]
