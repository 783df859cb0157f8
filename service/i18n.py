"""Words for people, in their language. Messages are written in English and looked up in `locale/<language>.po`.

The catalogues are read as they stand in the source tree: no build step, nothing compiled to forget.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = ("id", "en")  # the first is spoken where nobody says what he understands


@cache
def catalogue(language: str) -> NullTranslations:
    """The catalogue of a language; English is what the messages are written in."""
    if language == "en":
        return NullTranslations()
    mo = BytesIO()
    with (files("service") / "locale" / f"{language}.po").open("rb") as po:
        write_mo(mo, read_po(po, locale=language))
    mo.seek(0)
    return Translations(mo)


@cache
def _translated(language: str, message: str) -> str:
    text: str = catalogue(language).gettext(message)
    return text


def say(language: str, message: str, **values: object) -> str:
    """`message`, one of those that stand in the code, in `language`, with `{name}` replaced by values."""
    text = _translated(language, message)
    return text.format(**values) if values else text


@lru_cache(maxsize=512)
def negotiate(accept_language: str, default: str = LANGUAGES[0]) -> str:
    """The language of ours that an Accept-Language header likes best (RFC 9110), else `default`."""
    wishes: list[tuple[float, int, str]] = []
    for at, part in enumerate(accept_language.split(",")[:20]):
        tag, _, parameters = part.partition(";")
        try:
            quality = float(parameters.partition("=")[2]) if "q" in parameters else 1.0
        except ValueError:
            quality = 0.0
        language = tag.strip().lower().split("-")[0]
        language = {"in": "id", "ms": "id", "jv": "id", "su": "id", "bjn": "id"}.get(language, language)
        if language in LANGUAGES and quality > 0:
            wishes.append((-quality, at, language))
    return min(wishes)[2] if wishes else (default if default in LANGUAGES else LANGUAGES[0])
