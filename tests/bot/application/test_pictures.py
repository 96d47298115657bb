"""Answers with pictures: the whole bot on Word files with real pictures, and an archive."""

from __future__ import annotations

import asyncio
import io
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import docx
import pytest
from PIL import Image, ImageDraw

from bot import lifecycle
from bot.handlers import inline
from bot.messages import SIMPLIFIED
from bot.settings import Settings
from bot.state.database import StateDatabase
from retrieval.index import Index
from tests.bot.application.test_curation import logged

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path
    from typing import Any

    from bot.sandbox.people import Message, Person
    from bot.sandbox.server import Sandbox
    from tests.phone import Phone

    Running = Callable[..., AbstractAsyncContextManager[None]]

with_bot = pytest.mark.usefixtures("bot")

MAP = "石塘镇茶园分布图"
VIEWS = "青石关隧道的照片"
LONG = "茶叶分级标准长图"
SHOP = "直营店开在哪里"


def picture(shade: int, width: int = 320, height: int = 210) -> io.BytesIO:
    """Draw a picture of its own: a dark frame on a ground of this shade."""
    image = Image.new("RGB", (width, height), (shade, 180, 90))
    ImageDraw.Draw(image).rectangle((20, 20, width - 20, height - 20), outline="black", width=9)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file


def write_documents(folder: Path) -> None:
    """Write an article with captioned pictures and one without a word, and an archive with a text."""
    tea = docx.Document()
    tea.add_heading("云岭县见闻", 0)
    for head, text, pictures in (
        ("一、茶园", "石塘镇的茶园连成一片，种茶农户有8600户。", [("图1 石塘镇茶园分布", picture(10))]),
        (
            "二、隧道",
            "青石关隧道打通以后，从县城出发只要40分钟。",
            [("图2 青石关隧道入口", picture(60)), ("图3 青石关隧道出口", picture(110))],
        ),
        ("三、标准", "茶叶按嫩度评级，一共五级。", [("图4 茶叶分级标准长图", picture(160, 120, 900))]),
        ("四、销路", "县里的直营店开在西安，门前种着两棵茶树。", [("", picture(210))]),
    ):
        tea.add_heading(head, 1)
        tea.add_paragraph(text)
        for caption, file in pictures:
            tea.add_picture(file)
            if caption:
                tea.add_paragraph(caption)
    tea.save(str(folder / "tea.docx"))
    with zipfile.ZipFile(folder / "旧档.zip", "w") as archive:
        archive.writestr("茶市/market.md", "# 集市\n\n每月逢五是茶市，开市的锣由镇上最老的茶农来敲。\n")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `documents` and, in `data`, their index."""
    folder = tmp_path_factory.mktemp("library")
    settings = Settings(documents=folder / "documents", data=folder / "data")
    settings.documents.mkdir()
    write_documents(settings.documents)
    Index(settings.snapshots).build(settings.documents)
    return folder


def ids_kept(settings: Settings) -> int:
    with closing(StateDatabase.open(settings.state)) as state:
        return len(state.read("SELECT * FROM file_ids"))


def photo(message: Message) -> dict[str, Any]:
    return dict(message.json["photo"][-1])


async def answered(asker: Person, question: str, count: int) -> list[Message]:
    """Ask, and return the answer's text and the `count` messages after it."""
    return [await asker.ask(question), *[await asker.next_reply() for _ in range(count)]]


@with_bot
async def test_a_photo_follows_its_answer(asker: Person, settings: Settings) -> None:
    """The text says that a picture answers, the photo replies to the same question, and the log has it."""
    text, shown = await answered(asker, MAP, 1)
    assert text.text.startswith("🖼 图1 石塘镇茶园分布")
    assert shown.text == "图1 石塘镇茶园分布\n📄 云岭县见闻 · 一、茶园"
    assert (photo(shown)["width"], photo(shown)["height"]) == (320, 210)
    assert shown.json["reply_to_message"] == text.json["reply_to_message"]
    entry = await logged(settings, MAP)
    [picture] = entry.answer.pictures
    assert (picture.caption, picture.paragraph) == ("图1 石塘镇茶园分布", entry.answer.hits[0].paragraph.id)
    assert "🖼" not in [label for row in text.buttons for label in row]


@with_bot
async def test_several_are_an_album(asker: Person) -> None:
    """Its first photo tells what each of them shows, and their source once."""
    _, *album = await answered(asker, VIEWS, 2)
    assert len({one.json["media_group_id"] for one in album}) == 1
    assert [one.text for one in album] == [
        "图2 青石关隧道入口\n图3 青石关隧道出口\n📄 云岭县见闻 · 二、隧道",
        "",
    ]


