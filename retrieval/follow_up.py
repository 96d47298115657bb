"""Completes a follow-up (`那2020年呢`, `谁主持的`) from the question before it, by rules over their words.

A follow-up names a new date, place or measure for the old question, asks something else of the old topic, or
points at it with a pronoun. A question with a topic of its own is none. What is completed is shown to the
asker, so it is made of whole phrases of the two questions. It searches nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.plain import plain
from retrieval.question_parts import DATES, NAMES, NOUNS, PLACES, Parts, Phrase, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.dictionary import Dictionary

LONGEST = 30  # characters of a follow-up: who writes more names the topic too
LONGEST_BEFORE = 120  # characters of a question that one can follow; a pasted text is none
LONGEST_TOPIC = 40  # characters of what it is about
LONGEST_BARE = 3  # characters of a measure that leaves open whose it is: 面积, but not 进出口总额
MOST_TOPICS = 3  # words of its own topic in a follow-up with a marker

_ENDS = " \t\r\n\u3000?？!！。.,，、;；:：~～…"
_CONNECTIVE = "然后|后来|接着|其次|其实|所以|因此|但是|可是|不过|例如|比如"
_LEAD = re.compile(
    rf"(?:那么?)?(?:{_CONNECTIVE})[,，、 ]*|(?:那么?|还有(?![哪什多谁几])|另外|而|再|换成)[,，、 ]*"
)
# Said to the bot, or a word that names nothing: `换成英文` and `它呢` are no questions about anything before.
_CHATTER = re.compile(
    r"""
    (?:那么?)?
    (?: [你您](?!知道).* | 我们?(?:(?:是谁|叫什么|在哪).*)?
      | (?:换成|改成|翻译成|用|说)?(?:[中英]文|繁体|简体)字? | (?:换成|改成|翻译成|用|说)[英汉]语
      | [它他她]们? | 其[他它她]的? | 别的 | [这那](?:个|些|里|边|样)?
      | 问题 | 答案 | 回答 | 意思 | 真的 | 干[嘛啥] | 天气
      | 早上?好 | 晚上好 | 晚安 | 再见 | 谢谢 | 多谢 | 辛苦了? | 好的? | 嗯+ | 哈+ | 呵+ | 嘿+
    )
    [呢吗了啊呀吧嘛]*
    """,
    re.VERBOSE,
)
_AMONG = re.compile(r"(?:那么?)?其中[,，、:： ]*的?")
_MEASURE = "一?[个些次项种家场部条座位届首款篇名起所对]"
_POINTING = re.compile(
    rf"(?P<pronoun>(?P<demonstrative>[这那]{_MEASURE}|该|此次?|上述)|[它他她]们?|[这那]里|其|这(?!{_MEASURE}))"
)
_PERSON = re.compile("[他她]")
# What nearly anything may be called when it is spoken of again; any other noun has to stand in the old topic.
_GENERAL_NOUN = re.compile("项目|工程|会议?|活动|政策|规定|办法|文件|通知|计划|方案|事")
_CONDITION = re.compile(r"没有|没|不|如果|要是|若|假如|万一|除了")
_REASON = re.compile(r"为[什甚]么|为何|为啥|原因")
_EXCLAIMED = re.compile(
    r"什么|啥|怎么了?|(?:现在|今天)?几点了|(?:是|真|真的|可以|好|行|对|有|还有|在)?吗|是不是|有没有|在不在"
)
_OF_MEASURE = re.compile(r"[增降减升涨跌占]|排|同比|环比|第几|达到|超过|变化")
_RANK = re.compile(r"第几|排名|名次|位次|位列|位居|排在?")
_WITHOUT_YEAR = re.compile(r"\d{1,2}月|第?[一二三四1-4]季度|前[一二三]季度|[上下]半年|[年月]?[底初末]")


def complete(question: str, before: str, dictionary: Dictionary) -> str | None:
    """Return `question` completed from the one before, without its question mark.

    None where it stands by itself, or where the one before has nothing to give.
    """
    asked, old = question.strip(_ENDS), before.strip(_ENDS)
    if not 0 < len(asked) <= LONGEST or not 0 < len(old) <= LONGEST_BEFORE:
        return None
    simple = plain(asked)
    if _CHATTER.fullmatch(simple):
        return None
    if among := _AMONG.match(simple):
        return _within(parse(asked[among.end() :], dictionary), old, dictionary)
    if (pointed := _pointing(asked, old, dictionary)) is not None:
        return pointed
    lead = _LEAD.match(simple)
    start = lead.end() if lead and _begins(simple, lead.end(), dictionary) else 0
    parts = parse(asked[start:].removesuffix("呢"), dictionary)
    if parts.asks:
        return _other_question(parts, old, dictionary, marked=start > 0)
    return _other_value(parts, old, dictionary, marked=start > 0 or simple.endswith("呢"))


def _begins(simple: str, length: int, dictionary: Dictionary) -> bool:
    """Tell whether the first characters are words of their own, not the beginning of a longer one (那曲)."""
    first, *_ = dictionary.words(simple)
    if len(first) <= length or dictionary.FREQ.get(first):
        return len(first) <= length
    # jieba guessed the word: it is a name (那英), or two words (那有).
    after, *_ = parse(simple[length:], dictionary).words
    return len(after.text) > 1 or after.role != "topic"


def _other_value(parts: Parts, old: str, dictionary: Dictionary, *, marked: bool) -> str | None:
    """Read `那2020年呢`: the old question with another date, place, measure or subject."""
    roles = {slot.role for slot in parts.slots()}
    if not roles or not (marked or roles == DATES) or parts.count(NAMES) > MOST_TOPICS + 1:
        return None
    if _CONDITION.match(plain(parts.text)):
        return f"{parts.text}，{old}"
    for slot in parts.slots():
        filled = _put(slot, old, dictionary, ranked=_RANK.search(plain(old)) is not None)
        old = filled or slot.text + ("" if slot.role in DATES | PLACES else "，") + old
    return old


def _other_question(parts: Parts, old: str, dictionary: Dictionary, *, marked: bool) -> str | None:
    """Read `谁主持的` or `那利润是多少`: another question about the old topic."""
    asked = plain(parts.text)
    if _EXCLAIMED.fullmatch(asked) or not (_is_short(parts) if marked else _is_bare(parts)):
        return None
    about = _topic(old, asked, dictionary)
    known = parse(about, dictionary).roles
    if not about or (not marked and parts.count(DATES) and not known & DATES):
        return None
    if _REASON.match(asked):
        return f"{parse(old, dictionary).without_asking()}，{parts.text}"
    head, predicate = parts.split()
    if not head.roles & (NAMES | DATES | PLACES | known):
        return about + parts.text
    for slot in head.slots():
        filled = _put(slot, about, dictionary, ranked=_RANK.search(asked) is not None)
        about = filled or (slot.text + about if slot.role == "date" else about + slot.text)
    return about + parts.text[predicate.words[0].start :]


def _is_short(parts: Parts) -> bool:
    """Tell whether a question with a marker leaves its topic open: it names little, and not on both sides."""
    head, predicate = parts.split()
    return parts.count(NAMES) <= MOST_TOPICS and not (head.count(NAMES) and predicate.count(NAMES))


def _is_bare(parts: Parts) -> bool:
    """Tell whether a question without a marker names nothing of its own: `谁主持的`, `面积是多少`."""
    quantities = [word for word in parts.words if word.role == "quantity"]
    if parts.count(NAMES | PLACES) or any(len(word.text) > LONGEST_BARE for word in quantities):
        return False
    return len(quantities) <= 1 and not (quantities and parts.count(DATES))


def _within(parts: Parts, before: str, dictionary: Dictionary) -> str | None:
    """Read `其中中部呢`: the old question about a part of what it was about, or in a ranking among fewer."""
    part, old = parts.named(), parse(before, dictionary)
    if not part:
        return None
    if parts.roles == old.roles & {"scope"} and _RANK.search(plain(before)):
        return _other_value(parts, before, dictionary, marked=True)
    if parts.asks:
        about = old.without_asking()
        return f"{about}，其中{part}" if about else None
    head, predicate = old.split()
    if not head.named() or not predicate.words:
        return f"{old.text}，其中{part}"
    return f"{head.named()}，其中{part}{old.text[predicate.words[0].start :]}"


def _pointing(asked: str, old: str, dictionary: Dictionary) -> str | None:
    """Read `它有多长` or `该项目投资多少`: the topic in the pronoun's place; None without one."""
    simple = plain(asked)
    match = _POINTING.match(simple)
    if match is None or not _begins(simple, match.end(), dictionary):
        return None
    if _PERSON.match(simple) and "谁" in plain(old):
        return None  # who it is stood in the answer only
    about = _topic(old, simple, dictionary)
    parts = parse(asked[match.end() :].removesuffix("呢"), dictionary)
    rest = parts.text
    if match["demonstrative"] and parts.words:
        noun, *others = parts.words
        known = noun.text in plain(about)
        if not known and not _GENERAL_NOUN.fullmatch(noun.text):
            return None
        parts, rest = Parts(rest, others), rest[noun.end :] if known else rest
    if not (parts.asks or simple.endswith("呢")) or parts.count(NAMES) >= MOST_TOPICS:
        return None
    return about + rest if about and rest else None


