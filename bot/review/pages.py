"""The Datasette plugin: what the page's templates are given, and which cells become links.

Everything that somebody typed reaches a page through Markup.format or an escaping template.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.utils import sqlite_timelimit, tilde_decode, tilde_encode
from datasette.utils.asgi import Response
from markupsafe import Markup
from sqlite_utils import Database

from bot.log.database import read_entry
from bot.review.charts import day_filter, read_figures
from bot.review.queries import DAYS
from bot.review.tables import (
    FILTERS,
    TABLES,
    VALUES,
    column_name,
    in_order,
    value_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from sqlite3 import Connection

    from datasette.app import Datasette
    from jinja2 import Environment

    from bot.log.entry import Entry
    from bot.review.charts import Figures

HEALTH = "/-/health"  # says whether the log can be read, and nothing of what is in it
LONGEST_COUNT = 5000  # milliseconds that the front page's figures may take
LONGEST_TEXT = 120  # characters of a text in a list
# By a cell's table (None in a query) and column: the table of the row it leads to, and the column of that id.
ROWS = {
    (None, "问题"): ("queries", "编号"),
    (None, "编号"): ("queries", "编号"),
    ("queries", "question"): ("queries", "id"),
    ("overview", "question"): ("queries", "id"),
    ("overview", "id"): ("queries", "id"),
    ("paragraphs", "title"): ("paragraphs", "id"),
}
QUERIES_OF_PARAGRAPH = """
    SELECT queries.id, queries.at, coalesce(read_as, question) AS question, found, rank
    FROM hits JOIN queries ON queries.id = hits.query
    WHERE hits.paragraph = ? ORDER BY queries.at DESC LIMIT 50"""


@hookimpl  # type: ignore[untyped-decorator]  # datasette has no types
def prepare_jinja2_environment(env: Environment) -> None:
    env.filters |= {
        "column_name": column_name,
        "value_name": value_name,
        "in_order": in_order,
        "local": local,
        "tilde": tilde_encode,
        "pieces": pieces,
    }
    env.globals |= {"TABLES": TABLES, "FILTERS": FILTERS, "DAYS": DAYS}


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Any]]:
    return [("^/$", front), (f"^{HEALTH}$", health)]


@hookimpl  # type: ignore[untyped-decorator]
def extra_template_vars(template: str, table: str | None, request: Any, datasette: Datasette) -> Any:  # noqa: ANN401 - datasette has no types
    """Give the front page its figures, a question's page its answer, a paragraph's page its questions."""
    return lambda: _variables(template, table, request, _log(datasette))


@hookimpl  # type: ignore[untyped-decorator]
def render_cell(
    row: Mapping[str, Any], value: object, column: str, table: str | None, datasette: Datasette
) -> Markup | None:
    """Let questions, files and days lead to their rows, and values have their names."""
    if isinstance(value, float):
        return Markup(f"{value:.1f}")  # noqa: S704 - digits only
    if not isinstance(value, str | int):
        return None
    text = str(value)
    if path := _path(row, text, column, table):
        link = f"{datasette.urls.database(_log(datasette).name)}/{path}"
        return Markup('<a href="{}">{}</a>').format(link, _short(text))
    if table is not None and (column, text) in VALUES:
        return Markup('<span class="is-{}-{}">{}</span>').format(column, text, value_name(text, column))
    if table is not None and column == "at":
        return Markup("<time>{}</time>").format(local(text))
    return None


async def _variables(template: str, table: str | None, request: Any, log: Any) -> dict[str, object]:  # noqa: ANN401 - datasette has no types
    if template == "database.html":
        return {"figures": await log.execute_fn(_figures)}
    if (template, table) == ("row.html", "queries"):
        row_id = tilde_decode(request.url_vars["pks"])
        return {"entry": await log.execute_fn(lambda connection: _entry(connection, row_id))}
    if (template, table) == ("row.html", "paragraphs"):
        found = await log.execute(QUERIES_OF_PARAGRAPH, [tilde_decode(request.url_vars["pks"])])
        return {"asked": [dict(row) for row in found.rows]}
    return {}


async def front(datasette: Datasette) -> Any:  # noqa: ANN401 - datasette has no types
    return Response.redirect(datasette.urls.database(_log(datasette).name))


async def health(datasette: Datasette) -> Any:  # noqa: ANN401 - datasette has no types
    await _log(datasette).execute("SELECT 1 FROM queries LIMIT 1")
    return Response.text("ok")


def local(at: str) -> str:
    """Return the log's UTC as this machine's time, to the minute; what is no time stays as it is."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return at
    return f"{(moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone():%Y-%m-%d %H:%M}"


def pieces(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Cut a text at its spans: each piece with whether it lies in one."""
    done = 0
    for start, end in sorted(spans):
        if start >= done:
            yield text[done:start], False
        yield text[max(start, done) : end], True
        done = max(done, end)
    yield text[done:], False


def _path(row: Mapping[str, Any], value: str, column: str, table: str | None) -> str | None:
    """Return where a cell leads, from the database's own page; `table` is None for a query's rows."""
    target, key = ROWS.get((table, column), ("", ""))
    if key in row.keys():  # noqa: SIM118 - sqlite3.Row has no other way to ask
        return f"{target}/{tilde_encode(str(row[key]))}"
    if (table, column) == (None, "文件"):
        return f"paragraphs?{urlencode({'document': value})}"
    if (table, column) == (None, "日期") and (day := _day(value)):
        return f"queries?{day_filter(day)}"
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def _entry(connection: Connection, row_id: str) -> Entry | None:
    return read_entry(Database(connection, execute_plugins=False), row_id)


def _figures(connection: Connection) -> Figures | None:
    """Return None where the log is too large for its figures to be counted in time."""
    try:
        with sqlite_timelimit(connection, LONGEST_COUNT):
            return read_figures(connection)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return None


def _log(datasette: Datasette) -> Any:  # noqa: ANN401 - datasette has no types
    return datasette.get_database()
