"""Greetings, help, menus, and what is said to what the bot cannot serve."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConversationWords:
    """The commands' descriptions are in the order of the menu."""

    commands: dict[str, str]
    group_commands: dict[str, str]
    admin_commands: dict[str, str]
    start: str
    help: str
    admin_help: str
    unknown_command: str
    ask_for_question: str
    text_only: str
    failed: str
    refused: str


CHINESE = ConversationWords(
    commands={"ask": "提问：/ask 加上问题", "language": "界面语言", "help": "使用说明"},
    group_commands={"ask": "提问：/ask 加上问题", "help": "使用说明"},
    admin_commands={
        "documents": "文库里的文件",
        "restore": "回收站",
        "reindex": "重建索引",
        "logs": "查询日志",
    },
    start="您好！我从文库的文章里找出能回答问题的段落和数据，并注明出处。",
    help=(
        "直接发送问题即可，例如：2021年进出口总额是多少？\n\n"
        "· 只摘录原文，不作改写，不会编造\n"
        "· 点“上下文”可看前后段落\n"
        "· 在群里用 /ask 提问，或 @我、回复我"
    ),
    admin_help="管理员：发来文件即加入文库，/documents 管理文件，/reindex 重建索引，/logs 查询日志",
    unknown_command="没有这个命令。直接发送问题即可，或看 /help。",
    ask_for_question="请在 /ask 后面写上问题，例如：\n/ask 2021年进出口总额是多少",
    text_only="抱歉，我只看得懂文字，请用文字提问。",
    failed="抱歉，刚才出了点问题，请稍后再试。",
    refused="抱歉，此功能仅限管理员使用。",
)


ENGLISH = ConversationWords(
    commands={"ask": "Ask: /ask and your question", "language": "Language", "help": "How to use this bot"},
    group_commands={"ask": "Ask: /ask and your question", "help": "How to use this bot"},
    admin_commands={
        "documents": "Files of the library",
        "restore": "Trash",
        "reindex": "Rebuild the index",
        "logs": "Query log",
    },
    start="Hello! I find the paragraphs and figures that answer your question, with their source.",
    help=(
        "Just send a question, e.g. 2021年进出口总额是多少？\n\n"
        "· Only the original text is quoted, nothing is made up\n"
        "· “Context” shows the paragraphs around it\n"
        "· In groups use /ask, mention me, or reply to me"
    ),
    admin_help=(
        "Admins: send a file to add it, /documents lists the files, /reindex rebuilds the index, "
        "/logs shows the query log"
    ),
    unknown_command="No such command. Just send a question, or see /help.",
    ask_for_question="Please write the question after /ask, e.g.\n/ask 2021年进出口总额是多少",
    text_only="Sorry, I only understand text. Please type your question.",
    failed="Sorry, something went wrong. Please try again in a moment.",
    refused="Sorry, this is for administrators only.",
)
