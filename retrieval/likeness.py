"""How like each other two questions are, and whether they are one and the same.

What only asks or is polite is left out. Of the rest, likeness compares the pairs of characters, which is
good enough to group questions; the same question has all its characters in the same order. Questions that
differ in a number, a year, a place or a negation are neither, however many characters they share. What a
question means is not looked at: other words for the same thing make another question.
"""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.language import normalise
from retrieval.numerals import parse_number
from retrieval.word_roles import NAMED_PLACE

if TYPE_CHECKING:
    from collections.abc import Sequence

ALIKE = 0.75
"""The likeness from which two questions are grouped. Of 60 pairs of the same question and 60 of others that
share most characters, it tells all of these rightly apart."""

_LEAST_SHARED = ALIKE / (2 - ALIKE)  # of a question's bigrams; with fewer the coefficient stays below ALIKE
_LONGEST = 300  # characters of a question that are compared
_SWAPPED = 0.5  # each says a character that the other does not: another thing is asked about
_ASKED_OTHERWISE = 0.5  # 在哪里 and 什么时候

_POLITE = re.compile(
    r"""
    (?:请问|请教|麻烦|劳驾|打扰|打听|想问|我问|问问|问)(?:一?下|您|你|大家|各位)*
    | (?:我|我们)?(?:很)?(?:想要?|需要)(?:知道|了解|问问?|查询?|咨询)(?:一?下)?
    | (?:能不能|能否|可不可以|可否|可以|能|请)?(?:麻烦)?(?:[你您])?(?:告诉|告知)(?:一?下)?(?:我们?)?(?:一?下)?
    | (?:请|能|可以)?帮(?:我|忙)+(?:查询?|看|找|问)?(?:一?下)? | 查一?下 | 一下
    | (?:有[人谁]|[你您]|大家|谁)?知不?知道 | (?:有人|[你您]们?|大家|谁)知道 | [你您]好 | 多?谢谢?[你您]?
    | 具体|到底|究竟|大概|大约|一共|总共|共[有计]|目前|现在|关于|那么|分别
    """,
    re.VERBOSE,
)
# What is asked for, and the words that ask for it; the first of those in the question counts most.
_ASKING = {
    "reason": r"为[什甚]么|为何|为啥|何故|怎么会|(?:是)?什么原因|原因",
    "person": r"谁|哪[一几]?位|(?:什么|哪个|哪些)人(?![口类])|何人",
    "duration": r"等?待?(?:时?长?多久(?:时间)?|多长的?时间"
    r"|(?:多少|几)个?(?:工作日|小时|分钟|天|年(?!级)|个月|周))",
    "time": r"什么时[候间刻]|何[时年月日]|啥时候?|哪一?个?(?:年份?|天|日|月份?|时候)"
    r"|几月(?:份|几?[日号])?|几[号点时]|什么日[子期]|时间|日期",
    "place": r"(?:位于|坐落于|地处|[在到去])?(?:哪里|哪儿|何[处地]|什么地方|哪个地方|什么位置)"
    r"|[在到去]哪(?![个些一年天月])|地[点址]|位置",
    "rank": r"第几[名位]?|第多少[名位]?|排名?(?:第几)|排名|名次|位次",
    "manner": r"怎么(?:样|办(?!理))?|怎样|如何|咋样?",
    "amount": r"多少(?:个?人|[家户个名位元项件所座次种辆台套亩吨]|块?钱)?"
    r"|几(?:个?人|[家户个名位元项件所座次种条]|块钱)?|多(?=[大高长远重宽深贵])|百分之",
    "what": r"什么样?|哪一?[些个家种类项几所座]?|啥|包[括含](?!服务)|何种",
    "whether": r"是否|有没有|需不需要|(?P<verb>[^\W\d_])不(?=(?P=verb))|吗|么$",
}
_OFTEN_UNSAID = frozenset({"amount", "what", "whether"})  # 进出口总额 alone asks for its amount
_EVERY_ASKING = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _ASKING.items()))
_ABLE = re.compile(r"可不可以|可否|能否|可以|能够")
_COUNTED = re.compile(r"(?:多少|几)(?P<unit>个?人|[家户个名位项件所座次种条辆台套亩吨])")
_UNIT_OF_PEOPLE = re.compile(r"个?人|名|位")
# Words without which the question is the same one, and those without which it is nearly so.
_EMPTY = re.compile(r"需要|应该|应当|(?<![主重])要(?![求点素件])|需(?!求)|[的了是有呢吧啊呀嘛哦]")
_SMALL = re.compile(
    r"以及|主要|[是为有]?(?:的|地)?(?:话|情况)|[的了是为在有于由被和与及能谁呢吧啊呀嘛哦对把要需须应该]"
)
# Words for one thing that questions about it are asked with.
_SAME = tuple(
    (re.compile(words), one)
    for words, one in (
        ("举行|举办|召开", "召开"),
        ("办理|申办|申领|办", "办"),
        ("增长率|增长速度|增速|增幅", "增速"),
        ("联系电话|电话号码|联系方式|电话", "电话"),
        ("总数|总数量|数量|数目|个数", "数"),
        ("总值|总额", "总额"),
        ("收费|费用|价格|价钱|票价", "费"),
        ("必须|必需", "必"),
    )
)
# What turns a question into another one though it is one character or two.
_TELLING = re.compile(
    r"[不没未无非勿]|禁止|除[了外]|以外|进出口|进口|出口|同比|环比|人均|户均|平均|[男女]|[增减升降涨跌盈亏]|占|最[高低大小多少早晚新后]"
    r"|今年|去年|前年|明年|后年|[上本下]年|[上本下]个?月|[昨今明]天|[上下]半年|[以之][前后内外上下]|中小学|累计|新增|副|解除|预计|前任|现任"
)
_COUNT_OF_ONE = re.compile(r"一(?=[个种项位名家些条起旦般带定路切])")
_NUMBER = re.compile(
    r"(?:\d+(?:\.\d+)?|[零〇一二三四五六七八九十百千两]+)(?:点[零〇一二三四五六七八九]+)?(?:万亿|[万亿])?"
)
_LATIN = re.compile(r"[a-z]+")
_PLACE = re.compile(
    rf"(?P<name>吉林市|{NAMED_PLACE.pattern}|[中美英法德泰]国)(?:省|市|特别行政区|(?:壮族|回族|维吾尔)?自治区)?"
)
_RUN = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Essence:
    """What a question says besides asking, and what it asks for.

    `telling` agrees, and `bigrams` nearly so, where two are alike; `content`, too, where they are the same.
    """

    telling: tuple[tuple[object, ...], ...]
    asked: frozenset[str]
    unit: str | None
    content: str
    bigrams: frozenset[str]
    characters: Counter[str]


