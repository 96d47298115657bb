"""The articles that come with the project: well formed, and with the facts that people ask about."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

SEEDS = Path(__file__).parents[1] / "seeds"
ARTICLE, MEETING, BUSINESS = "opening-up-article.md", "opening-up-meeting.md", "business-environment.md"


def read(name: str) -> tuple[dict[str, str], list[str]]:
    """The front matter, and the blocks of the body: headings and paragraphs."""
    _, matter, body = re.split(
        r"^---\n", (SEEDS / name).read_text(encoding="utf-8"), maxsplit=2, flags=re.MULTILINE
    )
    # Every value as the text that stands there: the date of a month is no YAML date.
    return yaml.load(matter, Loader=yaml.BaseLoader), body.strip().split("\n\n")


def test_there_are_three_articles() -> None:
    """The tests below see them all."""
    assert {path.name for path in SEEDS.iterdir()} == {ARTICLE, MEETING, BUSINESS}


@pytest.mark.parametrize(
    ("name", "date"), [(ARTICLE, "2023-02"), (MEETING, "2022-08-29"), (BUSINESS, "2022-08-29")]
)
def test_front_matter_names_title_date_and_source(name: str, date: str) -> None:
    """What is shown under every answer is there."""
    matter, _ = read(name)

    assert matter.keys() == {"title", "date", "source"}
    assert matter["title"]
    assert matter["source"]
    assert matter["date"] == date


@pytest.mark.parametrize("name", [ARTICLE, MEETING, BUSINESS])
def test_paragraphs_are_whole_and_of_a_size_to_show(name: str) -> None:
    """Each is one line of about 100 to 350 characters that ends as a sentence does."""
    _, blocks = read(name)
    headings = [block for block in blocks if block.startswith("#")]
    paragraphs = [block for block in blocks if not block.startswith("#")]

    assert len(set(headings)) == len(headings) >= 5
    assert all(re.fullmatch(r"## \S.*", heading) for heading in headings)
    for paragraph in paragraphs:
        assert 95 <= len(paragraph) <= 350, paragraph
        assert paragraph.endswith("。"), paragraph
        assert "\n" not in paragraph


FACTS = [
    # The signed article: achievements,
    (ARTICLE, "进出口总额 2000亿元 3000亿元 4000亿元 5000亿元 2021年 5972.8亿元"),
    (ARTICLE, "世界500强 188家 中欧班列 超3000列"),
    (ARTICLE, "中国（湖南）自由贸易试验区 中非经贸博览会 世界计算大会 永久 老挝驻长沙总领事馆"),
    (ARTICLE, "1800多家 109个国家和地区 三一重工 山河智能 中联重科 衡阳特变电工 蓝思科技 隆平发展"),
    (ARTICLE, "“朋友圈” 227个国家和地区"),
    # shortcomings,
    (ARTICLE, "短板 千亿美元俱乐部 规模偏低 大项目 高科技 物流成本高 用工难 融资"),
    (ARTICLE, "疫情 中小外贸企业 利润空间 夯基垒台 立柱架梁 成绩喜人 形势逼人 前景光明 任重道远"),
    (ARTICLE, "“三新一高” 目标导向 问题导向"),
    # what was asked of the province,
    (ARTICLE, "腹地 前沿"),
    (ARTICLE, "2013年 “一带一部” 产业 梯度转移 中西部地区"),
    (ARTICLE, "2016年 全国人代会 湖南代表团 供给侧结构性改革 五大关系"),
    (
        ARTICLE,
        "2016年 五大关系 加法与减法 当前与长远 力度与节奏 主要矛盾与次要矛盾 政府与市场",
    ),
    (
        ARTICLE,
        "2020年9月 国家重要先进制造业 科技创新 核心竞争力 内陆地区 新路子 新作为 新担当 长江经济带 新篇章",
    ),
    (ARTICLE, "2020年9月 对非经贸合作交流 长效机制 “一带一路”"),
    # and what is to be done.
    (ARTICLE, "建链 延链 补链 强链 “卡脖子” 三类500强 独角兽企业 知名跨国企业 隐形冠军 小巨人 研发中心"),
    (ARTICLE, "湘商回归 招商护商 外资到位率 项目履约率"),
    (ARTICLE, "工程机械 轨道交通 电子信息 矿产有色 电力设备 建筑建材 农产品 跨国并购 国际产能合作"),
    (ARTICLE, "国际标准 风险评估 安全预警 法律服务 合法权益"),
    (ARTICLE, "组织领导 目标管理 主要领导"),
    (ARTICLE, "各级深改委 发展开放型经济领导小组 每年 标志性"),
    (ARTICLE, "政策激励 台账 专项资金 有针对性 有突破性 有普惠性 正面激励 通报约谈"),
    (ARTICLE, "队伍建设 解放思想 容错纠错"),
    (ARTICLE, "公众参与 舆论宣传"),
    (ARTICLE, "党中央 党的二十大"),
    # The meeting: who, when and where,
    (
        MEETING,
        "8月29日下午 长沙 推进大会 张庆伟 省委书记 省人大常委会主任 毛伟明 主持 李微微 朱国贤 邓晶琎 孙敏坚",
    ),
    (MEETING, "视频 分会场 李殿勋 吴桂英 谢卫江 刘莲玉 何报翔 秦国文"),
    (MEETING, "“三高四新” 一往无前 风雨无阻 “一带一路” 党的二十大"),
    # what was said,
    (MEETING, "开放主体 开放平台 开放通道 营商环境"),
    (MEETING, "国内大循环 国内国际双循环 重要节点"),
    (MEETING, "粤港澳大湾区建设 长江经济带发展 中部地区高质量发展"),
    (MEETING, "三大片区 长沙 岳阳 郴州 首创性 集成式 差异化 先进制造业 现代服务业 数字经济"),
    (MEETING, "开放平台 开放通道 物流体系 人才 外贸 进口 新业态新模式 贸易便利化"),
    (MEETING, "“引进来” “走出去” 农产品 电子信息 轨道交通 工程机械 外向度"),
    (MEETING, "各级深改委 发展开放型经济领导小组 目标管理责任制"),
    (MEETING, "政策激励 队伍建设 氛围"),
    (MEETING, "毛伟明 “关键一招” “必由之路” “两个确立” “两个维护”"),
    (MEETING, "四个关键点 供给和需求 有效市场 有为政府 带动效应 营商环境"),
    (MEETING, "“一盘棋” 重大政策 重大项目 重大平台 重大活动"),
    # and who spoke.
    (MEETING, "交流发言 六家单位 长沙市 永州市江华瑶族自治县 岳阳城陵矶综合保税区"),
    (MEETING, "交流发言 蓝思科技股份有限公司 湖南优选达运信息科技有限公司 隆平农业发展股份有限公司"),
    # The business environment.
    (BUSINESS, "三湘都市报 8月29日 29日上午 “放管服” 电视电话会议 省政府 毛伟明 “身在湖南、办事不难”"),
    (BUSINESS, "李殿勋 何报翔 陈飞 李建中 王一鸥 秦国文 秘书长邓群策 孙敏坚 黄晗"),
    (BUSINESS, "市场化 法治化 国际化 活力 公平 效率"),
    (BUSINESS, "“稳进高新” “三大支撑八项重点” 大转变 大突破 大优化 大提升 竞争力 生产力 影响力"),
    (BUSINESS, "企业开办时间 1.5个工作日 “万名干部联万企” 6.3万个 “一件事一次办” 国家"),
    (BUSINESS, "“万家民营企业评营商环境” 2021年度 全国排名第8 中部地区排名第1"),
    (BUSINESS, "“一件事” “一次办” “一网通” 急难愁盼 起点 终点"),
    (BUSINESS, "稳增长 稳市场主体 保就业 材料 数据 执法 结果"),
    (BUSINESS, "“送政策、解难题、优服务” 一揽子政策 早落地 早开工 早建成"),
    (BUSINESS, "“联” “享” “治”"),
    (BUSINESS, "三年行动 “十个坚决” 市场之水 法治之光 开放之门"),
    (BUSINESS, "“外防输入、内防反弹” “动态清零” “三零四最”"),
    (BUSINESS, "五个“再” 关口 跟踪 监测 防范 防疫设施 “稳” “进”"),
]


@pytest.mark.parametrize(("name", "facts"), FACTS)
def test_facts_that_belong_together_stand_in_one_paragraph(name: str, facts: str) -> None:
    """A question about one of them finds a paragraph that has the rest."""
    _, paragraphs = read(name)

    assert any(all(fact in paragraph for fact in facts.split()) for paragraph in paragraphs)
