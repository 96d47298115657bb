from __future__ import annotations

import io
import logging
import subprocess
import sys

from bot.redaction import HIDDEN, Redaction

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-pa"


def logged(emit: logging.Logger, stream: io.StringIO, token: str | None) -> logging.Handler:
    handler = logging.StreamHandler(stream)
    handler.addFilter(Redaction(token))
    emit.addHandler(handler)
    emit.setLevel(logging.DEBUG)
    emit.propagate = False
    return handler


def test_hidden_everywhere() -> None:
    """The token leaves neither the message, nor its arguments, nor a traceback, nor a stack dump."""
    stream, emit = io.StringIO(), logging.getLogger("test.redaction.everywhere")
    handler = logged(emit, stream, TOKEN)
    try:
        emit.debug("GET https://api.telegram.org/bot%s/getMe", TOKEN)
        emit.info(f"of one piece {TOKEN}")
        try:
            int(TOKEN)
        except ValueError:
            emit.exception("failed", stack_info=True)
    finally:
        emit.removeHandler(handler)
    assert TOKEN not in stream.getvalue()
    assert stream.getvalue().count(HIDDEN) == 3
    assert "Traceback" in stream.getvalue()
    assert "ValueError: invalid literal" in stream.getvalue()


def test_foreign_token_hidden() -> None:
    """A text that looks like a token is hidden too, though it is not the bot's own."""
    stream, emit = io.StringIO(), logging.getLogger("test.redaction.foreign")
    handler = logged(emit, stream, None)
    emit.info("other %s", TOKEN)
    emit.info("POST https://api.telegram.org/bot%s/getMe", TOKEN)
    emit.removeHandler(handler)
    assert stream.getvalue() == f"other {HIDDEN}\nPOST https://api.telegram.org/bot{HIDDEN}/getMe\n"


def test_odd_arguments_survive() -> None:
    """A record without arguments keeps its percent signs."""
    stream, emit = io.StringIO(), logging.getLogger("test.redaction.odd")
    handler = logged(emit, stream, TOKEN)
    emit.info("100% sure")
    emit.removeHandler(handler)
    assert stream.getvalue() == "100% sure\n"


def test_wrong_arguments() -> None:
    """A line whose arguments do not fit is logged as it is, without them, and raises nothing."""
    stream, emit = io.StringIO(), logging.getLogger("test.redaction.wrong")
    handler = logged(emit, stream, TOKEN)
    emit.info("%d of %d", TOKEN)
    emit.removeHandler(handler)
    assert stream.getvalue() == "'%d of %d' (its arguments do not fit)\n"


def test_uncaught_exception_hidden() -> None:
    """A program that dies of an exception does not print the token either, and httpx logs no addresses."""
    code = (
        "import logging\n"
        "from bot.redaction import set_up_logging\n"
        f"set_up_logging({TOKEN!r}, 'debug')\n"
        f"logging.getLogger('httpx').info('HTTP Request: {TOKEN[:12]}')\n"
        f"raise RuntimeError('bad ' + {TOKEN!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert TOKEN not in done.stderr
    assert "HTTP Request" not in done.stderr
    assert f"RuntimeError: bad {HIDDEN}" in done.stderr


def test_hidden_wherever_python_itself_prints() -> None:
    """Errors in threads, in destructors and in tasks nobody awaits, and warnings, are without the token."""
    code = f"""
import asyncio, gc, threading, warnings
from bot.redaction import set_up_logging

token = {TOKEN!r}
set_up_logging(token, "debug")

def fail(where):
    raise RuntimeError(f"in {{where}}: {{token}}")

class Failing:
    def __del__(self):
        fail("a destructor")

async def abandon():
    asyncio.get_running_loop().create_task(asyncio.to_thread(fail, "a task"))
    await asyncio.sleep(0.1)
    gc.collect()

thread = threading.Thread(target=fail, args=["a thread"])
thread.start()
thread.join()
Failing()
asyncio.run(abandon())
warnings.warn(f"in a warning: {{token}}")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert TOKEN not in done.stderr
    for where in ("a thread", "a destructor", "a task", "a warning"):
        assert f"in {where}: {HIDDEN}" in done.stderr


def test_half_a_token_hidden() -> None:
    """The secret half alone is hidden, as where the colon between the halves is escaped; a word is not."""
    assert Redaction(TOKEN).clean("/bot" + TOKEN.replace(":", "%3A")) == f"/bot123456789%3A{HIDDEN}"
    assert Redaction("1000000:sandbox").clean("the sandbox of 1000000:sandbox") == f"the sandbox of {HIDDEN}"
