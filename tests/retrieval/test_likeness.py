from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.likeness import ALIKE, QuestionIndex, groups, likeness, same

SAME = """
2021年进出口总额是多少？ | 请问一下，2021年的进出口总额有多少呢
二〇二一年进出口总额 | 2021年进出口总额是多少
2021年进出口總額是多少 | ２０２１年进出口总额是多少？
去年的茶叶产量是多少 | 我想知道去年茶叶产量多少
茶厂有多少家 | 茶厂有几家？
全县共有多少个行政村 | 全县有几个行政村
公路建设现场会什么时候召开 | 公路建设现场会何时举行？
公路建设现场会什么时候召开 | 公路建设现场会召开的时间
谁主持了公路建设现场会 | 公路建设现场会由谁主持
公路建设现场会在哪里开 | 请问公路建设现场会在哪儿开
办理居住证需要哪些材料 | 办理居住证要什么材料？
居住证的申领条件有哪些 | 居住证申领条件是什么
报名截止日期是什么时候 | 报名什么时候截止
报名截止时间 | 报名截止日期是哪天？
怎么申请困难补助 | 如何申请困难补助
怎样申请困难补助？ | 请教一下怎么申请困难补助
图书馆几点开门 | 图书馆什么时候开门？
图书馆周末开放吗 | 图书馆周末是否开放
图书馆周末开放吗 | 图书馆周末开不开放
停车场收费标准是多少 | 停车场的收费标准
停车场可以过夜吗 | 停车场能不能过夜
第一批名单有哪些企业 | 第1批名单有哪些企业
十二月的降雨量 | 12月降雨量是多少
为什么要修水库 | 为何修水库
为什么停电 | 停电的原因是什么
水库工程总投资多少 | 请问水库工程的总投资是多少元？
水库工程的总投资是多少 | 水库工程总投资
县医院的电话是多少 | 县医院联系电话
县医院的联系方式是什么 | 县医院电话号码
县医院地址 | 县医院在哪里
副县长是谁 | 请问谁是副县长
小学招收了多少新生 | 小学招收新生多少人
2022年人均可支配收入多少 | 2022年的人均可支配收入是多少？
第三季度利润增速 | 第三季度利润的增长率是多少
第三季度利润增长了多少 | 第3季度利润增长多少
对外贸易的主要伙伴有哪些 | 对外贸易伙伴有哪些？
有机茶认证办理时间多久 | 办理有机茶认证要多久
青苗补偿费怎么算 | 青苗补偿费如何算
高龄津贴发给哪些人 | 高龄津贴发给什么人
高龄津贴什么时候发 | 高龄津贴几号发？
博物馆门票多少钱 | 博物馆的门票要多少钱？
博物馆门票多少元 | 博物馆门票多少钱
请问博物馆周几闭馆 | 博物馆周几闭馆
你好，博物馆有讲解吗？谢谢 | 博物馆有没有讲解
能告诉我博物馆的开放时间吗 | 博物馆开放时间是什么
麻烦问一下新校区在哪里 | 新校区在哪儿
帮我查一下新校区在哪里 | 新校区位置
湖南省的产粮大县有哪些 | 湖南产粮大县是哪些
湖南有哪些产粮大县 | 湖南的产粮大县有哪些？
上半年出口额是多少 | 上半年的出口额
产业园规划面积多大 | 产业园的规划面积是多少
产业园入驻了几家企业 | 产业园入驻了多少家企业
营商环境改革的措施有哪些 | 营商环境改革措施
“一件事一次办”是什么意思 | 一件事一次办什么意思？
GDP是多少 | gdp多少
3500万元用来做什么 | 三千五百万元用来做什么
路灯坏了怎么办 | 路灯坏了，怎么办？
路灯坏了找谁 | 路灯坏了应该找谁呀
落户要不要房产证 | 落户是否要房产证
港口吞吐量总数 | 港口吞吐量数量是多少
"""

