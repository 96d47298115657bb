"""Every word the bot says, once for each language; it knows no HTML.

A text may hold `{placeholders}`, the same ones in each language. Figures, paragraphs and titles are never
translated: they are the evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telegram import User


@dataclass(frozen=True, slots=True)
class Words:
    """All texts of one language. The commands' descriptions are in the order of the menu."""

    # Commands
    commands: dict[str, str]
    admin_commands: dict[str, str]

    # Conversation
    start: str
    help: str
    admin_help: str
    unknown_command: str
    ask_for_question: str
    text_only: str
    failed: str

    # Answers
    read_as: str
    not_found: str
    rephrase: str
    perhaps: str
    did_you_mean: str
    no_index: str
    no_index_admin: str
    also: str
    between: str
    in_result: str
    elsewhere: str
    elsewhere_more: str

    # Buttons and what pressing them says
    previous: str
    next: str
    context: str
    back: str
    ask_that: str
    thanks: str
    gone: str
    text_changed: str

    # Administration
    refused: str
    reindex_running: str
    reindex_started: str
    reindex_progress: str
    reindex_done: str
    reindex_skipped: str
    reindex_more: str
    reindex_failed: str
    logs_title: str
    logs_title_unanswered: str
    logs_empty: str
    logs_unavailable: str
    newer: str
    older: str
    only_unanswered: str
    show_all: str

    # Dates: (year), (year, month), (year, month, day)
    year: str
    month: str
    day: str


SIMPLIFIED = Words(
    commands={"ask": "提问：/ask 加上问题", "help": "使用说明"},
    admin_commands={"reindex": "重建索引", "logs": "查询日志"},
    start="您好！我从文库的文章里找出能回答问题的段落和数据，并注明出处。",
    help=(
        "直接发送问题即可，例如：2021年进出口总额是多少？\n\n"
        "· 只摘录原文，不作改写，不会编造\n"
        "· 点“上下文”可看前后段落\n"
        "· 在群里用 /ask 提问，或 @我、回复我"
    ),
    admin_help="管理员：/reindex 重建索引，/logs 查询日志",
    unknown_command="没有这个命令。直接发送问题即可，或看 /help。",
    ask_for_question="请在 /ask 后面写上问题，例如：\n/ask 2021年进出口总额是多少",
    text_only="抱歉，我只看得懂文字，请用文字提问。",
    failed="抱歉，刚才出了点问题，请稍后再试。",
    read_as="按“{question}”作答",
    not_found="未找到能回答这个问题的内容。",
    rephrase="可以换个说法，或写上更具体的名称、年份、指标。",
    perhaps="也许相关：",
    did_you_mean="您是不是想问：{question}",
    no_index="文库还没有准备好，请稍后再来。",
    no_index_admin="还没有索引，请先发送 /reindex。",
    also="另有：{figures}",
    between="；",
    in_result="见第 {number} 条",
    elsewhere="另见：{titles}",
    elsewhere_more="另见：{titles} 等 {count} 篇",
    previous="‹ 上一条",
    next="下一条 ›",
    context="上下文",
    back="‹ 返回",
    ask_that="是，就问这个",
    thanks="谢谢反馈！",
    gone="这条记录已不在了，请重新提问。",
    text_changed="原文已更新，看不到上下文了。",
    refused="抱歉，此功能仅限管理员使用。",
    reindex_running="索引正在重建，请稍候。",
    reindex_started="正在重建索引…",
    reindex_progress="正在重建索引… {done}/{total}",
    reindex_done=(
        "索引已更新，用时 {seconds} 秒\n"
        "文件 {files} 个：读取 {read}，未变 {unchanged}，移除 {removed}\n"
        "文档 {documents} 篇，段落 {paragraphs} 个，数据 {figures} 条"
    ),
    reindex_skipped="未能读取 {count} 个：",
    reindex_more="……另有 {count} 个",
    reindex_failed="重建失败，仍使用原来的索引：{reason}",
    logs_title="查询日志 · 共 {count} 条",
    logs_title_unanswered="未答的提问 · 共 {count} 条",
    logs_empty="还没有记录。",
    logs_unavailable="日志暂时无法读取，请稍后再试。",
    newer="‹ 较新",
    older="较早 ›",
    only_unanswered="只看未答",
    show_all="查看全部",
    year="{year}年",
    month="{year}年{month}月",
    day="{year}年{month}月{day}日",
)