def _topic(old: str, asked: str, dictionary: Dictionary) -> str:
    """Return what the old question is about, as far as `asked` goes on from it; empty where that is long."""
    about = parse(old, dictionary).subject(measured=_OF_MEASURE.search(asked) is not None)
    return about if len(about) <= LONGEST_TOPIC else ""


def _put(slot: Phrase, text: str, dictionary: Dictionary, *, ranked: bool) -> str | None:
    """Return `text` with the slot's phrase in the place of its like; None where it has none.

    In a ranking (`湖南排第几`) a region is where it is ranked, and takes no other place's place.
    """
    parts = parse(text, dictionary)
    phrases = parts.phrases()
    predicate = parts.split()[1].words
    at = predicate[0].start if predicate else len(text)
    if slot.role in DATES | PLACES:
        like = _like_when_or_where(slot, phrases, ranked=ranked)
    elif slot.role == "aspect":
        like = next((phrase for phrase in reversed(phrases) if phrase.role == "aspect"), None)
    else:
        like = _like_what(slot, parts, at)
    if like:
        start = like.start
        if slot.role == "quantity" and parse(slot.text, dictionary).count(NAMES):
            start = next((other.start for other in phrases if other[2:] == (start, "topic")), start)
        new = _dated(slot.text, like.text) if slot.role == "date" else slot.text
        return text[:start] + new + text[like.end :]
    if slot.role == "scope" and ranked and at:
        return text[:at] + slot.text + text[at:]
    about = _topic(text, slot.text, dictionary) if slot.role == "aspect" else ""
    return f"{about}的{slot.text}" if about else None


