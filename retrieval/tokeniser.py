"""How jieba makes words of a route through its dictionary, and rjieba, which finds that route faster.

A route is the dictionary's words that a text most likely consists of, with single characters between them.
jieba gives each run of these to a hidden Markov model. rjieba, jieba in Rust, finds the same routes, but not
the same words: it rounds the model's probabilities and splits Latin otherwise. So the routes are its own, and
the rest is here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from jieba.finalseg import MIN_FLOAT, emit_P, start_P, trans_P

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    Route = Callable[[str], list[str]]

BLOCK = re.compile(r"([\u4e00-\u9fd5a-zA-Z0-9+#&._%\-]+)")
"""What jieba cuts into words; what stands between is cut into characters."""

_PARTS = re.compile(r"[\u4e00-\u9fd5]+|[a-zA-Z0-9]+(?:\.\d+)?%?|[^\u4e00-\u9fd5a-zA-Z0-9]+")
_SIGNS = frozenset("+#&._%-")
# Han characters that rjieba cuts into words and jieba does not, and what is no UTF-8.
_APART = re.compile(r"([\u3400-\u4dbf\u9fd6-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f\ud800-\udfff])")


def identity() -> str:
    """What finds the routes of large texts, and its version; all of them find the same."""
    try:
        return f"rjieba {version('rjieba')}"
    except PackageNotFoundError:
        return f"jieba {version('jieba')}"


def fast_route(words: Iterable[tuple[str, int]]) -> Route | None:
    """What finds routes through `words` with their frequencies as jieba does, with ASCII characters joined.

    None where rjieba is not installed, or would find others: it never takes a word of frequency 0, and
    what it joins of single letters could be a word where such letters are words, too.
    """
    try:
        found = import_module("rjieba").Jieba.empty()
    except ImportError:
        return None
    for word, frequency in words:
        if not frequency or (len(word) == 1 and word.isascii()):
            return None
        found.add_word(word, frequency, None)

    def route(text: str) -> list[str]:
        pieces: list[str] = []
        for place, part in enumerate(_APART.split(text)):
            pieces += [part] if place % 2 else found.cut(part, hmm=False)
        return pieces

    return route


def words_of(route: Iterable[str], dictionary: Container[str], frequency: Callable[[str], int]) -> list[str]:
    """The words that jieba makes of a route: its words, and those that the characters between them form."""
    words: list[str] = []
    run = ""
    for piece in route:
        if piece.isascii():
            single = len(piece) == 1 or piece not in dictionary  # or several that rjieba has joined
            is_between = piece in _SIGNS or (piece.isalnum() and single)
        else:
            is_between = len(piece) == 1 and "\u4e00" <= piece <= "\u9fd5"
        if is_between:
            run += piece
            continue
        if run:
            words += _formed(run, frequency)
            run = ""
        words.append(piece)
    if run:
        words += _formed(run, frequency)
    return words


def _formed(run: str, frequency: Callable[[str], int]) -> Iterable[str]:
    if len(run) == 1 or frequency(run):
        return run
    words: list[str] = []
    for part in _PARTS.findall(run):
        if len(part) > 1 and not part.isascii():
            words += _most_likely(part)
        else:
            words.append(part)
    return words


class _Emissions(dict[str, tuple[float, ...]]):
    """For each character its probabilities to begin, to end, to be in and to be a word."""

    def __missing__(self, character: str) -> tuple[float, ...]:
        self[character] = found = tuple(emit_P[state].get(character, MIN_FLOAT) for state in "BEMS")
        return found


_EMISSIONS = _Emissions()
_B_E, _B_M, _M_E, _M_M = trans_P["B"]["E"], trans_P["B"]["M"], trans_P["M"]["E"], trans_P["M"]["M"]
_E_B, _E_S, _S_B, _S_S = trans_P["E"]["B"], trans_P["E"]["S"], trans_P["S"]["B"], trans_P["S"]["S"]


@lru_cache(maxsize=1 << 15)
def _most_likely(run: str) -> tuple[str, ...]:
    """Viterbi's algorithm as in jieba.finalseg, with its order of additions and of states of equal score."""
    b, e, m, s = (start_P[state] + emitted for state, emitted in zip("BEMS", _EMISSIONS[run[0]], strict=True))
    to_b, to_e, to_m, to_s = "BEMS"  # the best states up to here
    for character in run[1:]:
        emit_b, emit_e, emit_m, emit_s = _EMISSIONS[character]
        e_b, s_b, b_m, m_m = e + _E_B + emit_b, s + _S_B + emit_b, b + _B_M + emit_m, m + _M_M + emit_m
        b_e, m_e, e_s, s_s = b + _B_E + emit_e, m + _M_E + emit_e, e + _E_S + emit_s, s + _S_S + emit_s
        next_b, b = (to_e, e_b) if e_b > s_b else (to_s, s_b)
        next_m, m = (to_b, b_m) if b_m > m_m else (to_m, m_m)
        next_e, e = (to_b, b_e) if b_e > m_e else (to_m, m_e)
        next_s, s = (to_e, e_s) if e_s > s_s else (to_s, s_s)
        to_b, to_e, to_m, to_s = next_b + "B", next_e + "E", next_m + "M", next_s + "S"
    words = []
    begin = end = 0
    for place, state in enumerate(to_e if e > s else to_s):
        if state == "B":
            begin = place
        elif state in "ES":
            words.append(run[begin if state == "E" else place : place + 1])
            end = place + 1
    return (*words, run[end:]) if end < len(run) else tuple(words)
