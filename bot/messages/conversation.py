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
    start_examples: str
    start_group: str
    help: str
    admin_help: str
    unknown_command: str
    forwarded_command: str
    small_talk: str
    ask_for_question: str
    text_only: str
    failed: str
    previous_page: str
    next_page: str
    your_id: str
    group_id: str
    refused: str


CHINESE = ConversationWords(
    commands={
        "ask": "提问：/ask 加上问题",
        "language": "界面语言",
        "forget": "删除我的提问记录",
        "help": "使用说明",
    },
    group_commands={"ask": "提问：/ask 加上问题", "help": "使用说明"},
    admin_commands={
        "documents": "文库里的文件",
        "restore": "回收站",
        "reindex": "重建索引",
        "logs": "查询日志",
        "unanswered": "未答的提问",
        "stats": "统计图表",
        "export": "导出日志",
        "digest": "每日小结",
        "curated": "核对过的问答",
    },
    start="您好！我从文库的文章里找出能回答问题的段落和数据，并注明出处。",
    start_examples="直接发送问题即可，用法见 /help。也可以先试试：",
    start_group="您好！在群里用 /ask 加上问题，或 @我、回复我，我就从文库里找答案。",
    help=(
        "直接发送问题即可，例如：2021年进出口总额是多少？\n\n"
        "· 只摘录原文，不会编造；“上下文”看前后段落，“全文”取原文件\n"
        "· 可以追问：那2020年呢？\n"
        "· 问“有哪些”，会列出全部；问“历年”，会列表并画图\n"
        "· 也可以问有什么图，或把问题拍照发来\n"
        "· 可一次问几个问题；改了问题，答案也改\n"
        "· 回复一段话提问，先从那篇文章里找\n"
        "· 在群里用 /ask 提问，或 @我、回复我\n"
        "· 在别的聊天里输入我的 @用户名 和问题，可引用答案\n"
        "· 👍 👎 告诉我们答得好不好"
    ),
    admin_help=(
        "管理员：发来文件即加入文库，/documents 管理文件，/reindex 重建索引\n"
        "/logs 查询日志，/unanswered 未答的提问，/stats 统计，/export 导出，/digest 每日小结\n"
        "/curated 核对过的问答，回复一条答案发送 /pin 即可核对\n"
        "/restore 回收站，/invite 邀请，/id 编号"
    ),
    unknown_command="没有这个命令。直接发送问题即可，或看 /help。",
    forwarded_command="转发来的命令不会执行，请自己发送。",
    small_talk="我在，请直接发送问题，用法见 /help。",
    ask_for_question="请在 /ask 后面写上问题，例如：\n/ask 2021年进出口总额是多少",
    text_only="抱歉，这种消息我看不懂，请用文字提问。",
    failed="抱歉，刚才出了点问题，请稍后再试。",
    previous_page="‹ 上一页",
    next_page="下一页 ›",
    your_id="您的编号：{id}",
    group_id="这个群的编号：{id}",
    refused="抱歉，此功能仅限管理员使用。",
)


ENGLISH = ConversationWords(
    commands={
        "ask": "Ask: /ask and your question",
        "language": "Language",
        "forget": "Delete my questions",
        "help": "How to use this bot",
    },
    group_commands={"ask": "Ask: /ask and your question", "help": "How to use this bot"},
    admin_commands={
        "documents": "Files of the library",
        "restore": "Trash",
        "reindex": "Rebuild the index",
        "logs": "Query log",
        "unanswered": "Questions without an answer",
        "stats": "Statistics with a chart",
        "export": "Export the log",
        "digest": "Daily digest",
        "curated": "Checked answers",
    },
    start="Hello! I find the paragraphs and figures that answer your question, with their source.",
    start_examples="Just send a question; /help tells more. Or try one of these:",
    start_group="Hello! In groups use /ask and a question, mention me, or reply to me.",
    help=(
        "Just send a question, e.g. 2021年进出口总额是多少？\n\n"
        "· Only the original text is quoted; “Context” shows what is around it, “Full text” sends the file\n"
        "· Follow-ups work: 那2020年呢？\n"
        "· A question for a list (有哪些) lists everything, one for a course (历年) draws a chart\n"
        "· Ask for pictures, or send a photo of your question\n"
        "· Ask several questions in one message; edit it, and the answers follow\n"
        "· Reply to a text with a question: its article is searched first\n"
        "· In groups use /ask, mention me, or reply to me\n"
        "· In any chat type my @username and a question to quote an answer\n"
        "· 👍 👎 tell us how good an answer is"
    ),
    admin_help=(
        "Admins: send a file to add it, /documents lists the files, /reindex rebuilds the index\n"
        "/logs shows the query log, /unanswered what was not found, /stats a chart, /export sends files, "
        "/digest a summary every day\n"
        "/curated lists checked answers; reply to an answer with /pin to check it\n"
        "/restore is the trash, /invite invites, /id tells ids"
    ),
    unknown_command="No such command. Just send a question, or see /help.",
    forwarded_command="A forwarded command is not carried out. Please send it yourself.",
    small_talk="I am here. Just send a question, or see /help.",
    ask_for_question="Please write the question after /ask, e.g.\n/ask 2021年进出口总额是多少",
    text_only="Sorry, I cannot read this kind of message. Please type your question.",
    failed="Sorry, something went wrong. Please try again in a moment.",
    previous_page="‹ Previous",
    next_page="Next ›",
    your_id="Your id: {id}",
    group_id="This group's id: {id}",
    refused="Sorry, this is for administrators only.",
)
