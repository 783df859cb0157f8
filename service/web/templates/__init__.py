"""HTML pages, by Jinja2. Every value is escaped; messages are looked up in the reader's language by `_`."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

from service.i18n import say

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # a service that is asked for no page need not wait

    return Environment(
        loader=PackageLoader("service.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render_template(name: str, language: str, **values: Any) -> str:
    """The page `name` in `language`."""
    return _environment().get_template(name).render(language=language, _=partial(say, language), **values)
