"""Who may ask, and what is kept of it, on real state files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from telegram import User

from bot.messages import ENGLISH, SIMPLIFIED, TRADITIONAL
from bot.migrations import NewerSchemaError
from bot.pseudonyms import Pseudonyms
from bot.state.database import StateDatabase, StateError
from bot.state.people import People

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADMIN, GUEST, STRANGER, GROUP = 11, 987654321, 33, -100987654321
READER = User(GUEST, "小林", is_bot=False, language_code="en")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "state.db"


@pytest.fixture
def state(path: Path) -> Iterator[StateDatabase]:
    with closing(StateDatabase.open(path)) as opened:
        yield opened


def people_of(state: StateDatabase, allowed: frozenset[int] = frozenset()) -> People:
    return People(state, Pseudonyms(b"k" * 32), frozenset({ADMIN}), "closed", allowed)


def test_a_closed_bot(state: StateDatabase) -> None:
    """It serves admins and who is allowed by id, a person anywhere or a group's members there only."""
    people = people_of(state, frozenset({GUEST, GROUP}))
    assert people.may_ask(ADMIN, ADMIN)
    assert people.may_ask(GUEST, -5)
    assert people.may_ask(STRANGER, GROUP)
    assert not people.may_ask(STRANGER, STRANGER)
    assert not people.may_ask(None, None)


def test_an_open_bot(state: StateDatabase) -> None:
    """It serves everybody."""
    assert People(state, Pseudonyms(b"k" * 32), frozenset()).may_ask(STRANGER, None)


def test_invitation(state: StateDatabase) -> None:
    """Its code lets people in, now and after a restart, until it is withdrawn, which puts them out."""
    people = people_of(state)
    invitation, code = people.invite()
    assert people.accept(GUEST, code)
    assert people.accept(GUEST, code)
    for known in (people, people_of(state)):
        assert known.may_ask(GUEST, GUEST)
        assert not known.may_ask(STRANGER, STRANGER)
    assert [one.guests for one in people.invitations()] == [1]
    assert people.withdraw(invitation.id) == 1
    assert not people.may_ask(GUEST, GUEST)
    assert not people_of(state).may_ask(GUEST, GUEST)
    assert not people.accept(GUEST, code)


def test_an_expired_invitation(state: StateDatabase) -> None:
    """It lets nobody in any more; who came by it stays."""
    people = people_of(state)
    _, over = people.invite(timedelta(seconds=-1))
    assert not people.accept(GUEST, over)
    assert people.invitations() == []


@pytest.mark.parametrize("code", ["", "x", "'; DROP TABLE guests; --", "码" * 1000])
def test_a_wrong_code(state: StateDatabase, code: str) -> None:
    """Whatever is given for a code, it lets nobody in."""
    people = people_of(state)
    people.invite()
    assert not people.accept(GUEST, code)


def test_a_group_is_let_in(state: StateDatabase) -> None:
    """Everybody may ask in it, nobody for it elsewhere; it is listed once, by its name."""
    people = people_of(state)
    people.admit_group(GROUP, "读书会")
    people.admit_group(GROUP, "读书会")
    assert people_of(state).may_ask(STRANGER, GROUP)
    assert not people.may_ask(STRANGER, STRANGER)
    [invitation] = people.invitations()
    assert (invitation.chat_title, invitation.guests, invitation.over) == ("读书会", 1, False)
    assert people.withdraw(invitation.id) == 1
    assert not people.may_ask(STRANGER, GROUP)


def test_language(state: StateDatabase) -> None:
    """A choice holds over what Telegram says, after a restart too, until it is taken back or forgotten."""
    people = people_of(state)
    assert people.words_of(READER) is ENGLISH
    people.choose_language(GUEST, "zh-hant")
    assert people.words_of(READER) is TRADITIONAL
    assert people_of(state).words_of(READER) is TRADITIONAL
    assert people.words_for_id(GUEST) is TRADITIONAL
    people.forget(GUEST)
    assert people.words_of(READER) is ENGLISH
    assert people_of(state).words_of(READER) is ENGLISH
    assert people.words_for_id(GUEST) is SIMPLIFIED
    assert people.words_of(None) is SIMPLIFIED


def test_digest_once_a_day(state: StateDatabase) -> None:
    """An admin who wants it gets a day's digest once, also when the bot starts again in between."""
    people = people_of(state)
    assert not people.take_digest(ADMIN, "2026-03-01")
    people.set_digest(ADMIN, wanted=True)
    assert people.take_digest(ADMIN, "2026-03-01")
    assert not people_of(state).take_digest(ADMIN, "2026-03-01")
    assert people_of(state).take_digest(ADMIN, "2026-03-02")
    people.set_digest(ADMIN, wanted=False)
    assert not people_of(state).wants_digest(ADMIN)
    assert not people.take_digest(ADMIN, "2026-03-03")


def test_ids_and_codes_are_in_no_file(state: StateDatabase, path: Path) -> None:
    """The files hold neither anybody's id nor a code that would let somebody in."""
    people = people_of(state)
    _, code = people.invite()
    people.accept(GUEST, code)
    people.admit_group(GROUP, "读书会")
    people.choose_language(GUEST, "en")
    content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    for secret in (str(GUEST), str(abs(GROUP)), code):
        assert secret.encode() not in content


def test_a_damaged_state_is_an_error(path: Path, state: StateDatabase) -> None:
    """It is not begun anew: guests would silently be strangers."""
    state.close()
    path.write_bytes(b"no database" * 500)
    with pytest.raises(StateError, match=r"state\.db"):
        StateDatabase.open(path)


def test_a_newer_state_is_refused(path: Path, state: StateDatabase) -> None:
    """A file of a later release is left alone."""
    state.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(NewerSchemaError):
        StateDatabase.open(path)


def test_a_failed_write_changes_nothing(state: StateDatabase) -> None:
    """A transaction that fails leaves no part of itself."""

    def half() -> None:
        with state.writing() as db:
            db.execute("INSERT INTO told (person, what) VALUES ('a', 'b')")
            db.execute("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(StateError):
        half()
    assert state.read("SELECT * FROM told") == []