def likeness(first: str, second: str) -> float:
    """How near two questions are to being the same one, from 0 to 1; from ALIKE on they are near-identical.

    The Dice coefficient of their sets of character bigrams A and B, 2|A∩B| / (|A| + |B|) (Dice 1945; for
    bigrams Adamson and Boreham 1974), lowered where other things are asked, and 0 where numbers, places or
    negations differ.
    """
    one, other = _essence(first), _essence(second)
    if one.telling != other.telling:
        return 0.0
    return _likeness(one, other, len(one.bigrams & other.bigrams))


def same(first: str, second: str) -> bool:
    """Whether two questions are one: but for polite, empty and asking words they agree, and in what is asked.

    Stricter than any likeness: one other character, or another order, makes another question.
    """
    return _same(_essence(first), _essence(second))


def groups(questions: Sequence[str]) -> list[list[int]]:
    """Group near-identical questions: their places in the order given, the largest group first.

    Each question joins the group whose first one it is most like, and else begins its own.
    """
    index = QuestionIndex()
    found: list[list[int]] = []
    group_of: dict[str, int] = {}  # many are asked in the very same words
    for place, question in enumerate(questions):
        if question not in group_of:
            nearest = index.nearest(question)
            group_of[question] = index.add(question) if nearest is None else nearest
        if group_of[question] == len(found):
            found.append([])
        found[group_of[question]].append(place)
    return sorted(found, key=lambda group: (-len(group), group[0]))


