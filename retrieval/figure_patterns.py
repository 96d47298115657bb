"""What numbers and figures look like: the patterns that `figures` reads with, or keeps away from.

They are for texts in simplified, half-width characters (`plain`), and take linear time on any of them.
"""

from __future__ import annotations

import re

from retrieval import units

HAN = "〇零○一二三四五六七八九十百千万亿两廿卅"
_SEVERAL = "(?:几|(?<![人次户件总个])数)"  # 数百, but not 人数三百
_SCALE = r"(?:[十百](?!分)|千(?![克米瓦卡伏赫帕焦])|万(?!达广|科|豪|宝)|亿|兆(?=[美港日韩]?元))"
_ARABIC = (
    r"[-+]?(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d+)(?:\.\d+)?"
    rf"(?: ?[多余几]?{_SCALE}+(?:零?\d+{_SCALE}+)*)?"
)
_CHINESE = (
    rf"{_SEVERAL}?[{HAN}]+(?<!千(?=[克米瓦卡伏赫帕焦]))"
    r"(?:点[〇零○一二三四五六七八九]+(?![十百千])[万亿]*)?(?:[多余几](?=[万亿])[万亿]+)?"
)
_NUMBER = rf"(?:{_ARABIC}|{_CHINESE})[多余几来]?"
_DIGIT = r"[\d一二两三四五六七八九]"
_FEW = r"(?:\d{1,3}|[一二两三四五六七八九])"
_SOME = rf"(?:\d+|[{HAN}]+)[多余]?"
_TO = r" ?(?:-+|—+|–|―|~+|至|到|－) ?"
_TO_SIGNS = r"\-—–―~至到－"
_UNIT = rf" ?{units.UNIT}(?:{units.RATE})?"

PERCENT = re.compile(
    rf"百分之(?P<percent>{_NUMBER})(?:{_TO}(?:百分之)?(?P<last>{_NUMBER}))?|千分之(?P<permille>{_NUMBER})"
)
FRACTION = re.compile(
    rf"(?P<below>{_NUMBER})分之(?P<above>{_NUMBER})|(?P<over>\d{{1,2}})/(?P<under>\d{{1,3}})(?![\d/]|\.\d)"
)
VERSUS = re.compile(
    r"(?P<a>\d+(?:\.\d+)?|[一二三四五六七八九十两]+)(?: ?: ?|比)"
    r"(?P<b>\d+(?:\.\d+)?|[一二三四五六七八九十]+|零)(?![\d:.])"
)
DOUBLED = re.compile(r"翻了?(?P<n>[一两二三四五六\d])番")
TENTHS = re.compile(
    rf"(?P<n>[一二三四五六七八九两\d](?:{_TO}[一二三四五六七八九\d])?)成(?:(?P<half>半)|(?P<rest>[一二三四五六七八九]))?"
    r"(?=$|[，。、；！？\s的以左多提升降])"
)
HEIGHT = re.compile(
    r"(?P<m>\d|[一二两])米(?P<rest>\d\d?|[一二三四五六七八九]{1,2})(?![\d一二三四五六七八九十米厘公分])"
)
RANK = re.compile(
    r"第 ?(?P<n>\d+|[一二三四五六七八九十百千零〇]+)"
    rf"(?:{_TO}第?(?P<last>\d+|[一二三四五六七八九十百]+))?"
    r"(?P<unit> ?(?:季度?|学期|"
    r"[位名任届次大条个章集期代号批部轮款卷版世级层站节回场局张周天年册座支颗枚家辆艘所首路军师团种类项桶]))?"
)
SIGNED = re.compile(
    rf"(?P<sign>[¥$€£]|US\$|HK\$) ?(?P<n>{_NUMBER})(?P<unit> ?(?:美元|元|港元|欧元|英镑))?"
    rf"(?:{_TO}[¥$€£]?(?P<last>{_NUMBER}))?"
)
_TO_IN_REACH = rf"(?-i:(?=[^{_TO_SIGNS}]{{0,{2 * max(map(len, units.KINDS)) + 3}}}[{_TO_SIGNS}]))"
QUANTITY = re.compile(
    rf"(?P<n>{_NUMBER})(?:{_TO_IN_REACH}(?P<first_unit>{_UNIT})?{_TO}(?P<last>{_NUMBER}))?(?P<unit>{_UNIT})",
    re.IGNORECASE,
)
CASE = re.compile(
    "(?<![无任何每唯不])(?<!没有)一人(?=(?:当场|不幸)?(?:死亡|受伤|丧生|遇难|失踪|失联|获救|重伤|轻伤|身亡|负伤))"
    "|(?:(?<=发生|遭遇|制造|查处|破获|侦破|通报)|(?<=[生造获破]了))一起(?![来去伏])"
)
"""Where 一 counts: `一人受伤`, `发生一起`."""

