"""The list of files, one file, and the trash, in the chat."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from bot.messages import SIMPLIFIED

if TYPE_CHECKING:
    from bot.sandbox.people import Message, Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

pytestmark = pytest.mark.usefixtures("bot")

TEXTS = SIMPLIFIED.documents


async def pressed(admin: Person, sandbox: Sandbox, message: Message, button: str, then: str) -> None:
    """Press and wait until the message says what it should."""
    await admin.press(message, button)
    await sandbox.until(lambda: then in message.text, timeout=20)


async def moved(admin: Person, sandbox: Sandbox, word: str) -> Message:
    """Move the file that the word finds to the trash; return the message."""
    listing = await admin.ask(f"/documents {word}")
    await pressed(admin, sandbox, listing, "1", "改于")
    await pressed(admin, sandbox, listing, TEXTS.move_to_trash, TEXTS.confirm_move)
    await pressed(admin, sandbox, listing, TEXTS.move_to_trash, TEXTS.moved)
    return listing


async def test_list(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """The files are listed in pages, latest change first, with size, date and number of articles."""
    for number in range(9):
        (settings.documents / f"old{number}.md").write_text("# 旧\n\n旧文一篇。\n", encoding="utf-8")
        os.utime(settings.documents / f"old{number}.md", (number * 86400,) * 2)
    listing = await admin.ask("/documents")
    assert TEXTS.title.format(count=12) in listing.text
    assert "old8.md" in listing.text
    assert "old3.md" not in listing.text
    assert "1970-01-09" in listing.text
    assert TEXTS.articles.format(count=1) in listing.text
    assert TEXTS.not_read in listing.text
    await pressed(admin, sandbox, listing, SIMPLIFIED.conversation.next_page, "old0.md")
    assert "12. old0.md" in listing.text
    assert SIMPLIFIED.conversation.next_page not in str(listing.buttons)
    await pressed(admin, sandbox, listing, SIMPLIFIED.conversation.previous_page, "old8.md")


async def test_search(admin: Person) -> None:
    """A word finds files by name or by title, in either form of the characters."""
    assert "tea.md" in (await admin.ask("/documents TEA")).text
    by_title = (await admin.ask("/documents 茶業")).text
    assert TEXTS.title_found.format(word="茶業", count=1) in by_title
    assert "tea.md" in by_title
    assert TEXTS.none_found in (await admin.ask("/documents 火星")).text


async def test_long_word(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """However long the word, the pages after the first look for the same."""
    for number in range(9):
        (settings.documents / f"{'茶' * 12}{number}.md").write_text("# 茶\n\n好茶。\n", encoding="utf-8")
    listing = await admin.ask(f"/documents {'茶' * 40}")
    assert TEXTS.title_found.format(word="茶" * 10, count=9) in listing.text
    await admin.press(listing, SIMPLIFIED.conversation.next_page)
    await sandbox.until(lambda: "9. " in listing.text)
    assert TEXTS.title_found.format(word="茶" * 10, count=9) in listing.text


async def test_one_file(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A tap on a number shows what was understood of the file, and a button sends the file itself."""
    listing = await admin.ask("/documents tea")
    await pressed(admin, sandbox, listing, "1", "云岭县茶业报告")
    assert "文章 1 篇，段落 5 个" in listing.text
    await admin.press(listing, TEXTS.view)
    await sandbox.until(lambda: "document" in admin.replies[-1].json)
    file_id = admin.replies[-1].json["document"]["file_id"]
    assert sandbox.world.files[file_id].data == (settings.documents / "tea.md").read_bytes()
    await pressed(admin, sandbox, listing, TEXTS.back, TEXTS.title_found.format(word="tea", count=1))


