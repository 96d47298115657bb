"""The words of a question by the part they play: what it asks with, what it asks about, when and where.

From closed lists and word endings, without a part-of-speech model: a word that is in none of them is a topic.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from retrieval import units
from retrieval.figures import extract
from retrieval.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.dictionary import Dictionary

Role = Literal["asking", "date", "area", "scope", "quantity", "aspect", "verb", "small", "topic"]
"""`area` is a named place, `scope` a part of the country or all of it; `quantity` is what a figure measures,
`aspect` what is told of something else (its reason, its growth); `small` words and signs say nothing."""


class Word(NamedTuple):
    """`text[start:end]` of the question that was read; `text` itself is in simplified characters."""

    text: str
    start: int
    end: int
    role: Role


ASKING = re.compile(
    rf"""
    (?:是|为|有|在|于|由|被|占|达到?|到|共)?(?:在|于)?
    (?: (?:多少|第?几(?!乎|何|率|内|维))(?:[多余来]?[十百千万亿]+)?(?:{units.UNIT})?
      | 什么时[候间刻期]|什么地方|什么|为[什甚]么|为何|为啥|啥时?|何[时地处人年月日]
      | 哪一?[里儿些个位家年月天日届种类项所名场次几]?
      | 谁|怎么(?:样|办(?![理公好]))?|怎样|咋样?|如何|多[久大长远高宽深重快厚]
    )
    | 是否|是不是|有没有|能不能|能否|可否|可不可以|吗
    """,
    re.VERBOSE | re.IGNORECASE,
)

_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|"
    "陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_CITIES = (
    "石家庄|唐山|太原|呼和浩特|包头|沈阳|大连|长春|哈尔滨|大庆|南京|苏州|无锡|常州|徐州|南通|杭州|宁波|温州|绍兴|嘉兴|金华|"
    "义乌|合肥|芜湖|福州|厦门|泉州|漳州|南昌|赣州|九江|济南|青岛|烟台|潍坊|临沂|郑州|洛阳|武汉|宜昌|襄阳|长沙|株洲|湘潭|"
    "衡阳|邵阳|岳阳|常德|张家界|益阳|郴州|永州|怀化|娄底|湘西|广州|深圳|珠海|佛山|东莞|惠州|中山|汕头|南宁|桂林|柳州|海口|"
    "三亚|成都|绵阳|贵阳|遵义|昆明|大理|拉萨|西安|咸阳|兰州|西宁|银川|乌鲁木齐"
)
_COUNTRIES = (
    "日本|俄罗斯|印度|巴西|加拿大|澳大利亚|意大利|西班牙|荷兰|瑞士|瑞典|越南|马来西亚|印度尼西亚|印尼|新加坡|菲律宾|墨西哥|"
    "南非|埃及|沙特|伊朗|伊拉克|以色列|土耳其|乌克兰|韩国|朝鲜"
)
NAMED_PLACE = re.compile(f"{_PROVINCES}|{_CITIES}|{_COUNTRIES}")
"""Provinces, well-known cities and countries, by their short names."""
_AREA = re.compile(
    rf"(?:{_PROVINCES})(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)?|(?:{_CITIES})市?|{_COUNTRIES}"
    r"|[^都城超股楼上地社小校园景山牧]\S*[市县区州镇乡]|[中美英法德泰]国"
)
_SCOPE = re.compile(
    r"(?:全[国省市县区球]|世界|国内|国外|境外|中国|(?:东|中|西|南|北|东北|西北|西南|东南)部|[华][东南北中]|西[南北]|东[南北]|"
    r"长三角|珠三角|京津冀|长江经济带|粤港澳大湾区|亚洲|欧洲|非洲|欧盟|东盟|城镇|农村|城市|乡村)"
)
_AFTER_SCOPE = re.compile(r"地区|[四五六七八九十]+?省区?|各省|省份")

_QUANTITY = re.compile(
    r"\S*(?:[总金数税款余限差销产][额量值]|[额值量]|人数|[户家件次总台]数|指数|单价|价格?|[费率]|人口|面积|全长|总长|长度|高度|宽度|深度|重量|"
    r"里程|距离|收入|支出|利润|盈利|亏损|成本|营收|产量|规模|工资|薪资|年薪|预算|投资|资金|资产|负债|存款|贷款|补贴|gdp|税收|"
    r"排名|名次|位次|得分|分数|分数线|寿命|年龄|身高|体重|温度|气温)",
    re.IGNORECASE,
)
_OF_QUANTITY = frozenset(
    """
    地区 生产 国内 社会 人均 平均 营业 财政 公共 一般 固定资产 消费品 进出口 出口 进口 净
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_ASPECTS = frozenset(
    """
    原因 目的 意义 作用 影响 背景 结果 后果 时间 日期 地点 地址 位置 条件 流程 步骤 程序 手续 材料 资料 要求
    标准 内容 范围 对象 依据 期限 时限 有效期 方式 方法 办法 途径 渠道 特点 特征 优势 亮点 主题 目标 任务
    重点 措施 职务 职责 身份 联系电话 联系方式 网址 负责人 主办方 承办方 主办单位 承办单位 作者 主角 名称
    全称 简称 别名 比例 占比 比重 份额 增速 增幅 涨幅 降幅 跌幅 增长率 情况 进展 现状 前景 好处 坏处 缺点
    优点 风险 区别 关系 理由 动机 经过 具体 细节 详情 例子 种类 类型 分类 组成 构成
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_VERBS = frozenset(
    """
    主持 主办 承办 协办 召开 举行 举办 开幕 闭幕 参加 参与 出席 组织 负责 牵头 发起 成立 建立 设立 创立 创办
    创建 建成 建设 修建 建 开工 完工 竣工 开业 开放 开馆 通车 投产 启用 启动 运营 实施 施行 执行 生效 发布
    公布 颁布 印发 出台 通过 批准 宣布 公告 修订 废止 申请 申报 申领 办理 办 报名 领取 领 查询 查 缴费 缴纳 交
    购买 买 使用 用 计算 算 收费 预约 登记 注册 提交 下载 投诉 退款 退 取消 安装 联系 审批 审核 发放 支付
    报销 认定 评定 评选 选拔 录取 考核 监督 管理 处理 处罚 解决 应对 防止 避免 担任 任职 出任 当选 任命 毕业
    出生 去世 逝世 结婚 获得 获 荣获 发现 发明 提出 发生 出现 开始 结束 截止 截至 持续 影响 导致 造成 引起
    同比 环比 增长 增加 增 下降 减少 降低 提高 提升 上升 上涨 下跌 达到 达 超过 占 占到 排 排在 排名 位列
    位居 居 包括 包含 组成 构成 属于 位于 来自 叫 叫做 称 称为 说 表示 认为 评价 回应 规定 设计 创作 写 拍摄
    导演 主演 出版 上映 播出 上市 生产 制造 采购 中标 投资 出资 资助 拥有 覆盖 涉及 分布 分为 做 干 去 来 走
    吃 看 开 开展 进行 完成 实现 卖 花 涨 跌 降 升
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_SMALL = frozenset(
    """
    的 地 得 比 了 着 过 是 在 有 会 要 能 能够 可以 可 被 由 从 对 对于 关于 和 与 及 以及 都 还 也 又 就
    才 只 再 呢 吗 啊 呀 吧 嘛 把 向 给 到 中 里 内 上 下 等 所 应 应该 应当 该 需 需要 必须 想 我 我们 你
    您 你们 请问 请 一下 主要 分别 一共 总共 共 目前 现在 如今 当时 最 更 很 前 后 时 为 于 以 之 其 不 没
    没有 这 那 那么 个 些 名 位 次 家 人 钱 年 月 日 号 左右 大约 大概 究竟 到底 知道 告诉
    """.split()  # noqa: SIM905 - a list of words reads best as words
)


def read(text: str, dictionary: Dictionary) -> list[Word]:
    """Return the words of `text` in order, signs and spaces included; together they are the whole text."""
    simple = plain(text)
    words: list[Word] = []
    for start, end, role in _fixed(simple):
        gap = words[-1].end if words else 0
        words += _cut(simple, gap, start, dictionary)
        if role:
            words.append(Word(simple[start:end], start, end, role))
    return words


def _fixed(simple: str) -> Iterator[tuple[int, int, Role | None]]:
    """Yield the spans of dates and of asking words, in order, then the end of the text."""
    dates = [(f.start, f.end) for f in extract(simple) if f.kind == "date"]
    start = 0
    for first, last in [*dates, (len(simple), len(simple))]:
        for asking in ASKING.finditer(simple, start, first):
            yield *asking.span(), "asking"
        yield first, last, "date" if last > first else None
        start = last


def _cut(simple: str, start: int, end: int, dictionary: Dictionary) -> Iterator[Word]:
    role: Role = "small"
    for text in dictionary.words(simple[start:end]):
        role = "scope" if role == "scope" and _AFTER_SCOPE.fullmatch(text) else _role(text)
        yield Word(text, start, start + len(text), role)
        start += len(text)


def _role(text: str) -> Role:
    if text in _SMALL or not re.search(r"\w", text):
        return "small"
    if text in _ASPECTS:
        return "aspect"
    if text in _VERBS:
        return "verb"
    if _SCOPE.fullmatch(text):
        return "scope"
    if _AREA.fullmatch(text):
        return "area"
    return "quantity" if _QUANTITY.fullmatch(text) or text in _OF_QUANTITY else "topic"