OTHER = """
2020年进出口总额是多少 | 2021年进出口总额是多少
2021年进出口总额 | 进出口总额
2021年出口总额是多少 | 2021年进口总额是多少
2021年出口总额是多少 | 2021年进出口总额是多少
2021年进出口总额是多少 | 2021年进出口总额增长多少
去年的茶叶产量 | 今年的茶叶产量
第一季度利润增速 | 第二季度利润增速
第一批名单有哪些企业 | 第二批名单有哪些企业
第一名是谁 | 第二名是谁
湖南的出口额是多少 | 广东的出口额是多少
长沙到北京的航班有几个 | 北京到长沙的航班有几个
美国对中国的出口额 | 中国对美国的出口额
上半年出口额是多少 | 下半年出口额是多少
1月降雨量是多少 | 11月降雨量是多少
三等奖奖金多少 | 二等奖奖金多少
公路建设现场会在哪里开 | 公路建设现场会什么时候开
公路建设现场会谁主持 | 公路建设现场会在哪里
公路建设现场会什么时候召开 | 铁路建设现场会什么时候召开
图书馆周末开放吗 | 图书馆周末不开放吗
哪些车可以停 | 哪些车不可以停
哪些人能参加 | 哪些人不能参加
哪些材料需要公证 | 哪些材料无需公证
办理居住证需要哪些材料 | 办理居住证需要多少钱
办理居住证需要哪些材料 | 办理居住证需要多久
办理居住证需要哪些材料 | 办理身份证需要哪些材料
怎么办理居住证 | 为什么办理居住证
怎么申请困难补助 | 谁可以申请困难补助
怎么申请困难补助 | 怎么申请创业补助
茶厂有多少家 | 茶厂有哪些
茶厂有多少家 | 纸厂有多少家
茶厂有多少家 | 茶厂有多少工人
石塘镇有多少个行政村 | 青石镇有多少个行政村
副县长是谁 | 县长是谁
县医院的电话是多少 | 县医院的地址是什么
县医院电话 | 县中医院的电话和地址
停车场收费标准 | 停车场开放时间
停车场可以过夜吗 | 停车场在哪里
博物馆门票多少钱 | 博物馆年票多少钱
博物馆周一开门吗 | 博物馆周二开门吗
最高气温是多少 | 最低气温是多少
人均可支配收入是多少 | 可支配收入是多少
城镇居民人均收入 | 农村居民人均收入
男性人口有多少 | 女性人口有多少
利润增长了多少 | 利润下降了多少
利润同比增长多少 | 利润环比增长多少
工业增加值是多少 | 规模以上工业增加值是多少
出口到东盟的商品有哪些 | 出口到欧盟的商品有哪些
水库工程总投资多少 | 水库工程总库容多少
水库工程总投资多少 | 水库工程投资方是谁
产业园有多少家企业入驻 | 产业园有多少家企业退出
产业园一期面积多大 | 产业园二期面积多大
GDP是多少 | CPI是多少
iphone12的价格 | iphone13的价格
小学招收新生多少人 | 中小学招收新生多少人
高龄津贴发给哪些人 | 高龄津贴发多少
落户要不要房产证 | 落户要不要居住证
路灯坏了找谁 | 井盖坏了找谁
疫苗接种前要注意什么 | 疫苗接种后要注意什么
60岁以上的人占多少 | 60岁以下的人占多少
3500万元用来做什么 | 3600万元用来做什么
天气怎么样 | 2021年进出口总额是多少
"""


# Near-identical by their characters, and yet not the same question.
NEARLY = """
甲公司的董事长是谁 | 甲公司的董事是谁
甲公司向乙公司支付货款多少 | 乙公司向甲公司支付货款多少
原告请求被告赔偿经济损失多少元 | 被告请求原告赔偿经济损失多少元
居民可支配收入是多少 | 城镇居民可支配收入是多少
合肥市养老保险缴费基数是多少 | 合肥市养老保险缴费基数上限是多少
住房公积金贷款最高额度是多少 | 住房公积金异地贷款最高额度是多少
合肥市高新技术企业认定条件是什么 | 合肥市高新技术企业复审认定条件是什么
合肥市中小学招生条件是什么 | 合肥市庐阳区中小学招生条件是什么
茶厂有多少家 | 茶厂有多少人
茶厂有多少 | 茶厂有多少人
停车场可以过夜吗 | 停车场要不要过夜
谁起诉了 | 起诉了谁
谁在哪里主持了现场会 | 谁什么时候主持了现场会
利润增长了多少元 | 利润增长率是多少
申请需求是什么 | 申请要求是什么
企业的主要负责人是谁 | 企业的负责人是谁
吉林省的面积是多少 | 吉林市的面积是多少
是什么 | 有哪些
"""

# What is recognised as the same question, whichever way it is asked.
PARAPHRASES = """
企业开办要多长时间 | 企业开办时间是多久
企业开办要多长时间 | 请问企业开办需要多久
企业开办时间是多久 | 请问企业开办需要多久
注册公司要几天？ | 注册公司要等几天？
2021年进出口总额 | 请问二〇二一年的进出口总额是多少？
茶厂有多少家 | 茶厂有几家？
公路建设现场会什么时候召开 | 公路建设现场会何时举行？
谁是副县长 | 请问副县长是谁
停车场可以过夜吗 | 停车场能不能过夜
博物馆门票多少元 | 博物馆的门票要多少钱？
全县有多少人 | 全县有几个人
"""