@with_bot
async def test_a_long_picture_is_a_file(asker: Person) -> None:
    """What nobody could read as a photo comes as a document of the caption's name."""
    _, sent = await answered(asker, LONG, 1)
    assert sent.json["document"]["file_name"] == "图4 茶叶分级标准长图.png"
    assert sent.text.startswith("图4 茶叶分级标准长图\n📄")


@with_bot
async def test_further_pictures_have_a_button(asker: Person) -> None:
    """A picture that the question did not ask for comes when its button is pressed."""
    text = await asker.ask(SHOP)
    assert len(asker.replies) == 1
    said = await (await asker.press(text, "🖼")).wait()
    shown = await asker.next_reply()
    assert said["text"] == ""
    assert shown.text == "📄 云岭县见闻 · 四、销路"
    assert photo(shown)["width"] == 320


async def test_a_picture_that_is_gone(
    running: Running, asker: Person, settings: Settings, sandbox: Sandbox
) -> None:
    """Its button says so after the article has been taken out, and nothing is sent, known id or not."""
    async with running():
        text = await asker.ask(SHOP)
        await (await asker.press(text, "🖼")).wait()
        await asker.next_reply()
    (settings.documents / "tea.docx").unlink()
    Index(settings.snapshots).build(settings.documents)
    async with running():
        said = await (await asker.press(text, "🖼")).wait()
    assert said["text"] == SIMPLIFIED.answers.pictures_changed
    assert len(sandbox.called("sendPhoto")) == 1


@with_bot
async def test_a_forged_press(asker: Person, sandbox: Sandbox) -> None:
    """The button of another chat's answer, and that of a result that there is not, send nothing."""
    text = await asker.ask(SHOP)
    data = text.button("🖼")["callback_data"]
    stranger = sandbox.user(5, "外人")
    await stranger.say("/start")
    greeting = await stranger.next_reply()
    for person, message, forged in ((stranger, greeting, data), (asker, text, f"{data[:-1]}99")):
        said = await (await person.forge(message, forged)).wait()
        assert said["text"] == SIMPLIFIED.answers.gone
    assert not sandbox.called("sendPhoto")


async def test_what_telegram_has_is_not_sent_again(running: Running, asker: Person, sandbox: Sandbox) -> None:
    """A picture is uploaded once, also across a restart; where its id is refused, it is uploaded again."""
    ids = []
    for forgotten in (False, False, True):
        async with running():
            if forgotten:
                sandbox.world.files.clear()
            ids.append(photo((await answered(asker, MAP, 1))[1])["file_id"])
    assert ids[0] == ids[1] != ids[2]
    references = [call.params["photo"] for call in sandbox.called("sendPhoto")]
    assert [reference == ids[0] for reference in references] == [False, True, True, False]


@with_bot
async def test_a_refused_photo_is_sent_as_a_file(asker: Person, sandbox: Sandbox) -> None:
    """What Telegram cannot make a photo of arrives all the same."""
    sandbox.fail_next("sendPhoto", 400, "Bad Request: IMAGE_PROCESS_FAILED")
    _, sent = await answered(asker, MAP, 1)
    assert sent.json["document"]["file_name"] == "图1 石塘镇茶园分布.png"


@with_bot
async def test_a_failure_leaves_the_text(asker: Person, sandbox: Sandbox) -> None:
    """Where no picture can be sent the answer stands, and nobody is troubled."""
    sandbox.fail_next("sendPhoto", 403, "Forbidden: not enough rights to send photos to the chat")
    text = await asker.ask(MAP)
    await sandbox.until(lambda: sandbox.called("sendPhoto"))
    following = await asker.ask("茶园有多少农户")
    assert text.text.startswith("🖼")
    assert "8600户" in following.text


@with_bot
async def test_without_the_right_to_send_photos(asker: Person, sandbox: Sandbox) -> None:
    """Where the chat takes no photos nothing is uploaded in their stead, and the known id is kept."""
    first = photo((await answered(asker, MAP, 1))[1])["file_id"]
    sandbox.fail_next("sendPhoto", 400, "Bad Request: not enough rights to send photos to the chat")
    await asker.ask(MAP)
    await sandbox.until(lambda: len(sandbox.called("sendPhoto")) == 2)
    again = photo((await answered(asker, MAP, 1))[1])["file_id"]
    assert [call.params["photo"] for call in sandbox.called("sendPhoto")][1:] == [first, first]
    assert again == first
    assert not sandbox.called("sendDocument")


@with_bot
async def test_only_the_asker_has_further_pictures(asker: Person, sandbox: Sandbox) -> None:
    """In a group nobody else brings the pictures of an answer into the chat; they are told so."""
    other = sandbox.user(31, "旁人")
    group = sandbox.group("课题组", asker, other)
    answer = await asker.ask(f"/ask {SHOP}", chat=group)
    said = await (await other.press(answer, "🖼")).wait()
    assert said["text"] == SIMPLIFIED.answers.only_asker
    assert not sandbox.called("sendPhoto")
    await asker.press(answer, "🖼")
    assert photo(await group.next_reply())["width"] == 320


