"""Who may use the bot, in which language, and what it forgets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccessWords:
    closed: str
    language_choice: str
    language_chosen: str
    language_automatic: str


CHINESE = AccessWords(
    closed="抱歉，这个机器人只为受邀的人服务。请向管理员要一个邀请链接。",
    language_choice="请选择界面语言：",
    language_chosen="好的，以后用简体中文。",
    language_automatic="跟随 Telegram",
)


ENGLISH = AccessWords(
    closed="Sorry, this bot serves invited people only. Please ask an administrator for an invitation link.",
    language_choice="Please choose a language:",
    language_chosen="All right, English from now on.",
    language_automatic="As Telegram has it",
)
