"""What is kept of the pictures that Telegram has, in a real state file."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.state import file_ids
from bot.state.database import StateDatabase
from bot.state.file_ids import FileIds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOT = 42


@pytest.fixture
def state(tmp_path: Path) -> Iterator[StateDatabase]:
    with closing(StateDatabase.open(tmp_path / "state.db")) as opened:
        yield opened


def test_kept_for_a_bot_and_a_kind(state: StateDatabase) -> None:
    """An id is found again for the same bot and kind, the latest one, until it is forgotten."""
    ids = FileIds(state)
    ids.keep(BOT, "photo", {"a.png": "1", "b.png": "2"})
    ids.keep(BOT, "photo", {"b.png": "3"})
    assert ids.known(BOT, "photo", ["a.png", "b.png", "c.png"]) == {"a.png": "1", "b.png": "3"}
    assert ids.known(BOT, "document", ["a.png"]) == ids.known(7, "photo", ["a.png"]) == {}
    ids.forget(BOT, ["a.png"])
    assert FileIds(state).known(BOT, "photo", ["a.png", "b.png"]) == {"b.png": "3"}


def test_bounded(state: StateDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest ids go first."""
    monkeypatch.setattr(file_ids, "KEPT", 2)
    ids = FileIds(state)
    for key in "abc":
        ids.keep(BOT, "photo", {key: key})
    assert ids.known(BOT, "photo", list("abc")) == {"b": "b", "c": "c"}


def test_trouble_is_no_error(state: StateDatabase) -> None:
    """Where the state cannot be used nothing is known, and nothing is raised."""
    with state.writing() as db:
        db.execute("DROP TABLE file_ids")
    ids = FileIds(state)
    ids.keep(BOT, "photo", {"a": "1"})
    ids.forget(BOT, ["a"])
    assert ids.known(BOT, "photo", ["a"]) == {}