CHANGE = re.compile(
    rf"零?(?P<jiao>{_DIGIT})角(?:零?(?P<fen>{_DIGIT})分(?![钟之]))?|零(?P<rest>{_DIGIT})分(?![钟之])"
)
"""What may follow an amount of whole 元: `6角5分`."""

LONG_TIME = re.compile(
    rf"(?P<n>{_NUMBER}) ?(?P<unit>年|个月|天|日|个?小时|个?钟头|分钟?)(?P<half>半)?"
    rf"(?:[零又]?(?P<rest>{_NUMBER}) ?(?P<rest_unit>个月|天|日|个?小时|分钟|分|秒钟?))?"
)
GRADE = re.compile(r"(?P<year>(?:19|20)\d\d) ?[级届](?![别])")
"""The year that a class of pupils entered or left school: `2019级`."""

HALF = re.compile(r"半(?:个)?(?P<unit>年|月|小时|天|世纪|学期|钟头)")
_HIT = r"(?:死亡?|[重轻受]?伤)(?![率人病原证登数员残者])"
PEOPLE = re.compile(
    rf"(?:(?=(?:{_SOME}{_HIT}){{2}}|\d+死(?:$|[,，。;；、!！)）」”\s]))"
    rf"|(?<=[\d多余{HAN}重轻受][死伤]))(?P<hit>{_SOME}){_HIT}"
    rf"|(?:(?=(?:{_FEW}[子儿男女]){{2}})|(?<=[\d{HAN}][子儿男女])|(?<=育有)|(?<=生有)|(?<=生育))"
    rf"(?P<child>{_FEW})[子儿男女](?![子儿女孩童士性生工友人公厕])"
)
"""People without a measure word: the dead and injured of `3死6伤`, the children of `一子两女`."""

BARE = re.compile(rf"(?P<n>{_ARABIC}|{_CHINESE})[多余几]?(?:{_TO}(?P<last>{_ARABIC}))?")
ABOUT = re.compile(" ?(?:左右(?![转两侧手岸])|上下(?![文班车铺游册半])|以上|以下(?!简?统?称)|不等)")
"""After a number that is a figure even without a unit: `1000左右`."""

ONLY_COUNTS = re.compile(
    rf"(?:[-+]?\d+(?:\.\d+)?[万亿]{{0,2}}|[一二三四五六七八九两])"
    r"(?![\d.,， /:：比成分级届多余几来兆年月日天号时季点个小钟半世第前上下米死重轻受伤子儿男女～"
    rf"{HAN}{_TO_SIGNS}])"
)
"""A number that nothing follows by which it could be more than a quantity or a bare number."""

RUN = re.compile(rf"[\d几数{HAN}](?:[\d{HAN}]|[.,](?=\d))*")
"""A number to pass over whole, when it turned out to be no figure."""

_CANDIDATE = (
    rf"[-+]?\d|{_SEVERAL}?[{HAN}]|[第半翻¥$€£]|US\$|HK\$"
    r"|(?:公|西|纪)元|前(?=[\d一二三四五六七八九]+ ?(?:年|世|季))|民国|昭和|明治|大正|平成|令和"
    r"|[康雍乾嘉道咸同光宣顺崇万永洪天开贞绍建至宽庆元享安文成弘正隆景淳][\u4e00-\u9fff](?=[\d一二三四五六七八九十元]{1,4}年)"
    r"|[去今明前本当同翌次上]年|[上下]半年|[上下本这]?(?:周|星期)[一二三四五六日天]|[本上下同]个?月"
    r"|[昨今明前当同次][日天晚]|上世纪|农历|阴历|正月|腊月|冬月|大年|除夕|凌晨|清晨|早上|上午|中午|下午|傍晚|晚上|深夜|[上下本]周"
)
# A Chinese digit is mostly no number, as what follows it tells at once: no unit, digit or sign of a range.
_AFTER_DIGIT = re.escape(
    "".join(sorted({first for unit in units.KINDS for first in (unit[0].lower(), unit[0].upper())}))
    + f" 0123456789{HAN}几多余来点分成比年月日号时季第前上下半世历个小死重轻受伤子儿男女：:-—–―~～－至到.,"
)
CANDIDATE = re.compile(
    rf"[-+\d几数{HAN}第半翻¥$€£UH公西纪前民昭明大平令康雍乾嘉道咸同光宣顺崇万永洪天开贞绍建至宽庆元享安文成弘正隆景淳"
    "去今本当翌次上下这周星昨农阴腊冬除凌清早中傍晚深]"
    rf"(?<=(?![一二三四五六七八九两][^{_AFTER_DIGIT}])(?={_CANDIDATE}).)",
    re.DOTALL,
)
"""Where a figure may begin. The characters that it begins with come first: these are found faster."""

