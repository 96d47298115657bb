"""The query log as a web page: Datasette over the live database, with questions ready to ask of it.

It reads only: the bot may be writing meanwhile, and what it writes is there at the next look.
"""

from __future__ import annotations

import socket
import sqlite3
import sys
from contextlib import suppress
from inspect import cleandoc
from typing import TYPE_CHECKING, Any

import uvicorn
from datasette import hookimpl
from datasette.app import Datasette
from datasette.plugins import pm
from markupsafe import Markup
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bot.log_database import QueryLogError, connect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOOPBACK = ["127.0.0.1", "localhost"]
SETTINGS = {
    "sql_time_limit_ms": 5000,
    "allow_download": False,
    "default_page_size": 50,
    "truncate_cells_html": 120,
}
ID = "编号"  # what the ready queries call a row's id

QUERIES = {
    "latest": {
        "title": "最新提问",
        "description": "最近的提问和答复，新的在前。",
        "sql": """
            SELECT datetime(at, 'localtime') AS 时间, question AS 问题, read_as AS 读作,
                   iif(found, '是', '否') AS 找到, figure AS 数字, paragraph AS 首个段落,
                   round(milliseconds, 1) AS 毫秒, up AS 赞, down AS 踩, id AS 编号
            FROM overview ORDER BY at DESC LIMIT 200""",
    },
    "unanswered": {
        "title": "没找到答案的提问",
        "description": "文章里没有答案的问题，问得多的在前：该补充什么文章，看这里。",
        "sql": """
            SELECT coalesce(read_as, question) AS 问题, count(*) AS 次数,
                   datetime(max(at), 'localtime') AS 最近一次, max(id) AS 编号
            FROM queries WHERE found = 0 GROUP BY normal ORDER BY 次数 DESC, max(at) DESC LIMIT 200""",
    },
    "most_asked": {
        "title": "问得最多的问题",
        "description": "只是写法不同的问题算作一个。",
        "sql": """
            SELECT coalesce(read_as, question) AS 问题, count(*) AS 次数, count(DISTINCT asker) AS 人数,
                   sum(found) AS 找到次数, datetime(max(at), 'localtime') AS 最近一次, max(id) AS 编号
            FROM queries GROUP BY normal ORDER BY 次数 DESC, max(at) DESC LIMIT 200""",
    },
    "slowest": {
        "title": "最慢的提问",
        "description": "按总耗时排列，附各步的毫秒数。",
        "sql": """
            SELECT coalesce(read_as, question) AS 问题, round(milliseconds, 1) AS 毫秒, stages AS 各步,
                   datetime(at, 'localtime') AS 时间, snapshot AS 索引, id AS 编号
            FROM queries ORDER BY milliseconds DESC LIMIT 200""",
    },
    "downvoted": {
        "title": "👎 的答复",
        "description": "得了 👎 的答复，多的在前。",
        "sql": """
            SELECT datetime(at, 'localtime') AS 时间, question AS 问题, read_as AS 读作,
                   figure AS 数字, title AS 标题, paragraph AS 首个段落, up AS 赞, down AS 踩, id AS 编号
            FROM overview WHERE id IN (SELECT query FROM votes WHERE verdict = 'down')
            ORDER BY down DESC, at DESC LIMIT 200""",
    },
}

