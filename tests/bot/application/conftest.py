"""The whole bot against the sandbox: real documents, a real index, real HTTP."""

from __future__ import annotations

import asyncio
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.application import WAITERS, serve
from bot.outgoing import pacing
from bot.sandbox.server import SANDBOX_ADMIN_ID, Sandbox
from bot.settings import SANDBOX_TOKEN, Settings
from retrieval.index import Index
from tests.processes import TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from bot.sandbox.people import Person

ARTICLES = {
    "tea.md": """---
title: 云岭县茶业报告
date: 2021-03-05
source: 云岭县志
---

## 种植

云岭县的茶园大多在海拔八百米以上的山坡，土壤偏酸，云雾多，采摘期从清明前后开始，到立夏结束。

全县茶园面积达到12万亩，其中有机茶园3.5万亩，种茶农户共8600户，最大的一片茶园在石塘镇。

## 产量

2020年全县干茶产量3100吨，比上年增长7.5%，茶业总产值达4.6亿元，占农业总产值的三成以上。

红茶和绿茶各占一半，另有少量白茶，白茶只在石塘镇的两个村子里制作，工艺由老师傅口传。

## 销路

茶叶主要卖到广州、上海和西安，县里在西安开了第一家直营店，网上的销售额第一次超过门店。
""",
    "road.md": """---
title: 云岭县公路建设
date: 2022-11
---

盘山公路从县城通到北边的青石关，全长35公里，2022年10月18日通车，修了整整四年。

公路上有隧道6座、桥梁21座，最长的青石隧道长2800米，打通时创下全省县级公路的纪录。

通车以后，从县城到青石关的车程由两个半小时缩短为40分钟，沿线的五个村子都通了班车。

养护由县公路段负责，冬天结冰时会在路口设卡，给过往车辆发放防滑链。
""",
    "school/library.txt": """云岭县图书馆开馆

新建的县图书馆位于文昌路，去年六月开馆，藏书18万册，周末开放到晚上九点。

图书馆里设有盲文阅览室和儿童馆，儿童馆每周六请退休教师来讲故事，报名要提前两天。
""",
}


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `documents` and, in `data`, their index; tests work on copies of it."""
    folder = tmp_path_factory.mktemp("library")
    for name, text in ARTICLES.items():
        path = folder / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    settings = Settings(documents=folder / "documents", data=folder / "data")
    Index(settings.snapshots, recognised=settings.recognised).build(settings.documents)
    return folder


@pytest.fixture(autouse=True)
def unpaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said in a private chat does not wait for the next second; that it does is tested by itself."""
    monkeypatch.setattr(pacing, "PRIVATE", (1000, 1.0))


def copy_library(library: Path, folder: Path) -> None:
    """Copy the documents and their index, which is then of the copies: no bot has to read them anew."""
    shutil.copytree(library, folder, dirs_exist_ok=True)
    for manifest in folder.glob("data/snapshots/*/manifest.json"):
        content = json.loads(manifest.read_text(encoding="utf-8"))
        content["source"] = str((folder / "documents").resolve())
        manifest.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


@pytest.fixture
def settings(library: Path, tmp_path: Path, sandbox: Sandbox) -> Settings:
    copy_library(library, tmp_path)
    sandbox.privacy = False  # admins are told where it is on, in the middle of what a test looks at
    return Settings(
        token=SANDBOX_TOKEN,
        api_url=sandbox.url,
        admins=frozenset({SANDBOX_ADMIN_ID}),
        documents=tmp_path / "documents",
        data=tmp_path / "data",
    )


@pytest.fixture
def folder(library: Path, tmp_path: Path) -> Path:
    """A copy of the library for a bot that is a process of its own."""
    copy_library(library, tmp_path)
    return tmp_path


@pytest.fixture
async def telegram() -> AsyncIterator[Sandbox]:
    """A Bot API server with a real-looking token."""
    async with Sandbox(token=TOKEN) as server:
        yield server


@pytest.fixture
def running(settings: Settings, sandbox: Sandbox) -> Callable[..., AbstractAsyncContextManager[None]]:
    """Run the bot for a block of a test, with changed settings where some are given; twice restarts it."""

    def webhooks() -> int:
        return len(sandbox.called("deleteWebhook")) + len(sandbox.called("setWebhook"))

    @asynccontextmanager
    async def run(**changes: Any) -> AsyncIterator[None]:
        stop = asyncio.Event()
        begun = webhooks()
        threads = ThreadPoolExecutor(WAITERS)  # as the bot's own process has
        asyncio.get_running_loop().set_default_executor(threads)
        serving = asyncio.create_task(serve(replace(settings, **changes), stop))
        try:
            await sandbox.until(lambda: webhooks() > begun or serving.done(), timeout=30)
            yield
        finally:
            stop.set()
            await serving

    return run


@pytest.fixture
async def bot(running: Callable[[], AbstractAsyncContextManager[None]]) -> AsyncIterator[None]:
    async with running():
        yield


@pytest.fixture
def asker(sandbox: Sandbox) -> Person:
    return sandbox.user()


@pytest.fixture
def admin(sandbox: Sandbox) -> Person:
    return sandbox.user(SANDBOX_ADMIN_ID, name="管理员")
