"""Keeps the bot's token out of everything that is logged or printed.

Messages, arguments, tracebacks and stack dumps are all cleaned, on each handler, so that it does not
matter which logger or library wrote the record. Warnings, and errors that nobody caught, are cleaned too.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

HIDDEN = "<token>"
SECRET = 20  # characters at least of a token's second half, which is hidden on its own too

# The shape of any bot token: libraries may log one that we were not given.
_TOKEN = re.compile(r"(?<!\d)\d{5,}:[A-Za-z0-9_-]{30,}")


class Redaction(logging.Filter):
    """A handler's filter that lets every record pass, without the token."""

    def __init__(self, token: str | None, *others: str) -> None:
        """Hide the token, its second half, and other secrets."""
        super().__init__()
        secret = (token or "").partition(":")[2]
        self._hidden = [part for part in (token, secret if len(secret) >= SECRET else None, *others) if part]

    def clean(self, text: str) -> str:
        for part in self._hidden:
            text = text.replace(part, HIDDEN)
        return _TOKEN.sub(HIDDEN, text)

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self.clean(_message(record)), None
        if isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
            # Formatted here, for a formatter would take the token from the exception itself.
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        record.exc_info = None
        record.exc_text = self.clean(record.exc_text) if record.exc_text else None
        record.stack_info = self.clean(record.stack_info) if record.stack_info else None
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - arguments may be anything, and a line of the log must not end a program
        return f"{record.msg!r} (its arguments do not fit)"


def set_up_logging(token: str | None, level: str = "info", *others: str) -> None:
    """Log to standard error, warnings and uncaught exceptions included, with the token and others hidden."""
    redaction = Redaction(token, *others)
    if not logging.root.handlers:
        logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.captureWarnings(capture=True)
    for handler in (*logging.root.handlers, logging.lastResort):
        if handler is not None:
            handler.addFilter(redaction)
    # The first two log each request's address, and the token is a part of it.
    for name in ("httpx", "httpcore", "uvicorn"):
        logging.getLogger(name).setLevel(logging.WARNING)

    def uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        sys.stderr.write(redaction.clean("".join(traceback.format_exception(kind, error, trace))))

    sys.excepthook = uncaught
    sys.unraisablehook = lambda args: uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    threading.excepthook = lambda args: uncaught(args.exc_type, args.exc_value, args.exc_traceback)