TABLES: dict[str, dict[str, Any]] = {
    "overview": {
        "title": "一览",
        "description": "每次提问一行：问题、数字、首个段落、评价。",
        "sort_desc": "at",
    },
    "queries": {
        "title": "提问",
        "description": "每次提问一行；点开一行，可见它命中的段落和数字。",
        "sort_desc": "at",
        "label_column": "question",
        "facets": ["found", "source", "chat_kind", "language"],
        "columns": {
            "at": "时间（UTC）",
            "question": "原话",
            "read_as": "追问补全后的读法",
            "suggestion": "您是不是要问",
            "normal": "归一后的写法",
            "terms": "检索词",
            "wanted": "问的是哪一类数字",
            "found": "1 为找到，0 为没找到",
            "near": "没找到时，首个段落是否仍值得一看",
            "milliseconds": "总耗时（毫秒）",
            "stages": "各步耗时（毫秒）",
            "snapshot": "所用索引",
            "asker": "提问者：加密钥的散列，不是 Telegram 的编号",
            "chat": "聊天：加密钥的散列，不是 Telegram 的编号",
        },
    },
    "paragraphs": {
        "title": "段落",
        "description": "答复用过的段落原文。",
        "label_column": "title",
        "facets": ["document"],
    },
    "hits": {
        "title": "命中的段落",
        "description": "每次提问命中的段落，rank 为 1 的最好。",
        "columns": {
            "answering": "回答问题的句子在段落中的位置",
            "continued": "列举延续到的后续段落",
            "same_as": "与哪个更靠前的段落几乎相同",
        },
    },
    "figures": {
        "title": "命中的数字",
        "description": "每次提问命中的数字，rank 为 1 的最好。",
        "facets": ["kind"],
    },
    "votes": {
        "title": "评价",
        "description": "一人一票，可以改。",
        "sort_desc": "at",
        "facets": ["verdict"],
        "columns": {"rank": "所评段落的名次，从 0 起"},
    },
}


class AddressError(QueryLogError):
    """The page's address cannot be used."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"{host}:{port} 用不了：{reason}")
        self.host = host
        self.port = port


@hookimpl  # type: ignore[untyped-decorator]  # datasette has no types
def render_cell(
    value: object, column: str, table: str | None, database: str, datasette: Datasette
) -> Markup | None:
    """Let the ids in the ready queries and in the overview lead to their rows; leave other cells alone."""
    if value is None or (table, column) not in {(None, ID), ("overview", "id")}:
        return None
    link = datasette.urls.row(database, "queries", str(value))
    return Markup('<a href="{}">{}</a>').format(link, value)


def serve(
    query_log: Path, host: str = "127.0.0.1", port: int = 8601, *, ready: Callable[[str], None] | None = None
) -> None:
    """Serve the page until interrupted. An empty log is made where there is none.

    `ready` is called with the page's address once it is listening; port 0 takes a free one. The page asks for
    no password: a `host` other than this machine's own is the caller's decision. Raise AddressError,
    QueryLogError or NewerSchemaError.
    """
    try:
        query_log.parent.mkdir(parents=True, exist_ok=True)
        connect(query_log).close()
    except (OSError, sqlite3.DatabaseError) as error:
        raise QueryLogError(f"查询日志打不开：{query_log}（{error}）") from error
    with _listen(host, port) as listener:
        app = application(query_log)
        if host in LOOPBACK:
            # Another website may have its own name point here; a browser then tells that name.
            app = TrustedHostMiddleware(app, LOOPBACK)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        if ready:
            ready(f"http://{host}:{listener.getsockname()[1]}/{query_log.stem}")
        with suppress(KeyboardInterrupt):  # uvicorn has stopped in good order and passes it on
            server.run(sockets=[listener])


def application(query_log: Path) -> Any:  # noqa: ANN401 - an ASGI application, which Datasette leaves untyped
    if not pm.has_plugin(__name__):
        pm.register(sys.modules[__name__], __name__)  # this module is the plugin: see render_cell
    return Datasette([str(query_log)], metadata=metadata(query_log.stem), settings=SETTINGS).app()


def metadata(database: str) -> dict[str, Any]:
    return {
        "title": "问据 · 查询日志",
        "description": "大家问了什么，答了什么，评价如何。",
        "databases": {
            database: {
                "title": "查询日志",
                "description": "下方有现成的查询；各表可以筛选、排序，也可以导出为 CSV 或 JSON。",
                "queries": {
                    name: {**query, "sql": cleandoc(query["sql"]), "hide_sql": True}
                    for name, query in QUERIES.items()
                },
                "tables": TABLES,
            }
        },
    }


def _listen(host: str, port: int) -> socket.socket:
    """Bind before anything else starts, so that a taken port is one clear error."""
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise AddressError(host, port, error.strerror or str(error)) from error
