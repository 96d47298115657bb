"""Figures in a text: amounts, counts, shares, ranks, dates, durations, ratios and measures, with their places.

Rules over the characters, no dictionary: a number is a figure when a unit, a date or its setting gives it a meaning,
and none when it is part of a name (`一带一路`, `500强`, `5G`), a list marker or an identifier.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval import dates, units
from retrieval.metrics import bind
from retrieval.model import Figure, FigureKind
from retrieval.numerals import parse_number
from retrieval.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = float | str | tuple[float, float] | tuple[str, str] | None

_HAN = "〇零○一二三四五六七八九十百千万亿两廿卅"
_SCALE = r"(?:[十百](?!分)|千(?![克米瓦卡伏赫帕焦])|万(?!达广|科|豪|宝)|亿|兆(?=[美港日韩]?元))"
_ARABIC = rf"[-+]?(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.\d+)?(?: ?[多余几]?{_SCALE}+(?:零?\d+{_SCALE}+)*)?"
_CHINESE = (
    rf"[几数]?[{_HAN}]+(?<!千(?=[克米瓦卡伏赫帕焦]))"
    r"(?:点[〇零○一二三四五六七八九]+(?![十百千])[万亿]*)?(?:[多余几](?=[万亿])[万亿]+)?"
)
_NUMBER = rf"(?:{_ARABIC}|{_CHINESE})[多余几来]?"
_SEPARATOR = r" ?(?:-+|—+|–|―|~+|至|到|－) ?"
_UNIT = rf" ?{units.UNIT}(?:{units.RATE})?"

_PERCENT = re.compile(
    rf"百分之(?P<h>{_NUMBER})(?:{_SEPARATOR}(?:百分之)?(?P<h2>{_NUMBER}))?"
    rf"|千分之(?P<k>{_NUMBER})"
)
_FRACTION = re.compile(rf"(?P<below>{_NUMBER})分之(?P<above>{_NUMBER})")
_VERSUS = re.compile(r"(?P<a>\d+(?:\.\d+)?|[一二三四五六七八九十两]+)(?: ?[::] ?|比)(?P<b>\d+(?:\.\d+)?|[一二三四五六七八九十]+|零)(?![\d:.])")
_TIMES = re.compile(r"翻了?(?P<n>[一两二三四五六\d])番")
_TENTHS = re.compile(rf"(?P<n>[一二三四五六七八九两\d](?:{_SEPARATOR}[一二三四五六七八九\d])?)成(?P<half>半)?(?![立为功果员本长交绩都人品型份分千熟语就][^的]?|[^，。、；！？的以左多]$)")
_HEIGHT = re.compile(r"(?P<m>\d|[一二两])米(?P<cm>\d\d?|[一二三四五六七八九]{1,2})(?![\d一二三四五六七八九十米厘公分])")
_RANK = re.compile(
    rf"第 ?(?P<n>\d+|[一二三四五六七八九十百千零〇]+)(?:{_SEPARATOR}第?(?P<n2>\d+|[一二三四五六七八九十百]+))?"
    r"(?P<unit> ?(?:位|名|任|届|次|大|条|个|章|季度?|集|期|代|号|批|部|轮|款|卷|版|世|级|层|站|节|回|场|局|张|周|天|年|册|座|支|颗|枚|家|辆|艘|所|首|任|路|军|师|团|种|类|类|项|桶))?"
)
_MONEY = re.compile(rf"(?P<sign>[¥$€£]|US\$|HK\$) ?(?P<n>{_NUMBER})(?P<unit> ?(?:美元|元|港元|欧元|英镑))?(?:{_SEPARATOR}[¥$€£]?(?P<n2>{_NUMBER}))?")
_SIGNS = {"¥": "元", "$": "美元", "€": "欧元", "£": "英镑", "US$": "美元", "HK$": "港元"}
_QUANTITY = re.compile(
    rf"(?P<n>{_NUMBER})(?:(?P<u>{_UNIT})?{_SEPARATOR}(?P<n2>{_NUMBER}))?(?P<unit>{_UNIT}(?P<currency>人民币)?)", re.IGNORECASE
)
_LONG_TIME = re.compile(
    rf"(?P<a>{_NUMBER}) ?(?P<au>年|个月|天|日|个?小时|个?钟头|分钟?)(?P<half>半)?(?:[零又]?(?P<b>{_NUMBER}) ?(?P<bu>个月|天|日|个?小时|分钟|分|秒钟?))?(?P<c>{_NUMBER}秒)?"
)
_HALF = re.compile(r"半(?:个)?(?P<unit>年|月|小时|天|世纪|学期|钟头)")
_BARE = re.compile(rf"(?P<n>{_ARABIC}|{_CHINESE})[多余几]?(?:{_SEPARATOR}(?P<n2>{_ARABIC}))?")
_RUN = re.compile(rf"[\d几数{_HAN}](?:[\d{_HAN}]|[.,](?=\d))*")

_CANDIDATE = re.compile(
    rf"[-+]?\d|[几数]?[{_HAN}]|[第半翻¥$€£]|(?:公|西|纪)元|前(?=[\d一二三四五六七八九]+ ?(?:年|世))|民国|昭和|明治|大正|平成|令和"
    r"|[康雍乾嘉道咸同光宣顺崇万永洪天开贞绍建至宽庆元享安文成弘正隆景淳][\u4e00-\u9fff](?=[\d一二三四五六七八九十元]+年)"
    r"|[去今明前本当同翌次上]年|[上下]半年|[上下本这]?(?:周|星期)[一二三四五六日天]|[本上下同]个?月|[昨今明前当同次][日天晚]|US\$|HK\$"
    r"|上世纪|凌晨|清晨|早上|上午|中午|下午|傍晚|晚上|深夜|[上下本]周"
)
_LIST_MARKER = re.compile(r"(?:^|(?<=[\n。;；]))\s*(?:[(（]?[\d一二三四五六七八九十]{1,3}(?:[)）、]|[.．](?!\d)))", re.MULTILINE)
_IN_BRACKETS = re.compile(r"\([一二三四五六七八九十\d]{1,2}\)(?!年)")
_TITLE = re.compile(r"《[^《》]{1,40}》|https?://[\w./?=&%#:-]+")
_QUOTED = re.compile(r"[“\"「『‘][^“”\"「」『』，。]{0,3}?[一二三四五六七八九十两][^“”\"「」『』，。\d]{1,8}[”\"」』’]")
_FIVE_YEARS = re.compile(r"[“\"]?十[一二三四五六]五[”\"]?(?=期间|时期|规划|以来|末|开局)")

# Measure words that a single Chinese digit makes a figure with; 一 with fewer still.
_PLAIN_COUNTS = frozenset("家个名位人座栋所台架艘部本册套层楼届期批章集篇幅张枚颗支只棵起宗辆列处例项条种类份场局轮队站户岁间瓶箱次句大天年周门株幢节头具首")
_PLAIN_ONE = frozenset("名座栋所架艘岁年天辆枚颗")
_IDENTIFIER = re.compile(r"(?:热线|电话|邮编|编号|代码|证号|QQ|qq|微信|传真|账号|号码|手机|No\.?|NO\.?)[^\d。]{0,4}$")
_MONEY_WORDS = re.compile(r"票房|资金|金额|营收|净利|利润|亏损|市值|投资|贷款|总额|收入|成本|融资|估值|[售价房身造]价|费用?|债|欠款|损失|借款|赔偿|押金|工资|补贴|花")
_NAMES_AFTER = {
    "年": "级轻代龄画货味夜青",
    "天": "空然下气津堂河",
    "分": "析别布配为公子部成母支散享离之歧局行手队",
    "家": "庭乡族长具园属禽",
    "名": "义字称胜单声誉气将列次",
    "个": "人性别体",
    "位": "于置居",
    "口": "岸号",
    "条": "例件约款",
    "部": "队门分长署委曲落",
    "人": "民类均工物口大行格",
    "度": "假过",
    "里": "面程约斯",
    "米": "其林兰饭粉线",
    "本": "科土地来身人次届年月",
    "门": "户槛口",
    "级": "别",
    "章": "程",
    "期": "间待望货",
    "类": "似型",
    "周": "边期围末",
    "元": "素旦件宵帅首",
    "升": "级至到",
    "克": "服里拉",
    "场": "馆地所景",
    "次": "要日序方",
    "头": "条",
    "代": "表理替码",
    "股": "东份权票",
    "组": "织成",
    "所": "有以谓需",
    "层": "面次",
    "台": "湾风阶",
    "处": "理于分罚女方",
    "种": "植子族",
    "批": "发评准",
    "世": "界纪",
    "大": "学会量型小众陆多部约幅使道厦楼桥赛",
    "国": "家际内外王",
    "环": "境保球",
    "军": "队事",
    "出": "生版现口",
    "回": "到来归",
    "行": "业动政",
    "市": "场民",
    "区": "域",
    "号": "称",
    "点": "击",
    "步": "行枪兵",
    "手": "机",
    "面": "积",
    "对": "于",
    "团": "结",
    "开": "始",
    "强": "调",
    "连": "续",
    "单": "位",
}
_Reading = tuple[FigureKind, int, Value, str | None]


def extract(text: str) -> list[Figure]:
    """Find all figures of `text`, in order and without overlap; each stands at `text[start:end]`."""
    simple = plain(text)
    open_text = _mask(simple)
    found: list[Figure] = []
    position = 0
    while (candidate := _CANDIDATE.search(open_text, position)) is not None:
        start = candidate.start()
        reading = next(filter(None, (reader(open_text, start) for reader in _READERS)), None)
        if reading is None:
            run = _RUN.match(open_text, start)
            position = max(run.end() if run else 0, start + 1)
            continue
        kind, end, value, unit = reading
        found.append(Figure(text[start:end], kind, value, unit, start, end))
        position = end
    return bind(text, simple, found)


def _mask(text: str) -> str:
    """Blank out, place by place, what holds numbers that are no figures: titles, addresses, markers, names."""

    def blank(match: re.Match[str]) -> str:
        return "□" * len(match[0])

    for names in (_TITLE, _LIST_MARKER, _IN_BRACKETS, _QUOTED, _FIVE_YEARS):
        text = names.sub(blank, text)
    return text


def _percent(text: str, start: int) -> _Reading | None:
    match = _PERCENT.match(text, start)
    if match is None:
        return None
    if match["k"]:
        value = parse_number(match["k"])
        return None if value is None else ("percent", match.end(), value, "‰")
    values = [parse_number(number) for number in (match["h"], match["h2"]) if number]
    return None if None in values else ("percent", match.end(), _span(values), "%")


def _span(values: list[float | None]) -> Value:
    known = [value for value in values if value is not None]
    return known[0] if len(known) == 1 else (known[0], known[1])


def _fraction(text: str, start: int) -> _Reading | None:
    match = _FRACTION.match(text, start)
    if match is None:
        return None
    below, above = parse_number(match["below"]), parse_number(match["above"])
    return ("ratio", match.end(), above / below, None) if below and above else None


def _date(text: str, start: int) -> _Reading | None:
    if _after_letter(text, start):
        return None
    found = dates.read(text, start)
    return ("date", found[0], found[1], None) if found else None


def _after_letter(text: str, start: int) -> bool:
    before = text[start - 1 : start]
    return before.isascii() and (before.isalpha() or before in {"_", "."})


def _rank(text: str, start: int) -> _Reading | None:
    match = _RANK.match(text, start)
    if match is None:
        return None
    value = parse_number(match["n"])
    unit = (match["unit"] or "").strip() or None
    after = text[match.end() : match.end() + 1]
    if value is None or (unit and after in _NAMES_AFTER.get(unit, "") and after):
        return None
    if unit is None and not match["n"].isdecimal() and _is_han(after) and after not in "的和与、是":
        return None  # 第三小学, 第一时间
    if match["n"] == "一" and unit in {"次", "个", "批", "天", "家", "种", "部", "年"} and after not in "，。、":
        return None
    last = parse_number(match["n2"]) if match["n2"] else None
    return "rank", match.end(), (value, last) if last else value, unit


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _times(text: str, start: int) -> _Reading | None:
    match = _TIMES.match(text, start)
    value = parse_number(match["n"]) if match else None
    return ("ratio", match.end(), 2.0**value, "倍") if match and value else None


def _tenths(text: str, start: int) -> _Reading | None:
    match = _TENTHS.match(text, start)
    if match is None:
        return None
    numbers = re.split(_SEPARATOR, match["n"])
    values: list[float | None] = [
        (parse_number(number) or 0) * 10 + (5 if match["half"] else 0) for number in numbers
    ]
    return "percent", match.end(), _span(values), "%"


def _height(text: str, start: int) -> _Reading | None:
    match = _HEIGHT.match(text, start)
    if match is None:
        return None
    metres, rest = parse_number(match["m"]), parse_number(match["cm"])
    digits = len(match["cm"])
    return ("measure", match.end(), (metres or 0) + (rest or 0) / 10**digits, "米")


def _money(text: str, start: int) -> _Reading | None:
    match = _MONEY.match(text, start)
    if match is None:
        return None
    values = [parse_number(number) for number in (match["n"], match["n2"]) if number]
    unit = units.canonical(match["unit"].strip()) if match["unit"] else _SIGNS[match["sign"]]
    return None if None in values else ("money", match.end(), _span(values), unit)


def _versus(text: str, start: int) -> _Reading | None:
    match = _VERSUS.match(text, start)
    if match is None or _after_letter(text, start):
        return None
    a, b = parse_number(match["a"]), parse_number(match["b"])
    if a is None or b is None:
        return None
    return "ratio", match.end(), a / b if b else a, None


_LENGTHS = {"年": "年", "个月": "月", "天": "天", "日": "天", "小时": "小时", "钟头": "小时", "分": "分钟", "分钟": "分钟", "秒": "秒", "秒钟": "秒"}
_IN = {"年": 12.0, "月": 1.0, "天": 86400.0, "小时": 3600.0, "分钟": 60.0, "秒": 1.0}


def _long_time(text: str, start: int) -> _Reading | None:
    """Read a duration in two units, or one and a half: `3年6个月`, `一年半`; its value is in the larger unit."""
    match = _LONG_TIME.match(text, start)
    if match is None or not (match["half"] or match["b"]) or _after_letter(text, start):
        return None
    first = _LENGTHS["个月" if match["au"] == "个月" else match["au"].removeprefix("个")]
    value = parse_number(match["a"])
    if value is None or (first == "年" and value >= 1000):
        return None
    if match["half"]:
        return "duration", match.end("half"), value + 0.5, first
    second = _LENGTHS["个月" if match["bu"] == "个月" else match["bu"].removeprefix("个")]
    rest = parse_number(match["b"])
    if rest is None or (first, second) not in {
        ("年", "月"), ("年", "天"), ("月", "天"), ("天", "小时"), ("小时", "分钟"), ("分钟", "秒"),
    }:
        return None
    ratio = {"年月": 12.0, "年天": 365.0, "月天": 30.0, "天小时": 24.0}.get(first + second, 60.0)
    return "duration", match.end("bu"), value + rest / ratio, first


def _half(text: str, start: int) -> _Reading | None:
    match = _HALF.match(text, start)
    return ("duration", match.end(), 0.5, units.canonical(match["unit"])) if match else None


def _quantity(text: str, start: int) -> _Reading | None:
    match = _QUANTITY.match(text, start)
    if match is None:
        return None
    written = match["unit"].strip()
    head = written.lower().partition("/")[0]
    kind = units.KINDS.get(head)
    after = text[match.end() : match.end() + 1]
    if written in {"G", "M", "T", "K", "k"}:  # 5G, 4K: no unit but a name
        return None
    if kind is None or (after and after in _NAMES_AFTER.get(head, "")):
        return None
    if _after_letter(text, start) and kind not in {"money", "percent"}:
        return None
    if not _counts(match["n"], head, kind, text[start - 1 : start]):
        return None
    value = _value(match["n"], match["n2"], shared=not match["u"])
    return None if value is None else (kind, match.end(), value, units.canonical(written.lower()))


def _value(first: str, last: str | None, *, shared: bool) -> Value:
    """Give one number, or a range whose start takes the scale that only its end names (`3-5万`)."""
    low = parse_number(first)
    if low is None or abs(low) > 1e30 or last is None:
        return low
    high = parse_number(last)
    if high is None:
        return None
    scale = last.rstrip("多余几来").lstrip("0123456789.,一二三四五六七八九")
    if shared and scale and first[-1] not in "百千万亿" and low * (parse_number(scale) or 1) <= high:
        low *= parse_number(scale) or 1
    return low, high


_HAN_FEW = "二三四五六七八九两十"
_SINGLE_NOT = frozenset("度 分 里 级 码 角 块 两 k t m g 折 季度 点 圆 世纪".split())


def _counts(number: str, unit: str, kind: FigureKind, before: str) -> bool:
    """Tell whether a number is a figure with this unit, and not part of a word."""
    if number[0] in "+-0123456789":
        return True
    han = number.rstrip("多余几来") or number
    if re.search(r"[一二三四五六七八九两]{2}", han) or han[0] in "零〇○":
        return False
    if han[0] in "百千万亿":
        return (before != "" and before in "近上超过数逾达足约") or (len(han) > 1 and kind == "money")
    if (han == "十" and unit == "分") or unit == "大":  # very; 二十大
        return len(han) == 1 and unit == "大" and han in _HAN_FEW
    if len(han) > 1 or number != han:
        return True
    if kind == "count" or unit in {"岁", "级"}:
        return unit in (_PLAIN_ONE if han == "一" else _PLAIN_COUNTS)
    return unit not in _SINGLE_NOT


def _bare(text: str, start: int) -> _Reading | None:
    """Read a number without a unit: a score, a table's cell, a year, an amount in 万 or 亿."""
    match = _BARE.match(text, start)
    if match is None or _after_letter(text, start):
        return None
    number, after = match["n"], text[match.end() : match.end() + 1]
    scaled = number[-1] in "百千万亿"
    if after and after.isascii() and (after.isalpha() or after in "_+"):
        return None
    if not scaled and _is_han(after):
        return None
    if number[0] not in "+-0123456789" and (
        not re.fullmatch(r"[一二三四五六七八九两](?:[十百千万亿]+[零一二三四五六七八九两]*)+", number) or _is_han(after)
    ):
        return None
    value = _value(number, match["n2"], shared=True)
    if value is None or _is_identifier(text, start, number):
        return None
    if re.fullmatch(r"1[5-9]\d\d|20\d\d", number) and not match["n2"]:
        return "date", match.end(), number, None
    money = scaled and _MONEY_WORDS.search(text, max(0, start - 12), start)
    return "money" if money else "count", match.end(), value, None


