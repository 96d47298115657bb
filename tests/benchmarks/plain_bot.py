"""`python -m tests.benchmarks.plain_bot URL FOLDER`: a bot over rank-bm25, as such scripts are often written.

The library's defaults, a scan of all paragraphs for each question, the best three as they are. It knows no
rate limits, keeps nothing, and says nothing about where a paragraph stands.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import jieba
import numpy as np
from rank_bm25 import BM25Okapi
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from bot.settings import SANDBOX_TOKEN

if TYPE_CHECKING:
    from telegram import Update

BEST = 3


def main(url: str, folder: Path) -> None:
    paragraphs = [
        line
        for file in sorted(folder.rglob("*.md"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    bm25 = BM25Okapi([jieba.lcut(paragraph) for paragraph in paragraphs])

    async def answer(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        scores = bm25.get_scores(jieba.lcut(update.message.text or ""))
        best = np.argsort(scores)[::-1][:BEST]
        text = "\n\n".join(paragraphs[number] for number in best)
        await update.message.reply_text(text, do_quote=True)

    application = (
        Application.builder()
        .token(SANDBOX_TOKEN)
        .base_url(f"{url}/bot")
        .base_file_url(f"{url}/file/bot")
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, answer))
    application.run_polling()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
