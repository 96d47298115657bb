"""What admins read of invitations: HTML within the limits of a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.markup import escape, lines, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.messages import Words
    from bot.state.people import Invitation

TITLE_UNITS = 60


def invitation_link(link: str, expires: datetime, words: Words) -> str:
    return escape(words.access.invite_link.format(date=_day(expires), link=link))


def invitations_listing(invitations: Iterable[Invitation], words: Words) -> str:
    numbered = [f"{number}. {escape(_line(one, words))}" for number, one in enumerate(invitations, 1)]
    if not numbered:
        return escape(words.access.invitations_none)
    return lines([f"<b>{words.access.invitations}</b>", *numbered])


def _line(invitation: Invitation, words: Words) -> str:
    made, expires = _day(invitation.made_at), invitation.expires_at
    if expires is None:
        title = shorten(invitation.chat_title or "", TITLE_UNITS)
        return words.access.invitation_of_group.format(title=title, made=made)
    form = words.access.invitation_over if invitation.over else words.access.invitation_of_link
    return form.format(made=made, expires=_day(expires), guests=invitation.guests)


def _day(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d}"