def _is_identifier(text: str, start: int, number: str) -> bool:
    plain_digits = number.isdecimal()
    return (
        (plain_digits and (len(number) > 8 or (number[0] == "0" and len(number) > 1)))
        or _IDENTIFIER.search(text, max(0, start - 10), start) is not None
        or text[start - 1 : start] in {"/", "=", "#", "@", "□"}
    )


_READERS = (
    _percent, _fraction, _date, _rank, _times, _tenths, _height, _money, _versus, _long_time, _half, _quantity, _bare,
)


def answer_figures(text: str) -> list[Figure]:
    """Find the figures of an answer, which may be a bare number or year that a running text would not show."""
    found = extract(text)
    if not found and (value := parse_number(text.strip())) is not None:
        stripped = text.strip()
        start = text.index(stripped)
        return [Figure(stripped, "count", value, None, start, start + len(stripped))]
    return found


def same_figure(a: Figure, b: Figure) -> bool:
    """Tell whether two figures say the same: equal values in compatible units, or the same date."""
    if a.value is None or b.value is None:
        return plain(a.text).replace(" ", "") == plain(b.text).replace(" ", "")
    if (a.kind == "date") != (b.kind == "date"):
        date, other = (a, b) if a.kind == "date" else (b, a)
        return other.unit in {None, "年"} and date.value == _as_year(other.value)
    if a.kind == "date":
        return _same_date(a.value, b.value)
    if not units.compatible(a.unit, b.unit):
        return False
    return all(
        abs(x - y) <= 1e-6 * max(abs(x), abs(y), 1e-9)
        for x, y in zip(_base(a, b), _base(b, a), strict=False)
    ) and isinstance(a.value, tuple) == isinstance(b.value, tuple)


def _same_date(a: Value, b: Value) -> bool:
    """Compare reduced dates; the year or month that one leaves out (`X`) is as the other says."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return all(_same_date(x, y) for x, y in zip(a, b, strict=True))
    if not isinstance(a, str) or not isinstance(b, str) or len(a) != len(b):
        return False
    return all(x == y or "X" in {x, y} for x, y in zip(a, b, strict=True))


def _as_year(value: Value) -> str | None:
    return f"{value:04.0f}" if isinstance(value, float) else None


def _base(figure: Figure, other: Figure) -> list[float]:
    values = figure.value if isinstance(figure.value, tuple) else (figure.value,)
    unit = figure.unit if other.unit else None
    return [units.in_base(value, unit)[0] for value in values if isinstance(value, float)]