TRADITIONAL = Words(
    commands={"ask": "提問：/ask 加上問題", "help": "使用說明"},
    admin_commands={"reindex": "重建索引", "logs": "查詢日誌"},
    start="您好！我從文庫的文章裡找出能回答問題的段落和數據，並註明出處。",
    help=(
        "直接傳送問題即可，例如：2021年進出口總額是多少？\n\n"
        "· 只摘錄原文，不作改寫，不會編造\n"
        "· 點「上下文」可看前後段落\n"
        "· 在群組裡用 /ask 提問，或 @我、回覆我"
    ),
    admin_help="管理員：/reindex 重建索引，/logs 查詢日誌",
    unknown_command="沒有這個指令。直接傳送問題即可，或看 /help。",
    ask_for_question="請在 /ask 後面寫上問題，例如：\n/ask 2021年進出口總額是多少",
    text_only="抱歉，我只看得懂文字，請用文字提問。",
    failed="抱歉，剛才出了點問題，請稍後再試。",
    read_as="按「{question}」作答",
    not_found="未找到能回答這個問題的內容。",
    rephrase="可以換個說法，或寫上更具體的名稱、年份、指標。",
    perhaps="也許相關：",
    did_you_mean="您是不是想問：{question}",
    no_index="文庫還沒有準備好，請稍後再來。",
    no_index_admin="還沒有索引，請先傳送 /reindex。",
    also="另有：{figures}",
    between="；",
    in_result="見第 {number} 條",
    elsewhere="另見：{titles}",
    elsewhere_more="另見：{titles} 等 {count} 篇",
    previous="‹ 上一條",
    next="下一條 ›",
    context="上下文",
    back="‹ 返回",
    ask_that="是，就問這個",
    thanks="謝謝回饋！",
    gone="這條記錄已不在了，請重新提問。",
    text_changed="原文已更新，看不到上下文了。",
    refused="抱歉，此功能僅限管理員使用。",
    reindex_running="索引正在重建，請稍候。",
    reindex_started="正在重建索引…",
    reindex_progress="正在重建索引… {done}/{total}",
    reindex_done=(
        "索引已更新，用時 {seconds} 秒\n"
        "檔案 {files} 個：讀取 {read}，未變 {unchanged}，移除 {removed}\n"
        "文件 {documents} 篇，段落 {paragraphs} 個，數據 {figures} 條"
    ),
    reindex_skipped="未能讀取 {count} 個：",
    reindex_more="……另有 {count} 個",
    reindex_failed="重建失敗，仍使用原來的索引：{reason}",
    logs_title="查詢日誌 · 共 {count} 條",
    logs_title_unanswered="未答的提問 · 共 {count} 條",
    logs_empty="還沒有記錄。",
    logs_unavailable="日誌暫時無法讀取，請稍後再試。",
    newer="‹ 較新",
    older="較早 ›",
    only_unanswered="只看未答",
    show_all="查看全部",
    year="{year}年",
    month="{year}年{month}月",
    day="{year}年{month}月{day}日",
)

ENGLISH = Words(
    commands={"ask": "Ask: /ask and your question", "help": "How to use this bot"},
    admin_commands={"reindex": "Rebuild the index", "logs": "Query log"},
    start="Hello! I find the paragraphs and figures that answer your question, with their source.",
    help=(
        "Just send a question, e.g. 2021年进出口总额是多少？\n\n"
        "· Only the original text is quoted, nothing is made up\n"
        "· “Context” shows the paragraphs around it\n"
        "· In groups use /ask, mention me, or reply to me"
    ),
    admin_help="Admins: /reindex rebuilds the index, /logs shows the query log",
    unknown_command="No such command. Just send a question, or see /help.",
    ask_for_question="Please write the question after /ask, e.g.\n/ask 2021年进出口总额是多少",
    text_only="Sorry, I only understand text. Please type your question.",
    failed="Sorry, something went wrong. Please try again in a moment.",
    read_as="Read as: {question}",
    not_found="Nothing found that answers this question.",
    rephrase="Try other words, or name the place, year or figure you mean.",
    perhaps="Perhaps related:",
    did_you_mean="Did you mean: {question}",
    no_index="The library is not ready yet. Please come back later.",
    no_index_admin="There is no index yet. Please send /reindex first.",
    also="Also: {figures}",
    between="; ",
    in_result="see result {number}",
    elsewhere="Also in: {titles}",
    elsewhere_more="Also in: {titles} and others, {count} in all",
    previous="‹ Previous",
    next="Next ›",
    context="Context",
    back="‹ Back",
    ask_that="Yes, ask that",
    thanks="Thank you!",
    gone="This record is gone. Please ask again.",
    text_changed="The text has changed since, its context cannot be shown.",
    refused="Sorry, this is for administrators only.",
    reindex_running="The index is being rebuilt already, please wait.",
    reindex_started="Rebuilding the index…",
    reindex_progress="Rebuilding the index… {done}/{total}",
    reindex_done=(
        "Index updated in {seconds} s\n"
        "Files: {files} ({read} read, {unchanged} unchanged, {removed} removed)\n"
        "Documents: {documents}, paragraphs: {paragraphs}, figures: {figures}"
    ),
    reindex_skipped="Could not read {count}:",
    reindex_more="… and {count} more",
    reindex_failed="Rebuilding failed, the old index stays in use: {reason}",
    logs_title="Query log · {count} in all",
    logs_title_unanswered="Unanswered · {count} in all",
    logs_empty="Nothing here yet.",
    logs_unavailable="The log cannot be read just now. Please try again later.",
    newer="‹ Newer",
    older="Older ›",
    only_unanswered="Unanswered only",
    show_all="Show all",
    year="{year}",
    month="{year}-{month:0>2}",
    day="{year}-{month:0>2}-{day:0>2}",
)

_TRADITIONAL_TAGS = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


def words_for(language_code: str | None) -> Words:
    """Choose by a Telegram user's language (an IETF tag); simplified Chinese where it is not known."""
    tag = (language_code or "").lower().replace("_", "-")
    if tag.startswith(_TRADITIONAL_TAGS):
        return TRADITIONAL
    return ENGLISH if tag.split("-")[0] == "en" else SIMPLIFIED


def words_of(user: User | None) -> Words:
    return words_for(user.language_code if user else None)
