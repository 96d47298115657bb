"""The units and measure words that follow a number: their kinds, their canonical names, which ones agree.

Tables, and the one pattern made of them; it reads no numbers.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retrieval.model import FigureKind

# The units and measure words of each kind of figure.
_MONEY = """
元 元人民币 元钱 块钱 人民币元 人民币 圆 块 美元 美金 港元 港币 港仙 欧元 日元 日圆 英镑 韩元 韩圆 台币
新台币 新台币元 澳元 加元 新加坡元 新西兰元 瑞士法郎 法郎 马克 卢布 卢比 比索 里拉 泰铢 铢 越南盾 印尼盾
第纳尔 里亚尔 克朗 先令 便士 美分 角 点券
"""
_PERCENT = "% 百分点"
_DURATION = """
年 月 周 天 小时 分钟 秒 工作日 季度 世纪 毫秒 微秒 学年 学期 周年 昼夜
"""
_MEASURE = """
公里 千米 米 英吋 厘米 毫米 微米 纳米 分米 英里 英尺 英寸 海里 光年 里 华里 尺 寸 丈 码 平方公里 平方千米
平方米 平方厘米 平方英里 平方英尺 公顷 亩 英亩 公亩 立方米 立方厘米 立方公里 立方 毫升 升 加仑 吨 公吨
公斤 千克 克 毫克 微克 斤 磅 盎司 两 克拉 摄氏度 华氏度 度 千瓦 兆瓦 吉瓦 瓦 马力 千瓦时 度电 伏 千伏
安培 毫安 毫安时 赫兹 兆赫 千赫 像素 字节 比特 分贝 帕 百帕 兆帕 标准箱 桶 级 分 折 千卡 卡 焦耳
千焦 牛 吨位 流明 勒克斯 马赫 km cm mm m nm μm um kg g mg μg t ml l kw mw gw w
kwh v kv a ma mah hz khz mhz ghz db dpi kb mb gb tb k kb/s mb/s kbps mbps gbps bit kcal kj j n pa kpa
mpa rpm teu ppm mol mmol umol μmol nmol bar px fps cc 兆
"""
_COUNT = """
家 个 人 名 位 项 条 件 所 座 栋 幢 列 辆 台 架 艘 部 本 册 套 户 间 层 楼 次 届 期 批 种 类 章 集 节 篇
字 首 幅 张 枚 颗 粒 支 只 头 匹 棵 株 队 站 处 门 例 起 宗 笔 份 车 场 局 轮 员 口 箱 瓶 杯 盒 包 袋
股 手 票 片 块 班 团 组 款 卷 代 版 人次 架次 车次 班次 场次 户次 车道 床位 席 学分 课时 页 行 球 进球
标箱 标准箱
分球 胜 胜场 冠 金 枪 弹 对 双 岁 周岁 步 句 面 根 把 朵 盏 顿 遍 趟 国 省 市 县 区 镇 乡 村 州 具 回 阕
出 尊 道 环 大 点 单 路 世 战 连胜 连败 级 军 师 旅 营 连 党 派 系 院 校 任 副 方 声 担 剂 丸
滴 圈 窝 笼 捆
"""
_RATIO = "倍"

# A unit a line: its canonical name, then its other spellings.
_SPELLINGS = """
元 元人民币 元钱 块钱 人民币元 人民币 圆
美元 美金
港元 港币
日元 日圆
韩元 韩圆
台币 新台币 新台币元
泰铢 铢
米 公尺 m
英寸 英吋
厘米 公分 cm
毫米 公厘 mm
公里 千米 km
公斤 千克 kg
克 g
毫克 mg
吨 公吨
平方公里 平方千米 km2 km²
平方米 ㎡ m2 m² 平方 平米
立方米 m3 m³
摄氏度 ℃ °c
华氏度 ℉ °f
度 °
兆瓦 mw
千瓦 kw
周 星期 礼拜
小时 钟头
天 日
千卡 大卡
岁 周岁
毫升 ml
升 l
"""
_ALIASES = {alias: line.split()[0] for line in _SPELLINGS.splitlines() for alias in line.split()[1:]}
_AFTER_GE = ("工作日", "小时", "月", "星期", "礼拜", "季度", "世纪", "百分点", "钟头", "学期", "学年")


def _table() -> dict[str, FigureKind]:
    table: dict[str, FigureKind] = {}
    groups: list[tuple[FigureKind, str]] = [
        ("count", _COUNT),
        ("measure", _MEASURE),
        ("duration", _DURATION),
        ("percent", _PERCENT),
        ("ratio", _RATIO),
        ("money", _MONEY),
    ]
    for kind, names in groups:
        table |= dict.fromkeys(names.split(), kind)
    for alias, unit in _ALIASES.items():
        table.setdefault(alias, table.get(unit, "measure"))
    del table["月"]
    table |= {f"个{unit}": "duration" for unit in _AFTER_GE}
    table |= {"个百分点": "percent", "‰": "percent", "岁": "measure", "周岁": "measure", "级": "count"}
    return table


KINDS: dict[str, FigureKind] = _table()
"""Each unit, as written but in lower case, with the kind of figure it makes."""

NAMES_AFTER: dict[str, str] = {
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
    "a": "级",
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
    "军": "队事人舰",
    "出": "生版现口头",
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
    "金": "额属融牌钱",
    "冠": "状军脉名",
    "连": "续",
    "单": "位",
}
"""Characters after which a measure word is none, but begins a word (`人民`, `分别`, `年级`)."""


def _one_of(names: Iterable[str]) -> str:
    """A pattern of the longest of the names that stands there, by its first character: they are many."""
    rests: dict[str, list[str]] = {}
    for name in sorted(names, key=len, reverse=True):
        rests.setdefault(name[0], []).append(re.escape(name[1:]))
    branches = (f"{re.escape(first)}(?:{'|'.join(others)})" for first, others in rests.items())
    return f"(?=[{re.escape(''.join(rests))}])(?:{'|'.join(branches)})"


_NAMES = _one_of(KINDS)
# ASCII units end where the letters end: 5g of 5gb is none.
UNIT = rf"(?:{_NAMES}(?:(?<![a-z])|(?![a-z])))"
RATE = rf"(?:/(?:{_NAMES}|[\u4e00-\u9fff]{{1,2}}))"


@lru_cache(maxsize=1024)
def canonical(unit: str) -> str:
    """Give the unit's one name: `公尺` is `米`, `个工作日` is `工作日`; rates by their parts."""
    head, slash, tail = unit.partition("/")
    if head.startswith("个") and len(head) > 1:
        head = head[1:]
    return _ALIASES.get(head, head) + slash + (_ALIASES.get(tail, tail) if slash else "")


