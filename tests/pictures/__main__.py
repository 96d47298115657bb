"""Plays a day with the bot in its own chat page and takes the README's pictures: `make pictures`.

All in them is real: the bot on the local Bot API server, the example articles, the log of what was asked.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from bot.application import serve
from bot.log.query_log import QueryLog
from bot.messages import SIMPLIFIED as CHINESE
from bot.sandbox.server import SANDBOX_ADMIN_ID, Sandbox
from bot.settings import SANDBOX_TOKEN, Settings
from retrieval.answer import answer
from retrieval.index import Index
from tests.phone import Phone, chromium
from tests.pictures import articles

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

HERE = Path(__file__).parent
SEEDS = HERE.parent.parent / "seeds"
COLOURS = 256
SETTLED = 0.8  # seconds until nothing moves on the page
ASKED = ("湖南营商环境排名第几？", "其中中部呢？", "企业开办要多长时间？", "注册公司要几天？")
BEFORE = (  # asked on the days before, in turn
    "2021年进出口总额是多少？",
    "企业开办时间是多久？",
    "落户湖南的世界500强企业有多少家？",
    "湖南营商环境排名第几？",
    "注册公司要等几天？",
    "中欧班列开行了多少列？",
    "高铁票价多少钱？",
)
DAYS = 13
KINDS = {  # by what answers
    "table": "青石镇的茶园面积是多少亩？",
    "picture": "环湖步道线路图",
    "scan": "城东片区停水从几点到几点？",
    "series": "历年茶叶总产值",
}
PHOTOS = "return document.querySelectorAll('.photo').length"
NOTICE = """---
title: 云岭县春茶开采通告
date: 2026-03-12
source: 云岭县农业局
---

今年全县春茶于3月18日开采，采摘面积12万亩，预计产量1500吨，比上年增加8%。

收购点设在石塘镇、青石关和县城三处，每天早上六点开秤，鲜叶保护价每公斤60元。
"""


class Scene(Phone):
    """The page with the bot, as its pictures need it."""

    async def say(self, text: str) -> None:
        """Send a text and wait until the bot has said something more."""
        count = "return document.querySelectorAll('.row.in').length"
        before = await self.run(count)
        await self.write(text)
        await self.until(f"{count} > arguments[0]", before)

    async def press(self, text: str) -> None:
        """Press the last button of this text, and let the bot do what it is for."""
        button = "[...document.querySelectorAll('.key')].findLast((key) => key.innerText === arguments[0])"
        await self.until(f"return {button}", text)
        await self.run(f"{button}.click()", text)
        await asyncio.sleep(SETTLED)

    async def tab(self, name: str) -> None:
        await self.tap(f'.tab[data-tab="{name}"]')

    async def take(self, name: str) -> None:
        await asyncio.sleep(SETTLED)
        path = HERE / f"{name}.png"
        await self.screenshot(path)
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


async def play(scene: Scene, sandbox: Sandbox, folder: Path) -> None:
    await scene.open(sandbox.url)
    await scene.tap("#start")
    await scene.sees("2021年", ".key")
    await scene.take("start")
    await scene.say("2021年进出口总额是多少？")
    await scene.take("ask")
    await scene.press(CHINESE.answers.context)
    await scene.take("context")
    for question in ASKED:
        await scene.say(question)
    await scene.write(f"@{sandbox.bot.username} 企业开办时间", end="")
    await scene.tap(".result")
    await scene.write(f"@{sandbox.bot.username} 湖南营商环境排名", end="")
    await scene.sees("营商环境", ".result")
    await scene.take("inline")
    await scene.run("document.querySelector('#input').value = ''")
    await manage(scene, folder)


async def play_kinds(scene: Scene, sandbox: Sandbox) -> None:
    """Ask for what only a table's cell, a picture, a scanned page and several articles together answer."""
    await scene.open(sandbox.url)
    await scene.tap("#start")
    for name, question in KINDS.items():
        photos = await scene.run(PHOTOS)
        await scene.say(question)
        if name != "table":
            await scene.until(f"{PHOTOS} > arguments[0]", photos)
        await scene.run("[...document.querySelectorAll('.row.out')].at(-1).scrollIntoView()")
        await scene.take(name)


async def manage(scene: Scene, folder: Path) -> None:
    await scene.tab("admin")
    await scene.tap("#start")
    file = folder / "春茶开采通告.md"
    file.write_text(NOTICE, encoding="utf-8")
    await scene.attach(file)
    await scene.write("")
    await scene.sees(CHINESE.documents.added, ".row.in")
    await scene.take("upload")
    await scene.say("/logs")
    await scene.take("logs")
    await scene.say("/unanswered")
    await scene.take("unanswered")
    await scene.press("1")
    await scene.press("1")
    await scene.press(CHINESE.curation.pin)
    await scene.press("1")
    await scene.take("pin")
    await scene.press(CHINESE.curation.take)
    await scene.until("return document.querySelector('#toast').hidden")
    await scene.tab("user")
    await scene.say("注册公司要等几天？")
    await scene.take("checked")
    await scene.tab("admin")
    await scene.say("/stats")
    await scene.sees("🟦", ".row.in")
    await scene.run("[...document.querySelectorAll('.photo')].at(-1).scrollIntoView()")
    await scene.take("stats")


@asynccontextmanager
async def bot(folder: Path) -> AsyncIterator[Sandbox]:
    """Run the bot over the articles in `folder`."""
    async with Sandbox() as sandbox:
        settings = Settings(
            token=SANDBOX_TOKEN,
            api_url=sandbox.url,
            admins=frozenset({SANDBOX_ADMIN_ID}),
            documents=folder / "documents",
            data=folder / "data",
        )
        await asyncio.to_thread(fill_log, settings)
        stop = asyncio.Event()
        serving = asyncio.create_task(serve(settings, stop))
        await sandbox.until(lambda: sandbox.called("getUpdates") or serving.done(), timeout=60)
        try:
            yield sandbox
        finally:
            stop.set()
            await serving


def fill_log(settings: Settings) -> None:
    """Have the log hold what was asked on the days before."""
    index = Index(settings.snapshots, recognised=settings.recognised)
    log = QueryLog.open(settings.query_log)
    index.build(settings.documents)
    for day in range(DAYS, 0, -1):
        for number in range(3 + day * 7 % 5):
            question = BEFORE[(day + number) % len(BEFORE)]
            entry = log.new_entry(
                answer(index.current(), question),
                asker_id=number,
                chat_id=number,
                chat_kind="private",
                language="zh-hans",
                source="sandbox",
            )
            log.record(replace(entry, at=entry.at - timedelta(days=day, hours=number)))
    log.close()


@contextmanager
def review(data: Path) -> Iterator[str]:
    """Serve the log's review; give its address."""
    command = [sys.executable, "-m", "bot", "review", "--port", "0"]
    environment = {**os.environ, "WENJU_DATA": str(data)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process.stdout.readline().partition("：")[2].strip()
        process.terminate()


async def main() -> None:
    with tempfile.TemporaryDirectory() as name, chromium(Path(name) / "chromium") as chrome:
        day, kinds, scene = Path(name) / "day", Path(name) / "kinds", Scene(chrome)
        shutil.copytree(SEEDS, day / "documents")
        async with bot(day) as sandbox:
            await play(scene, sandbox, day)
            with review(day / "data") as address:
                await asyncio.to_thread(chrome.get, address)
                await scene.take("review")
        kinds.mkdir()
        articles.write(kinds / "documents")
        async with bot(kinds) as sandbox:
            await play_kinds(scene, sandbox)


asyncio.run(main())