def pairs(text: str) -> list[tuple[str, str]]:
    lines = (line.split(" | ") for line in text.splitlines() if line)
    return [(first, second) for first, second in lines]


@pytest.mark.parametrize(("first", "second"), pairs(SAME))
def test_one_question_in_other_words_of_asking_is_alike(first: str, second: str) -> None:
    """Polite words, the order of words and the spelling of numbers make no other question."""
    assert likeness(first, second) >= ALIKE


@pytest.mark.parametrize(("first", "second"), pairs(OTHER))
def test_a_question_about_something_else_is_not_alike(first: str, second: str) -> None:
    """One character may make another question, however many the two share."""
    assert likeness(first, second) < ALIKE


@pytest.mark.parametrize(("first", "second"), pairs(PARAPHRASES))
def test_a_question_asked_otherwise_is_the_same(first: str, second: str) -> None:
    """Polite, empty and asking words make no other question, whichever of the two is known."""
    assert same(first, second)
    assert same(second, first)


@pytest.mark.parametrize(("first", "second"), pairs(OTHER + NEARLY))
def test_one_other_word_makes_it_another_question(first: str, second: str) -> None:
    """What is left out of one, or stands in another order, is asked about something else."""
    assert not same(first, second)
    assert not same(second, first)


@given(st.text(max_size=60))
def test_each_question_is_the_same_as_itself(question: str) -> None:
    """Whatever the text."""
    assert same(question, question)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2020年出口额是多少", "2021年出口额是多少"),
        ("第一批名单", "第二批名单"),
        ("湖南的出口额", "广东的出口额"),
        ("周末开放吗", "周末不开放吗"),
    ],
)
def test_another_number_place_or_negation_makes_it_nought(first: str, second: str) -> None:
    """These decide alone; no share of common characters outweighs them."""
    assert likeness(first, second) == 0


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_a_share_and_goes_both_ways(first: str, second: str) -> None:
    """Whatever the texts, it lies between 0 and 1, the order does not matter, and each is like itself."""
    assert 0 <= likeness(first, second) <= 1
    assert likeness(first, second) == pytest.approx(likeness(second, first))
    assert likeness(first, first) == pytest.approx(1)


def test_groups_are_the_largest_first_and_then_in_the_order_asked() -> None:
    """Each question is in one group, in the order in which it was asked."""
    questions = [
        "图书馆几点开门",
        "2021年出口额是多少",
        "2022年出口额是多少",
        "请问2021年的出口额？",
        "图书馆什么时候开门？",
        "二〇二一年出口额是多少",
    ]
    assert groups(questions) == [[1, 3, 5], [0, 4], [2]]


def test_no_questions_make_no_groups() -> None:
    """An empty log is no error."""
    assert groups([]) == []


QUESTIONS = [text for pair in pairs(SAME + OTHER) for text in pair]


@given(st.lists(st.sampled_from(QUESTIONS), max_size=40))
def test_every_question_is_in_exactly_one_group(questions: list[str]) -> None:
    """Nothing is lost or counted twice, and each member is alike to its group's first."""
    found = groups(questions)
    assert sorted(place for group in found for place in group) == list(range(len(questions)))
    assert all(
        likeness(questions[group[0]], questions[place]) >= ALIKE for group in found for place in group[1:]
    )


def test_the_index_finds_the_most_alike_one() -> None:
    """It agrees with asking one by one, and finds nothing below the threshold."""
    index = QuestionIndex()
    known = [index.add(question) for question in ("茶厂有多少家", "茶厂有哪些", "2021年茶叶产量")]
    assert known == [0, 1, 2]
    assert index.nearest("请问茶厂有几家") == 0
    assert index.nearest("2020年茶叶产量") is None


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_index_agrees_with_comparing_one_by_one(question: str) -> None:
    """What it passes over for speed could not have been alike."""
    index = QuestionIndex()
    others = [other for other in QUESTIONS if other != question]
    for other in others:
        index.add(other)
    likenesses = [likeness(question, other) for other in others]
    best = max(likenesses)
    assert index.nearest(question) == (likenesses.index(best) if best >= ALIKE else None)


def test_the_index_prefers_the_same_manner_of_asking() -> None:
    """The amount and the names of a bare noun may both be meant by it; what is asked outright comes first."""
    index = QuestionIndex()
    for question in ("茶厂", "茶厂有哪些", "茶叶产量"):
        index.add(question)
    assert index.same("请问茶厂有哪些？") == 1
    assert index.same("茶厂是什么") == 1
    assert index.same("茶厂在哪里") is None
    assert QuestionIndex().same("茶厂") is None
