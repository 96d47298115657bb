"""A dictionary built once, and folders of small articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jieba
import pytest

from retrieval.dictionary import Dictionary, build_dictionary
from retrieval.language import normalise

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def dictionary(tmp_path_factory: pytest.TempPathFactory) -> Dictionary:
    folder = tmp_path_factory.mktemp("dictionary")
    build_dictionary(folder, None, normalise)
    return Dictionary(folder)


@pytest.fixture(scope="session")
def original() -> jieba.Tokenizer:
    """jieba as it comes."""
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer


@pytest.fixture
def documents(tmp_path: Path) -> Callable[..., Path]:
    """Write the articles, text by file name, and return their folder."""

    def write(**articles: str) -> Path:
        folder = tmp_path / "documents"
        folder.mkdir(exist_ok=True)
        for name, text in articles.items():
            (folder / f"{name}.md").write_text(text, encoding="utf-8")
        return folder

    return write
