"""Chromium as a phone: what the tests and the pictures of the chat page drive."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCREEN = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
PATIENCE = 30.0  # seconds; a busy machine takes its time
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoBrowserError(Exception):
    """There is no Chromium to drive."""


@contextmanager
def chromium(profile: Path) -> Iterator[webdriver.Chrome]:
    """Run a real Chromium with a phone's screen; `profile` is an empty folder. Raise NoBrowserError."""
    browser, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if browser is None or driver is None:
        raise NoBrowserError("chromium and chromedriver are not on the PATH")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for switch in (*SWITCHES, f"--user-data-dir={profile}"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = webdriver.Chrome(options, Service(driver))
    try:
        chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", SCREEN)
        yield chrome
    finally:
        chrome.quit()


class Phone:
    """The chat page in a real Chromium; each step runs beside the event loop that serves the page."""

    def __init__(self, chrome: webdriver.Chrome) -> None:
        self.chrome = chrome

    async def open(self, url: str) -> None:
        await asyncio.to_thread(self.chrome.get, url)
        await self.until("return document.querySelector('.tab') !== null")

    async def tap(self, selector: str) -> None:
        """Tap the last of the elements that the selector finds, as soon as there is one on show."""
        await self.until(
            "return [...document.querySelectorAll(arguments[0])].at(-1)?.checkVisibility()", selector
        )
        found = await asyncio.to_thread(self.chrome.find_elements, By.CSS_SELECTOR, selector)
        await asyncio.to_thread(found[-1].click)

    async def write(self, text: str, end: str = Keys.ENTER) -> None:
        field = self.chrome.find_element(By.ID, "input")
        await asyncio.to_thread(field.send_keys, text, end)

    async def attach(self, path: Path) -> None:
        """Choose a file to send."""
        field = self.chrome.find_element(By.ID, "file")
        await asyncio.to_thread(field.send_keys, str(path))

    async def pick(self, selector: str, value: str) -> None:
        """Choose an option of a select by its value."""
        field = Select(self.chrome.find_element(By.CSS_SELECTOR, selector))
        await asyncio.to_thread(field.select_by_value, value)

    async def sees(self, text: str, selector: str = "body") -> None:
        """Wait until the text stands in an element of the selector."""
        found = "[...document.querySelectorAll(arguments[0])].some((e) => e.innerText.includes(arguments[1]))"
        await self.until(f"return {found}", selector, text)

    async def until(self, script: str, *arguments: object) -> None:
        def wait() -> None:
            WebDriverWait(self.chrome, PATIENCE, 0.05).until(
                lambda chrome: chrome.execute_script(script, *arguments), f"{script} {arguments}"
            )

        await asyncio.to_thread(wait)

    async def run(self, script: str, *arguments: object) -> Any:
        return await asyncio.to_thread(self.chrome.execute_script, script, *arguments)

    async def theme(self, scheme: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        await asyncio.to_thread(
            self.chrome.execute_cdp_cmd, "Emulation.setEmulatedMedia", {"features": features}
        )

    async def screenshot(self, path: Path) -> None:
        await asyncio.to_thread(self.chrome.save_screenshot, str(path))

    def complaints(self) -> list[str]:
        """Return what the browser complained of since the last look: script errors, refused content."""
        entries = self.chrome.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in entries]
