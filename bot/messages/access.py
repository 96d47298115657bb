"""Who may use the bot, in which language, how often, and what it forgets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccessWords:
    closed: str
    too_many: str
    flood: str
    privacy: str

    # Invitations
    invite_open: str
    invite_link: str
    invite_days: str
    group_admitted: str
    invitations: str
    invitations_none: str
    invitation_of_link: str
    invitation_over: str
    invitation_of_group: str
    invitation_gone: str
    show_invitations: str
    withdraw: str
    withdraw_sure: str
    withdraw_yes: str
    withdrawn: str
    welcome: str
    invitation_invalid: str

    # What is kept of a person
    forget_sure: str
    forget_yes: str
    forget_no: str
    forget_done: str
    forget_kept: str
    forget_failed: str
    forget_others: str

    # Language
    language_choice: str
    language_chosen: str
    language_automatic: str


CHINESE = AccessWords(
    closed="抱歉，这个机器人只为受邀的人服务。请向管理员要一个邀请链接。",
    too_many="您问得有点快，请过 {seconds} 秒再问。",
    flood="您一下子发得太多，最后几条没有收下，请稍后再发。",
    privacy=(
        "提醒：群里的普通消息我看不到（Telegram 的隐私模式），请大家用 /ask 提问或回复我。\n\n"
        "要让我看到 @提及：在 @BotFather 发送 /setprivacy，选 Disable，再把我重新拉进群。"
    ),
    invite_open="现在人人都可以用，不需要邀请。\n要改为仅限受邀者，请设置 WENJU_ACCESS=closed 后重启。",
    invite_link="邀请链接，{date} 前有效，可转给多人：\n{link}\n\n想让整个群都能用，在那个群里发 /invite。",
    invite_days="有效天数应为 1 到 365，例如：/invite 30",
    group_admitted="好的，这个群里的人都可以提问了。",
    invitations="现有的邀请：",
    invitations_none="现在没有邀请。",
    invitation_of_link="链接 · {made} 发出，{expires} 前有效 · 已加入 {guests} 人",
    invitation_over="链接 · {made} 发出，已过期 · 已加入 {guests} 人",
    invitation_of_group="群“{title}” · {made}",
    invitation_gone="这个邀请已不在了。",
    show_invitations="全部邀请",
    withdraw="撤销",
    withdraw_sure="撤销后，由它加入的人就不能再用了。确定吗？",
    withdraw_yes="确定撤销",
    withdrawn="已撤销，{guests} 个访问权已收回。",
    welcome="欢迎！您现在可以提问了，直接发送问题即可。用法见 /help。",
    invitation_invalid="这个邀请已失效，请向管理员要一个新的。",
    forget_sure="将删除您的全部提问记录、评价和个人设置，本机备份中的也一并删除，不能恢复。确定吗？",
    forget_yes="确定删除",
    forget_no="取消",
    forget_done="已删除，提问记录共 {count} 条。",
    forget_kept="好的，什么都没有删除。",
    forget_failed="还没有全部删除，请稍后再发送 /forget。",
    forget_others="这是别人的请求，您可以自己发送 /forget。",
    language_choice="请选择界面语言：",
    language_chosen="界面语言已更改。",
    language_automatic="跟随 Telegram",
)


ENGLISH = AccessWords(
    closed="Sorry, this bot serves invited people only. Please ask an administrator for an invitation link.",
    too_many="That was a little fast. Please ask again in {seconds} s.",
    flood="That was too much at once: your last messages were not taken. Please send them again later.",
    privacy=(
        "Note: I cannot see ordinary group messages (Telegram's privacy mode): use /ask or reply to me."
        "\n\nTo let me see mentions: send /setprivacy to @BotFather, choose Disable, then add me to the group"
        " again."
    ),
    invite_open=(
        "Everybody may use the bot now, no invitation is needed.\n"
        "To serve invited people only, set WENJU_ACCESS=closed and restart."
    ),
    invite_link=(
        "Invitation link, valid until {date}, for several people:\n{link}\n\n"
        "To let in a whole group, send /invite in that group."
    ),
    invite_days="The days should be 1 to 365, e.g. /invite 30",
    group_admitted="All right, everybody in this group may ask now.",
    invitations="Invitations:",
    invitations_none="There are no invitations now.",
    invitation_of_link="Link · made {made}, valid until {expires} · {guests} joined",
    invitation_over="Link · made {made}, expired · {guests} joined",
    invitation_of_group="Group “{title}” · {made}",
    invitation_gone="This invitation is gone.",
    show_invitations="All invitations",
    withdraw="Withdraw",
    withdraw_sure="Those who joined by it will lose access. Are you sure?",
    withdraw_yes="Yes, withdraw",
    withdrawn="Withdrawn; access taken back: {guests}.",
    welcome="Welcome! You may ask now: just send a question. See /help for more.",
    invitation_invalid="This invitation is no longer valid. Please ask an administrator for a new one.",
    forget_sure="This deletes your questions, votes and settings, in its own backups too. Are you sure?",
    forget_yes="Yes, delete",
    forget_no="Cancel",
    forget_done="Deleted; questions: {count}.",
    forget_kept="All right, nothing was deleted.",
    forget_failed="Not everything could be deleted just now. Please send /forget again later.",
    forget_others="This is somebody else's request. You can send /forget yourself.",
    language_choice="Please choose a language:",
    language_chosen="The language has been changed.",
    language_automatic="As Telegram has it",
)