class QuestionIndex:
    """Finds a question among many, or else the nearest: those that share bigrams and tell the same."""

    def __init__(self) -> None:
        self._essences: list[_Essence] = []
        self._holding: defaultdict[tuple[object, str], list[int]] = defaultdict(list)

    def add(self, question: str) -> int:
        """Add a question; return its number, from 0."""
        essence = _essence(question)
        number = len(self._essences)
        self._essences.append(essence)
        for bigram in essence.bigrams:
            self._holding[essence.telling, bigram].append(number)
        return number

    def same(self, question: str) -> int | None:
        """The number of the same question, among several the first that asks in the same manner."""
        sought = _essence(question)
        found = [number for number, essence in enumerate(self._essences) if _same(sought, essence)]
        return max(found, key=lambda number: self._essences[number].asked == sought.asked, default=None)

    def nearest(self, question: str) -> int | None:
        """The number of the one that is most like it, among equals the first; None below ALIKE."""
        sought = _essence(question)
        common: Counter[int] = Counter()
        for bigram in sought.bigrams:
            common.update(self._holding.get((sought.telling, bigram), ()))
        likenesses = (
            (_likeness(sought, self._essences[number], shared), -number)
            for number, shared in common.items()
            if shared >= _LEAST_SHARED * len(sought.bigrams)
        )
        highest, number = max(likenesses, default=(0.0, 0))
        return -number if highest >= ALIKE else None


def _same(one: _Essence, other: _Essence) -> bool:
    return (
        (one.content, one.telling, one.unit) == (other.content, other.telling, other.unit)
        and one.asked - _OFTEN_UNSAID == other.asked - _OFTEN_UNSAID
        and _agree(one.asked & _OFTEN_UNSAID, other.asked & _OFTEN_UNSAID)
    )


def _agree(one: frozenset[str], other: frozenset[str]) -> bool:
    return one == other or not one or not other


def _likeness(one: _Essence, other: _Essence, shared: int) -> float:
    share = 2 * shared / (len(one.bigrams) + len(other.bigrams))
    either = {_first_asked(one), _first_asked(other)}
    if len(either) > 1 and not (None in either and either <= {None, *_OFTEN_UNSAID}):
        share *= _ASKED_OTHERWISE
    swapped = one.characters - other.characters and other.characters - one.characters
    return share * (_SWAPPED if swapped else 1.0)


def _first_asked(essence: _Essence) -> str | None:
    return next((name for name in _ASKING if name in essence.asked), None)


@functools.lru_cache(maxsize=1024)  # a question is compared, and then added
def _essence(question: str) -> _Essence:
    normal = normalise(question[:_LONGEST])
    plain = _ABLE.sub("能", _POLITE.sub("", normal))
    said = _COUNT_OF_ONE.sub("", _EVERY_ASKING.sub(_kept, plain))
    places = tuple(place["name"] for place in _PLACE.finditer(said))
    numerals = _NUMBER.findall(said)
    numbers = tuple(numeral if (value := parse_number(numeral)) is None else value for numeral in numerals)
    telling = tuple(sorted(set(_TELLING.findall(said)) | set(_LATIN.findall(said))))
    rest = _NUMBER.sub(" ", _PLACE.sub(" ", said))
    for words, one in _SAME:
        rest = words.sub(one, rest)
    content = "".join(_RUN.findall(_EMPTY.sub("", rest)))
    rest = " ".join(_RUN.findall(_SMALL.sub("", rest.replace("增速", "增长"))))
    # A question of nothing but numbers and asking words is compared as it stands.
    bigrams = _bigrams(rest) or _bigrams(normal) or frozenset({normal})
    characters = Counter(rest.replace(" ", ""))
    telling_all = (numbers, places, telling)
    return _Essence(telling_all, _asked(plain), _unit(plain), content or normal, bigrams, characters)


def _kept(asking: re.Match[str]) -> str:
    """What stays of an asking word: who does something is not to whom it is done; 是谁 and 谁是 are one."""
    around = asking.string[max(0, asking.start() - 1) : asking.end() + 1]
    return "谁" if asking.lastgroup == "person" and "是" not in around else ""


def _asked(plain: str) -> frozenset[str]:
    asked = {asking.lastgroup for asking in _EVERY_ASKING.finditer(plain) if asking.lastgroup}
    return frozenset(asked - {"time"} if "duration" in asked else asked)  # 时间是多久


def _unit(plain: str) -> str | None:
    """What is counted, where a counting word tells; an amount of money may go without its unit."""
    counted = _COUNTED.search(plain)
    return _UNIT_OF_PEOPLE.sub("人", counted["unit"]) if counted else None


def _bigrams(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters; a run of a single one counts as that."""
    runs = _RUN.findall(text)
    return frozenset(run[start : start + 2] for run in runs for start in range(max(1, len(run) - 1)))
