"""The ready queries: what an admin asks of the log, in SQL, with Chinese titles and column names.

Days are those of this machine's time zone. The page makes links of some columns: see `pages`.
"""

from __future__ import annotations

from textwrap import dedent
from typing import Any

DAYS = 30  # that the charts show, today included

# Given `since`, a time in UTC as the log has it: every day from then on, or all of them where it is empty.
BY_DAY = """
    SELECT day AS 日期, count(*) AS 提问, sum(found) AS 找到,
           round(100.0 * avg(found), 1) AS "找到率（%）", count(DISTINCT asker) AS 人数,
           round(min(milliseconds) FILTER (WHERE share >= 0.50), 1) AS "p50（毫秒）",
           round(min(milliseconds) FILTER (WHERE share >= 0.95), 1) AS "p95（毫秒）"
    FROM (
        SELECT day, found, asker, milliseconds,
               cume_dist() OVER (PARTITION BY day ORDER BY milliseconds) AS share
        FROM (
            SELECT date(at, 'localtime') AS day, found, asker, milliseconds FROM queries WHERE at >= :since
        )
    )
    GROUP BY day ORDER BY day DESC LIMIT 366"""

QUERIES: dict[str, dict[str, Any]] = {
    "latest": {
        "title": "最新提问",
        "description": "最近的提问和答复，新的在前。",
        "sql": """
            SELECT datetime(at, 'localtime') AS 时间, question AS 问题, read_as AS 读作,
                   iif(found, '找到', '没找到') AS 结果, figure AS 数字, paragraph AS 首个段落,
                   round(milliseconds, 1) AS 毫秒, nullif(up, 0) AS 赞, nullif(down, 0) AS 踩, id AS 编号
            FROM overview ORDER BY at DESC LIMIT 200""",
    },
    "unanswered": {
        "title": "没找到答案的提问",
        "description": "文章里没有答案的问题，问得多的在前：该补充什么文章，看这里。",
        "sql": """
            SELECT coalesce(read_as, question) AS 问题, count(*) AS 次数, count(DISTINCT asker) AS 人数,
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
    "downvoted": {
        "title": "👎 的答复",
        "description": "每个 👎 一行，附理由和留言，新的在前。",
        "sql": """
            SELECT datetime(votes.at, 'localtime') AS 时间, question AS 问题, read_as AS 读作,
                   votes.rank + 1 AS 名次,
                   CASE votes.reason WHEN 'figure' THEN '数字不对' WHEN 'paragraph' THEN '段落不对'
                        WHEN 'missed' THEN '没找到' WHEN 'other' THEN '其他' END AS 理由,
                   votes.comment AS 留言, paragraphs.title AS 标题, paragraphs.text AS 所评段落,
                   overview.id AS 编号
            FROM votes JOIN overview ON overview.id = votes.query
            LEFT JOIN hits ON hits.query = votes.query AND hits.rank = votes.rank + 1
            LEFT JOIN paragraphs ON paragraphs.id = hits.paragraph
            WHERE votes.verdict = 'down' ORDER BY votes.at DESC LIMIT 200""",
    },
    "articles": {
        "title": "用得最多的文章",
        "description": "文章居首次数：它的段落排在答复第一的次数；命中次数：它的段落出现在答复里的次数。",
        "sql": """
            SELECT document AS 文件, title AS 标题,
                   count(DISTINCT CASE rank WHEN 1 THEN query END) AS 居首次数,
                   count(DISTINCT query) AS 命中次数, count(DISTINCT paragraph) AS 段落数
            FROM hits JOIN paragraphs ON paragraphs.id = hits.paragraph
            WHERE query IN (SELECT id FROM queries WHERE found)
            GROUP BY document, article ORDER BY 居首次数 DESC, 命中次数 DESC LIMIT 200""",
    },
    "by_day": {
        "title": "每天的情况",
        "description": "每天的提问、找到率、人数和耗时（95% 的提问不超过 p95）；可以只看某天以来的。",
        "params": ["since"],
        "sql": BY_DAY,
    },
    "slowest": {
        "title": "最慢的提问",
        "description": "按总耗时排列，附各步的毫秒数。",
        "sql": """
            SELECT coalesce(read_as, question) AS 问题, round(milliseconds, 1) AS 毫秒, stages AS 各步,
                   datetime(at, 'localtime') AS 时间, snapshot AS 索引, id AS 编号
            FROM queries ORDER BY milliseconds DESC LIMIT 200""",
    },
    "asker": {
        "title": "一位提问者的提问",
        "description": "填入提问者的散列；每个提问的页面上有链接，不必手写。",
        "params": ["asker"],
        "sql": """
            SELECT datetime(at, 'localtime') AS 时间, question AS 问题, read_as AS 读作,
                   iif(found, '找到', '没找到') AS 结果, paragraph AS 首个段落,
                   nullif(up, 0) AS 赞, nullif(down, 0) AS 踩, id AS 编号
            FROM overview WHERE id IN (SELECT id FROM queries WHERE asker = :asker)
            ORDER BY at DESC LIMIT 200""",
    },
    "word": {
        "title": "含某个词的提问",
        "description": "填入一个词，列出原话或读法里有它的提问。",
        "params": ["word"],
        "sql": """
            SELECT datetime(at, 'localtime') AS 时间, question AS 问题, read_as AS 读作,
                   iif(found, '找到', '没找到') AS 结果, paragraph AS 首个段落,
                   nullif(up, 0) AS 赞, nullif(down, 0) AS 踩, id AS 编号
            FROM overview
            WHERE :word <> '' AND instr(lower(question || ' ' || coalesce(read_as, '')), lower(:word))
            ORDER BY at DESC LIMIT 200""",
    },
}

# The figures of the front page, each of the time from `since` on.
SUMMARY = """
    SELECT count(*) AS asked, total(found) AS found, count(DISTINCT asker) AS askers,
           min(milliseconds) FILTER (WHERE share >= 0.95) AS p95,
           (SELECT count(*) FROM votes WHERE verdict = 'up' AND at >= :since) AS up,
           (SELECT count(*) FROM votes WHERE verdict = 'down' AND at >= :since) AS down
    FROM (SELECT found, asker, milliseconds, cume_dist() OVER (ORDER BY milliseconds) AS share
          FROM queries WHERE at >= :since)"""
HOURS = """
    SELECT CAST(strftime('%H', at, 'localtime') AS INTEGER) AS hour, count(*) AS asked, sum(found) AS found
    FROM queries WHERE at >= :since GROUP BY hour"""
LANGUAGES = """
    SELECT language, count(*) AS asked, sum(found) AS found
    FROM queries WHERE at >= :since GROUP BY language ORDER BY asked DESC LIMIT 8"""


def ready_queries() -> dict[str, dict[str, object]]:
    """Return the queries as Datasette's metadata has them."""
    return {
        name: {**query, "sql": dedent(query["sql"]).strip(), "hide_sql": True}
        for name, query in QUERIES.items()
    }
