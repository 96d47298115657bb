"""The query log, for admins."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogWords:
    """`switches` choose rows, `spans` days; the other tables name what the log holds, by its values."""

    title: str
    empty: str
    none_found: str
    unavailable: str
    gone: str
    switches: dict[str, str]
    spans: dict[str, str]
    back: str
    asker: str
    same_asker: str
    # One row
    answered: str
    unanswered: str
    read_as: str
    figures: str
    paragraphs: str
    votes: str
    rank: str
    took: str
    snapshot: str
    chat_kinds: dict[str, str]
    stages: dict[str, str]
    # What stayed unanswered
    gaps_title: str
    gaps_empty: str
    gaps_usage: str
    times: str
    latest: str
    wordings: str
    more: str
    # Statistics
    statistics_title: str
    statistics_usage: str
    asked: str
    answered_share: str
    timings: str
    top_questions: str
    top_articles: str
    unused_articles: str
    legend: str
    # Export
    export: str
    export_usage: str
    exporting: str
    exported: str
    exported_part: str
    export_cut: str
    export_failed: str
    # The daily digest
    digest_on: str
    digest_off: str
    digest_title: str
    digest_gaps: str
    digest_dislikes: str


CHINESE = LogWords(
    title="查询日志 · {count} 条",
    empty="还没有记录。",
    none_found="没有符合条件的记录。",
    unavailable="日志暂时无法读取，请稍后再试。",
    gone="这条记录已经不在了，请重新发送 /logs。",
    switches={"today": "今天", "week": "7 天", "unanswered": "未答", "downvoted": "👎"},
    spans={"7": "7 天", "30": "30 天", "all": "全部"},
    back="返回",
    asker="提问者 #{asker}",
    same_asker="此人的提问",
    answered="已答",
    unanswered="未答",
    read_as="读作：{question}",
    figures="数据",
    paragraphs="段落与得分",
    votes="评价",
    rank="第 {rank} 条",
    took="耗时 {milliseconds} ms",
    snapshot="索引 {name}",
    chat_kinds={
        "private": "私聊",
        "group": "群",
        "supergroup": "群",
        "channel": "频道",
        "inline": "内联",
    },
    stages={
        "understand": "理解",
        "search": "检索",
        "figures": "数据",
        "sentences": "句子",
        "spelling": "纠错",
    },
    gaps_title="未答的提问 · {count} 组",
    gaps_empty="没有未答的提问。",
    gaps_usage="用法：/unanswered，后面可加 7、30 或 all（天数）。",
    times="{count} 次",
    latest="最近 {time}",
    wordings="{count} 种问法",
    more="……另有 {count} 种问法",
    statistics_title="{first} 至 {last}",
    statistics_usage="用法：/stats，后面可加 7 或 30（天数）。",
    asked="提问 {asked} · 提问者 {askers}",
    answered_share="已答 {share}",
    timings="耗时：半数 ≤ {p50} ms，95% ≤ {p95} ms",
    top_questions="常问",
    top_articles="常用文章",
    unused_articles="没用到的文件 {count} 个",
    legend="🟦 已答　🟧 未答",
    export="导出 {form}",
    export_usage=(
        "用法：/export csv 或 /export xlsx，后面可加条件：今天、7天、未答、👎、#提问者、一个词。\n"
        "例如：/export xlsx 7天 未答"
    ),
    exporting="正在导出…",
    exported="{count} 条",
    exported_part="第 {part} 份，共 {parts} 份 · {count} 条",
    export_cut="记录太多，只导出了较新的 {count} 条。请缩小范围，或在服务器上用 wenju logs。",
    export_failed="导出没有成功，请稍后再试。",
    digest_on="已开启：每天 {time} 发来前一天的小结，没有提问的日子不发。再发一次 /digest 即关闭。",
    digest_off="已关闭每日小结。再发一次 /digest 即开启。",
    digest_title="{day} 小结",
    digest_gaps="未答最多",
    digest_dislikes="新的 👎",
)


ENGLISH = LogWords(
    title="Query log · {count}",
    empty="Nothing here yet.",
    none_found="No row meets these conditions.",
    unavailable="The log cannot be read just now. Please try again later.",
    gone="This row is not there any more. Please send /logs again.",
    switches={"today": "Today", "week": "7 days", "unanswered": "No answer", "downvoted": "👎"},
    spans={"7": "7 days", "30": "30 days", "all": "All"},
    back="Back",
    asker="asker #{asker}",
    same_asker="All of this asker",
    answered="Answered",
    unanswered="No answer",
    read_as="Read as: {question}",
    figures="Figures",
    paragraphs="Paragraphs and scores",
    votes="Votes",
    rank="result {rank}",
    took="Took {milliseconds} ms",
    snapshot="Index {name}",
    chat_kinds={
        "private": "private",
        "group": "group",
        "supergroup": "group",
        "channel": "channel",
        "inline": "inline",
    },
    stages={
        "understand": "understand",
        "search": "search",
        "figures": "figures",
        "sentences": "sentences",
        "spelling": "spelling",
    },
    gaps_title="Without an answer · {count} groups",
    gaps_empty="No question is without an answer.",
    gaps_usage="Usage: /unanswered, followed by 7, 30 or all (days) if you like.",
    times="{count}×",
    latest="last {time}",
    wordings="{count} wordings",
    more="… and {count} more wordings",
    statistics_title="{first} to {last}",
    statistics_usage="Usage: /stats, followed by 7 or 30 (days) if you like.",
    asked="{asked} questions · {askers} askers",
    answered_share="Answered {share}",
    timings="Time: half ≤ {p50} ms, 95% ≤ {p95} ms",
    top_questions="Most asked",
    top_articles="Most used",
    unused_articles="Files not used: {count}",
    legend="🟦 answered　🟧 no answer",
    export="Export {form}",
    export_usage=(
        "Usage: /export csv or /export xlsx, with conditions if you like: today, 7d, unanswered, 👎, #asker, "
        "a word.\nE.g. /export xlsx 7d unanswered"
    ),
    exporting="Exporting…",
    exported="{count} rows",
    exported_part="Part {part} of {parts} · {count} rows",
    export_cut=(
        "Too many rows: these are the latest {count}. Please narrow it down, or use wenju logs on the server."
    ),
    export_failed="The export failed. Please try again later.",
    digest_on="On: every day at {time} you get what was asked the day before, if anything. "
    "Send /digest again to turn it off.",
    digest_off="The daily digest is off. Send /digest again to turn it on.",
    digest_title="Digest of {day}",
    digest_gaps="Most asked without an answer",
    digest_dislikes="New 👎",
)