NO_FIGURES = tuple(
    (re.compile(sign, re.MULTILINE), re.compile(names, re.MULTILINE))
    for sign, names in (
        ("《|http", r"《[^《》]{1,40}》|https?://[\w./?=&%#:-]+"),
        # Documents, telephones, securities: `〔2023〕15号`, `第12号令`, `0731-88886666`, `600001.SH`
        (
            r"号|-\d{7}|SH|SZ|HK|BJ|\(\d{6}\)",
            (
                r"[〔\[(【]\d{4}[〕\])】] ?第?\d{1,5}号|第 ?\d{1,4} ?号(?:令|公告|文|决议)"
                r"|(?<![\d-])0\d{2,3}-\d{7,8}(?!\d)"
                r"|(?<![\d.])\d{4,6}[.-](?:S[HZ]|HK|BJ)\b|\b(?:S[HZ]|HK|BJ)[:. ]?\d{4,6}(?!\d)|\(\d{6}\)"
            ),
        ),
        ("第", "第[一二]次世界大战"),
        # List markers: `（一）`, `一、`, `1.`
        (
            r"[\d一二三四五六七八九十](?:[)、]|\.(?!\d))",
            r"(?:^|(?<=[\n。;；]))[ \t]{0,8}(?:\(?[\d一二三四五六七八九十]{1,3}(?:[)、]|[.](?!\d)))",
        ),
        (r"\(", r"\([一二三四五六七八九十\d]{1,2}\)(?!年)"),
        # Pictures and tables: `图1 环湖步道`, `见表2-1`
        (
            r"[图表] ?\d",
            r"(?:^|(?<=[见如和及、(\n]))附?[图表] ?\d{1,3}(?:[-.—–]\d{1,3})*(?=[ :.、,，。)）]|$)",
        ),
        # Slogans in quotes: `“三高四新”`
        (
            r"[“\"「『‘]",
            (
                r"[“\"「『‘][^“”\"「」『』，。]{0,3}?[一二三四五六七八九十两]"
                r"[^“”\"「」『』，。\d]{1,8}[”\"」』’]"
            ),
        ),
        ("十[一二三四五六]五", r"[“\"]?十[一二三四五六]五[”\"]?(?=期间|时期|规划|以来|末|开局)"),
    )
)
"""What holds numbers that are no figures, each after a sign of it that is found faster and mostly missing."""

IDENTIFIER = re.compile(
    r"(?:热线|电话|邮编|编号|代码|证号|QQ|qq|微信|传真|账号|号码|手机|No\.?|NO\.?)[^\d。]{0,4}$"
)
MONEY_WORDS = re.compile(
    "票房|资金|金额|营收|净利|利润|亏损|市值|投资|贷款|总额|收入|成本|融资|估值|[售价房身造]价|费用?|债|欠款|损失|借款|"
    "赔偿|押金|工资|补贴|花"
)
TWO_TO_THREE = re.compile(
    r"(?=一二|[二两]三|三四|三五|四五|五六|六七|七八|八九)(?P<low>[一二三四五六七八九两])"
    r"(?P<high>[二三四五六七八九])(?P<scale>[十百千万亿]*)多?"
)
"""A vague number: `两三万` is twenty to thirty thousand."""

SPOKEN_AMOUNT = re.compile(r"[一二三四五六七八九两]{1,2}(?:[十百千万亿]+[零一二三四五六七八九两]*)+")
YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
SEPARATOR = re.compile(_TO)