@with_bot
async def test_an_edited_question(asker: Person, sandbox: Sandbox) -> None:
    """Pictures that the message has brought already are not sent anew, others are."""
    question = await asker.say(MAP)
    text, first = await asker.next_reply(), await asker.next_reply()
    await asker.edit(question, f"{MAP}？")
    await sandbox.until(lambda: text.edited or len(sandbox.called("editMessageText")) == 1)
    await asker.edit(question, VIEWS)
    await asker.next_reply()
    second = await asker.next_reply()
    assert [len(sandbox.called(method)) for method in ("sendPhoto", "sendMediaGroup")] == [1, 1]
    assert (first.text[:2], second.json["reply_to_message"]["message_id"]) == ("图1", question.id)


@with_bot
async def test_several_questions(asker: Person) -> None:
    """Each answer has its pictures below it, and the same one comes once."""
    replies = await answered(asker, f"{MAP}？\n{LONG}？\n云岭县石塘镇茶园分布图？", 4)
    kinds = [next(kind for kind in ("text", "photo", "document") if kind in one.json) for one in replies]
    assert kinds == ["text", "photo", "text", "document", "text"]


@with_bot
async def test_in_a_topic(asker: Person, sandbox: Sandbox) -> None:
    """Photos, albums and what a button brings stay in the topic of the question."""
    forum = sandbox.group("课题组", asker, topics=("茶叶",))
    topic = forum.topics["茶叶"]
    for question, count in ((MAP, 2), (VIEWS, 3), (SHOP, 1)):
        await asker.say(f"/ask {question}", forum, topic=topic)
        said = [await forum.next_reply() for _ in range(count)]
    await asker.press(said[-1], "🖼")
    await forum.next_reply()
    assert {one.topic for one in forum.replies if one.text} == {topic}
    assert len([one for one in forum.replies if "photo" in one.json]) == 4


@with_bot
async def test_inline(
    asker: Person, sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A result whose picture Telegram has is a photo with the answer; refused, it is the article it was."""
    monkeypatch.setattr(inline, "RESTED", 60.0)
    monkeypatch.setattr(lifecycle, "FAREWELL", 0.2)  # that rest is not waited for
    kinds = []
    for step in ("unknown", "known", "refused"):
        if step == "known":
            await answered(asker, MAP, 1)
            while not ids_kept(settings):  # noqa: ASYNC110 - nothing tells when they are on the disk
                await asyncio.sleep(0.02)
        if step == "refused":
            sandbox.world.files.clear()
        query = await asker.inline(MAP)
        given = await query.wait()
        kinds.append(given["results"][0]["type"])
        if step == "known":
            posted = await asker.choose(query, 0)
            assert photo(posted)["width"] == 320
            assert posted.text.split("\n")[:2] == [f"❓ {MAP}", "🖼 图1 石塘镇茶园分布"]
    assert kinds == ["article", "photo", "article"]


@with_bot
async def test_the_full_text_of_an_archives_member(asker: Person) -> None:
    """The file within the archive is sent, under its own name."""
    text = await asker.ask("茶市的锣由谁来敲")
    assert "最老的茶农" in text.text
    await asker.press(text, SIMPLIFIED.answers.full_article)
    sent = await asker.next_reply()
    assert sent.json["document"]["file_name"] == "market.md"


@with_bot
async def test_on_a_phone(phone: Phone, sandbox: Sandbox) -> None:
    """A photo, an album as a grid of them, and a picture's thumbnail among inline results are on show."""
    await phone.open(sandbox.url)
    await phone.run("sessionStorage.clear()")
    await phone.open(sandbox.url)
    phone.complaints()  # of a page before, whose server is gone
    await phone.tap("#start")
    await phone.sees(SIMPLIFIED.conversation.start, ".row:last-child")
    shown = "[...document.querySelectorAll(arguments[0])].filter((one) => one.naturalWidth === 320).length"
    await phone.write(MAP)
    await phone.until(f"return {shown} === 1", "img.photo")
    await phone.write(VIEWS)
    await phone.until(f"return {shown} === 2", ".album img.photo")
    await phone.sees("图3 青石关隧道出口", ".row:has(.album)")
    assert await phone.run("return document.querySelectorAll('.row:has(.album)').length") == 1
    await phone.write(f"@{sandbox.bot.username} {MAP}", end="")
    await phone.until(f"return {shown} === 1", "#results img")
    assert phone.complaints() == []