async def test_unread_file(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A file that could not be read says why, and one that has changed since says so."""
    (settings.documents / "empty.txt").write_bytes(b"")
    await admin.send_file("bridge.md", "# 桥\n\n桥长48米。\n".encode())
    await sandbox.until(lambda: admin.replies and TEXTS.added in admin.replies[-1].text, timeout=20)
    listing = await admin.ask("/documents empty")
    await pressed(admin, sandbox, listing, "1", "空文件")
    with (settings.documents / "tea.md").open("a", encoding="utf-8") as tea:
        tea.write("\n又添了一段。\n")
    listing = await admin.ask("/documents tea")
    await pressed(admin, sandbox, listing, "1", TEXTS.outdated)


async def test_trash(admin: Person, asker: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A file goes to the trash once that is confirmed, answers no longer use it, and it can come back."""
    before = (settings.documents / "school" / "library.txt").read_bytes()
    listing = await admin.ask("/documents library")
    await pressed(admin, sandbox, listing, "1", "云岭县图书馆开馆")
    await pressed(admin, sandbox, listing, TEXTS.move_to_trash, TEXTS.confirm_move)
    await pressed(admin, sandbox, listing, TEXTS.cancel, "云岭县图书馆开馆")
    assert (settings.documents / "school" / "library.txt").exists()

    removed = await moved(admin, sandbox, "library")
    assert not (settings.documents / "school" / "library.txt").exists()
    assert "18万册" not in (await asker.ask("图书馆藏书多少册")).text
    await pressed(admin, sandbox, removed, TEXTS.back, TEXTS.none_found)

    trash = await admin.ask("/restore")
    assert "school/library.txt" in trash.text
    await pressed(admin, sandbox, trash, "↩️ 1", TEXTS.restored)
    assert (settings.documents / "school" / "library.txt").read_bytes() == before
    assert "18万册" in (await asker.ask("图书馆藏书多少册")).text
    assert (await admin.ask("/trash")).text == TEXTS.trash_empty


async def test_empty_trash(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """Emptying asks first, and deletes for good what the list showed, nothing that came later."""
    await moved(admin, sandbox, "tea")
    await moved(admin, sandbox, "road")
    trash = await admin.ask("/restore")
    assert TEXTS.trash_title.format(count=2) in trash.text
    assert trash.text.index("road.md") < trash.text.index("tea.md")
    await pressed(admin, sandbox, trash, TEXTS.empty_trash, TEXTS.confirm_empty.format(count=2))
    await moved(admin, sandbox, "library")
    await pressed(admin, sandbox, trash, TEXTS.delete_forever, TEXTS.emptied.format(count=2))
    assert "library.txt" in (await admin.ask("/restore")).text
    assert len(list(settings.trash.iterdir())) == 1


async def test_what_is_gone(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """Buttons of a file that is gone say so, in the list and in the trash."""
    listing = await admin.ask("/documents tea")
    await pressed(admin, sandbox, listing, "1", "云岭县茶业报告")
    (settings.documents / "tea.md").unlink()
    for button in (TEXTS.view, TEXTS.move_to_trash):
        assert (await (await admin.press(listing, button)).wait())["text"] == TEXTS.gone
    removed = await moved(admin, sandbox, "road")
    trash = await admin.ask("/restore")
    await pressed(admin, sandbox, trash, "↩️ 1", TEXTS.restored)
    said = await (await admin.press(removed, TEXTS.restore)).wait()
    assert said["text"] == TEXTS.gone_from_trash


async def test_links(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A link in the folder is neither sent nor moved: it might lead anywhere."""
    (settings.documents.parent / "secret.md").write_text("# 密\n\n密文一段。\n", encoding="utf-8")
    (settings.documents / "link.md").symlink_to(settings.documents.parent / "secret.md")
    listing = await admin.ask("/documents link")
    await pressed(admin, sandbox, listing, "1", "改于")
    assert (await (await admin.press(listing, TEXTS.view)).wait())["text"] == TEXTS.troubles["link"]
    await pressed(admin, sandbox, listing, TEXTS.move_to_trash, TEXTS.confirm_move)
    said = await (await admin.press(listing, TEXTS.move_to_trash)).wait()
    assert said["text"] == TEXTS.troubles["link"]
    assert (settings.documents.parent / "secret.md").exists()


async def test_missing_folder(admin: Person, settings: Settings) -> None:
    """Without the folder the list says so."""
    settings.documents.rename(settings.documents.with_name("moved"))
    assert TEXTS.troubles["no_folder"] in (await admin.ask("/documents")).text


@pytest.mark.parametrize(
    "data",
    ["file-move:../../tea.md:0:", "file-move:xyz:0:", "files:9999999:", "trash-restore:..", "trash-empty:"],
)
async def test_forged_by_an_admin(admin: Person, settings: Settings, data: str) -> None:
    """Data that no button has does nothing, whoever sends it."""
    listing = await admin.ask("/documents")
    await (await admin.forge(listing, data)).wait()
    assert (settings.documents / "tea.md").exists()
    assert not listing.edited


async def test_double_taps(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """Quick taps move a file to the trash once, and bring it back once; the others are told it is gone."""

    async def tapped(button: str, then: str) -> list[str]:
        taps = [await admin.press(listing, button) for _ in range(4)]
        toasts = [str((await tap.wait())["text"]) for tap in taps]
        await sandbox.until(lambda: then in listing.text, timeout=20)
        return sorted(toasts)

    listing = await admin.ask("/documents tea")
    await pressed(admin, sandbox, listing, "1", "改于")
    await pressed(admin, sandbox, listing, TEXTS.move_to_trash, TEXTS.confirm_move)
    await tapped(TEXTS.move_to_trash, TEXTS.moved)
    assert len(list(settings.trash.iterdir())) == 1
    assert await tapped(TEXTS.restore, TEXTS.restored) == ["", *[TEXTS.gone_from_trash] * 3]
    assert not list(settings.trash.iterdir())
    assert [path.name for path in settings.documents.glob("tea*")] == ["tea.md"]
