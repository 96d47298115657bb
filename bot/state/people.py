"""Who may ask and who is an admin, in which language, and what admins are sent. It sends nothing.

What people chose is kept in the state's database by keyed hashes, and in memory while the bot runs, so that
looking it up never waits.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from bot.messages import LANGUAGES, words_for

if TYPE_CHECKING:
    from telegram import User

    from bot.messages import Language, Words
    from bot.pseudonyms import Pseudonyms
    from bot.state.database import StateDatabase

Access = Literal["open", "closed"]

CODE_BYTES = 16
INVITATION_DAYS = 7

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Invitation:
    """`guests` is how many people have come by the link, which serves until `expires_at`.

    A group is let in as a whole and for good: `chat_title` is then its name and `expires_at` None.
    """

    id: str
    made_at: datetime
    expires_at: datetime | None
    guests: int
    chat_title: str | None = None

    @property
    def over(self) -> bool:
        """Whether its link serves no longer."""
        return self.expires_at is not None and self.expires_at <= datetime.now(UTC)


class People:
    """Writes wait for the disk: call the methods that say so off the event loop."""

    def __init__(
        self,
        state: StateDatabase,
        pseudonyms: Pseudonyms,
        admins: frozenset[int],
        access: Access = "open",
        allowed: frozenset[int] = frozenset(),
    ) -> None:
        """`allowed` are ids of users and of groups. Raise StateError."""
        self.admins = admins
        self.access: Access = access
        self._state = state
        self._pseudonyms = pseudonyms
        self._allowed = allowed
        self._languages: dict[str, Language] = {
            row["person"]: row["language"] for row in state.read("SELECT * FROM languages")
        }
        self._guests = {row["person"] for row in state.read("SELECT person FROM guests")}
        self._digests = {row["person"] for row in state.read("SELECT person FROM digests")}

    # Language

    def words_of(self, user: User | None) -> Words:
        """Return the texts in the language that the person chose, or else that of their Telegram."""
        if user is None:
            return words_for(None)
        chosen = self._languages.get(self._pseudonyms.user(user.id))
        return LANGUAGES[chosen] if chosen in LANGUAGES else words_for(user.language_code)

    def words_for_id(self, user_id: int) -> Words:
        """Return the texts for somebody who has not written just now: what Telegram tells is not known."""
        chosen = self.chosen_language(user_id)
        return LANGUAGES[chosen] if chosen in LANGUAGES else words_for(None)

    def chosen_language(self, user_id: int) -> Language | None:
        return self._languages.get(self._pseudonyms.user(user_id))

    def choose_language(self, user_id: int, language: Language | None) -> None:
        """Keep a person's choice; None follows their Telegram again. Waits for the disk; raise StateError."""
        person = self._pseudonyms.user(user_id)
        with self._state.writing() as db:
            db.execute("DELETE FROM languages WHERE person = ?", [person])
            if language:
                db.table("languages").insert({"person": person, "language": language})
        if language:
            self._languages[person] = language
        else:
            self._languages.pop(person, None)

    # Access

    def is_admin(self, user: User | None) -> bool:
        """Tell whether it is an admin; never a bot, by which anybody speaks as a group or a channel."""
        return user is not None and user.id in self.admins and not user.is_bot

    def may_ask(self, user_id: int | None, chat_id: int | None) -> bool:
        """Tell whether somebody may use the bot in a chat: everybody where access is open."""
        if self.access == "open" or user_id in self.admins or {user_id, chat_id} & self._allowed:
            return True
        known = {user_id and self._pseudonyms.user(user_id), chat_id and self._pseudonyms.chat(chat_id)}
        return bool(known & self._guests)

    # Invitations

    def invite(self, valid: timedelta = timedelta(days=INVITATION_DAYS)) -> tuple[Invitation, str]:
        """Make an invitation and the code of its link, which is kept nowhere.

        Waits for the disk; raise StateError.
        """
        code, now = secrets.token_urlsafe(CODE_BYTES), datetime.now(UTC)
        invitation = Invitation(_new_id(), now, now + valid, 0)
        self._write(invitation, _hashed(code))
        return invitation, code

    def admit_group(self, chat_id: int, title: str) -> None:
        """Let everybody in a group ask there. Waits for the disk; raise StateError."""
        chat, now = self._pseudonyms.chat(chat_id), datetime.now(UTC)
        if chat not in self._guests:
            self._write(Invitation(_new_id(), now, None, 1, title), None, guest=chat)
            self._guests.add(chat)

    def move_group(self, old_id: int, new_id: int, title: str) -> None:
        """Give a group that became a supergroup, under a new id, what it had under the old one.

        A group that the settings let in, which have the old id still, is admitted as by invitation. The same
        again changes nothing. Waits for the disk; raise StateError.
        """
        old, new = self._pseudonyms.chat(old_id), self._pseudonyms.chat(new_id)
        if old_id in self._allowed and new_id not in self._allowed and new not in self._guests:
            logger.warning("WENJU_ALLOWED 里的群 %d 已升级，编号变为 %d，请改过来", old_id, new_id)
            self.admit_group(new_id, title)
        if old in self._guests:
            with self._state.writing() as db:
                db.execute("UPDATE OR REPLACE guests SET person = ? WHERE person = ?", [new, old])
            self._guests.add(new)
            self._guests.discard(old)

    def accept(self, user_id: int, code: str) -> bool:
        """Let a person in by an invitation; False where it is unknown, withdrawn or expired.

        Waits for the disk; raise StateError.
        """
        person, now = self._pseudonyms.user(user_id), datetime.now(UTC).isoformat()
        with self._state.writing() as db:
            rows = db.query(
                "SELECT id FROM invitations WHERE code = ? AND expires_at > ?", [_hashed(code), now]
            )
            invitation = next((row["id"] for row in rows), None)
            if invitation is None:
                return False
            guest = {"person": person, "invitation": invitation, "since": now}
            db.table("guests").insert(guest, pk="person", ignore=True)
            self._guests.add(person)  # while nobody else writes, so that a withdrawal comes before or after
        return True

    def invitations(self) -> list[Invitation]:
        """Return the invitations that still let somebody in or have done so, newest first."""
        rows = self._state.read(
            "SELECT *, (SELECT count(*) FROM guests WHERE invitation = invitations.id) AS guests"
            " FROM invitations ORDER BY made_at DESC"
        )
        found = [
            Invitation(
                row["id"],
                datetime.fromisoformat(row["made_at"]),
                row["expires_at"] and datetime.fromisoformat(row["expires_at"]),
                row["guests"],
                row["chat_title"],
            )
            for row in rows
        ]
        return [one for one in found if one.guests or not one.over]

    def withdraw(self, invitation: str) -> int:
        """End an invitation and put out who came by it; return how many.

        Waits for the disk; raise StateError.
        """
        with self._state.writing() as db:
            rows = db.query("SELECT person FROM guests WHERE invitation = ?", [invitation])
            out = {row["person"] for row in rows}
            db.execute("DELETE FROM guests WHERE invitation = ?", [invitation])
            db.execute("DELETE FROM invitations WHERE id = ?", [invitation])
            self._guests -= out
        return len(out)

    def _write(self, invitation: Invitation, code: str | None, guest: str | None = None) -> None:
        made_at, expires_at = invitation.made_at.isoformat(), invitation.expires_at
        row = {
            "id": invitation.id,
            "code": code,
            "made_at": made_at,
            "expires_at": expires_at and expires_at.isoformat(),
            "chat_title": invitation.chat_title,
        }
        with self._state.writing() as db:
            db.table("invitations").insert(row)
            if guest:
                row = {"person": guest, "invitation": invitation.id, "since": made_at}
                db.table("guests").insert(row, pk="person", ignore=True)

    # What an admin is told

    def wants_digest(self, admin_id: int) -> bool:
        return self._pseudonyms.user(admin_id) in self._digests

    def set_digest(self, admin_id: int, *, wanted: bool) -> None:
        """Waits for the disk; raise StateError."""
        person = self._pseudonyms.user(admin_id)
        with self._state.writing() as db:
            if wanted:
                db.table("digests").insert({"person": person}, pk="person", ignore=True)
            else:
                db.execute("DELETE FROM digests WHERE person = ?", [person])
        (self._digests.add if wanted else self._digests.discard)(person)

    def take_digest(self, admin_id: int, day: str) -> bool:
        """Note that an admin gets the digest of a day (ISO 8601); False where it was sent or is not wanted.

        Waits for the disk; raise StateError.
        """
        person = self._pseudonyms.user(admin_id)
        with self._state.writing() as db:
            done = db.execute(
                "UPDATE digests SET sent_for = ? WHERE person = ? AND coalesce(sent_for, '') < ?",
                [day, person, day],
            )
            return bool(done.rowcount)

    def give_back_digest(self, admin_id: int, day: str) -> None:
        """Note that the digest of a day did not reach an admin. Waits for the disk; raise StateError."""
        person = self._pseudonyms.user(admin_id)
        with self._state.writing() as db:
            db.execute("UPDATE digests SET sent_for = NULL WHERE person = ? AND sent_for = ?", [person, day])

    def was_told(self, admin_id: int, what: str) -> bool:
        person = self._pseudonyms.user(admin_id)
        return bool(self._state.read("SELECT 1 FROM told WHERE person = ? AND what = ?", [person, what]))

    def note_told(self, admin_id: int, what: str) -> None:
        """Waits for the disk; raise StateError."""
        row = {"person": self._pseudonyms.user(admin_id), "what": what}
        with self._state.writing() as db:
            db.table("told").insert(row, pk=("person", "what"), ignore=True)

    # Forgetting

    def forget(self, user_id: int) -> int:
        """Delete what a person chose and was told, and return how many rows that were; a guest stays one.

        Waits for the disk; raise StateError.
        """
        person = self._pseudonyms.user(user_id)
        with self._state.writing() as db:
            gone = [
                db.execute(f"DELETE FROM {table} WHERE person = ?", [person]).rowcount  # noqa: S608 - the names below
                for table in ("languages", "digests", "told")
            ]
        self._languages.pop(person, None)
        self._digests.discard(person)
        return sum(gone)


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _new_id() -> str:
    return secrets.token_hex(4)