_SCALES: dict[str, tuple[str, float]] = {
    "公里": ("米", 1000),
    "厘米": ("米", 0.01),
    "毫米": ("米", 0.001),
    "里": ("米", 500),
    "吨": ("公斤", 1000),
    "克": ("公斤", 0.001),
    "斤": ("公斤", 0.5),
    "毫克": ("公斤", 1e-6),
    "小时": ("秒", 3600),
    "分钟": ("秒", 60),
    "天": ("秒", 86400),
    "周": ("秒", 7 * 86400),
    "世纪": ("年", 100),
    "平方公里": ("平方米", 1e6),
    "公顷": ("平方米", 1e4),
    "角": ("元", 0.1),
}
_PEOPLE = frozenset("人名位口员")


def in_base(value: float, unit: str | None) -> tuple[float, str | None]:
    """Convert to the base unit of the same quantity: 1.5 `公里` is 1500 `米`."""
    if unit is None:
        return value, None
    base, scale = _SCALES.get(unit, (unit, 1.0))
    return value * scale, base


def compatible(a: str | None, b: str | None) -> bool:
    """Tell whether two canonical units may measure the same thing; a bare number agrees with any unit."""
    if a is None or b is None or a == b:
        return True
    if in_base(1, a)[1] == in_base(1, b)[1]:
        return True
    if a in _PEOPLE and b in _PEOPLE:
        return True
    counts = KINDS.get(a) == KINDS.get(b) == "count"
    return counts and "个" in {a, b}
