"""Tables as CSV files, for spreadsheets: written so that no cell is taken for a formula, read so that all come back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from aiohttp import web

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> web.Response:
    """A CSV file to download, UTF-8 with the mark by which spreadsheets know it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return web.Response(
        body=b"\xef\xbb\xbf" + text.getvalue().encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def rows_of(raw: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV file by its own heads, each with its line's number. ValueError where it is no such file."""
    text = raw.decode("utf-8-sig")
    first = text.split("\n", 1)[0]
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ","
    )
    try:
        return [(reader.line_num, {k: _plain(v) for k, v in row.items() if k and isinstance(v, str)}) for row in reader]
    except csv.Error as error:
        raise ValueError(str(error)) from error


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