def _like_when_or_where(slot: Phrase, phrases: Sequence[Phrase], *, ranked: bool) -> Phrase | None:
    same = [phrase for phrase in phrases if phrase.role == slot.role]
    places = [phrase for phrase in phrases if {phrase.role, slot.role} <= PLACES and not ranked]
    return next(iter(same or places), None)


def _like_what(slot: Phrase, parts: Parts, at: int) -> Phrase | None:
    """Find the noun that ends alike, or else the last one before the predicate, or else after it.

    Of several nouns together (`二等奖奖励`) only those up to the one that ends alike (`三等奖`) are it.
    """
    nouns = [phrase for phrase in parts.phrases() if phrase.role in NOUNS]
    before = [phrase for phrase in nouns if phrase.end <= at]
    starts = [
        Phrase(parts.text[phrase.start : word.end], phrase.start, word.end, phrase.role)
        for phrase in nouns
        for word in parts.words
        if phrase.start < word.end <= phrase.end
    ]
    for candidates in (
        [phrase for phrase in starts if phrase.text[-2:] == slot.text[-2:]],
        [phrase for phrase in before if phrase.role == slot.role],
        before,
        nouns,
    ):
        if candidates:
            return candidates[-1]
    return None


def _dated(new: str, old: str) -> str:
    """Give a date without its year that of the old one: `9月` for `2021年8月` is `2021年9月`."""
    year = re.match(r"[^年]*年(?!度?[底初末])", old) if _WITHOUT_YEAR.match(plain(new)) else None
    return year[0] + new if year else new
