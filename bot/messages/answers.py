"""An answer, the buttons under it, and what pressing them says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnswerWords:
    read_as: str
    other_year: str
    not_found: str
    rephrase: str
    perhaps: str
    did_you_mean: str
    no_index: str
    no_index_admin: str
    no_engine: str
    also: str
    between: str
    in_result: str
    elsewhere: str
    elsewhere_more: str
    previous: str
    next: str
    context: str
    earlier_text: str
    later_text: str
    full_article: str
    back: str
    ask_that: str
    gone: str
    text_changed: str
    article_changed: str
    article_too_large: str
    pictures_changed: str
    only_asker: str
    inline_not_found: str
    inline_no_index: str
    inline_examples: str
    page: str
    recognised: str
    recognised_badly: str
    year: str
    month: str
    day: str
    quarter: str
    in_unit: str
    or_value: str
    other_values: str
    left_out: str
    older_periods: str
    course_of: str
    course_conflicts: str


CHINESE = AnswerWords(
    read_as="按“{question}”作答",
    other_year="以下内容没有提到{year}年",
    not_found="未找到能回答这个问题的内容。",
    rephrase="可以换个说法，或写上更具体的名称、年份、指标。",
    perhaps="也许相关：",
    did_you_mean="您是不是想问：{question}",
    no_index="文库还没有准备好，请稍后再来。",
    no_index_admin="还没有索引，请先发送 /reindex。",
    no_engine="检索服务暂时连不上，请稍后再问一次。",
    also="另有：{figures}",
    between="；",
    in_result="见第 {number} 条",
    elsewhere="另见：{titles}",
    elsewhere_more="另见：{titles} 等 {count} 篇",
    previous="‹ 上一条",
    next="下一条 ›",
    context="上下文",
    earlier_text="‹ 前文",
    later_text="后文 ›",
    full_article="全文",
    back="‹ 返回",
    ask_that="是，就问这个",
    gone="这条记录已不在了，请重新提问。",
    text_changed="原文已更新，看不到上下文了。",
    article_changed="原文件已更新或已不在，请重新提问。",
    article_too_large="原文件太大，发不了。",
    pictures_changed="图片已更新或已不在，请重新提问。",
    only_asker="只有提问的人可以翻页，您可以自己问一遍。",
    inline_not_found="未找到，可换个说法或私聊我",
    inline_no_index="文库还没有准备好",
    inline_examples="输入问题，或与我私聊",
    page="第{page}页",
    recognised="识别自图片",
    recognised_badly="识别自图片，可能有误",
    year="{year}年",
    month="{year}年{month}月",
    day="{year}年{month}月{day}日",
    quarter="{year}年第{quarter}季度",
    in_unit="（{unit}）",
    or_value=" ／ ",
    other_values=" 等，另有 {count} 个值",
    left_out="一次最多回答 {answered} 个问题，还有 {left} 个请再发一次。",
    older_periods="更早的另有 {count} 个时期，见图",
    course_of="{first}至{last}，来自 {sources} 篇文章",
    course_conflicts="空心点：原文说法不一",
)


ENGLISH = AnswerWords(
    read_as="Read as: {question}",
    other_year="The year {year} is not mentioned below",
    not_found="Nothing found that answers this question.",
    rephrase="Try other words, or name the place, year or figure you mean.",
    perhaps="Perhaps related:",
    did_you_mean="Did you mean: {question}",
    no_index="The library is not ready yet. Please come back later.",
    no_index_admin="There is no index yet. Please send /reindex first.",
    no_engine="The search does not respond just now. Please ask again a little later.",
    also="Also: {figures}",
    between="; ",
    in_result="see result {number}",
    elsewhere="Also in: {titles}",
    elsewhere_more="Also in: {titles} and others, {count} in all",
    previous="‹ Previous",
    next="Next ›",
    context="Context",
    earlier_text="‹ Earlier",
    later_text="Later ›",
    full_article="Full text",
    back="‹ Back",
    ask_that="Yes, ask that",
    gone="This record is gone. Please ask again.",
    text_changed="The text has changed since, its context cannot be shown.",
    article_changed="The file has changed since or is gone. Please ask again.",
    article_too_large="The file is too large to be sent.",
    pictures_changed="The pictures have changed since or are gone. Please ask again.",
    only_asker="Only who asked can turn the pages. You can ask it yourself.",
    inline_not_found="Nothing found: try other words, or chat with me",
    inline_no_index="The library is not ready yet",
    inline_examples="Type a question, or chat with me",
    page="p. {page}",
    recognised="Read from an image",
    recognised_badly="Read from an image, may be wrong",
    year="{year}",
    month="{year}-{month:0>2}",
    day="{year}-{month:0>2}-{day:0>2}",
    quarter="{year} Q{quarter}",
    in_unit=" ({unit})",
    or_value=" / ",
    other_values=" and {count} more values",
    left_out="Up to {answered} questions are answered at a time: please send the other {left} again.",
    older_periods="{count} earlier periods are in the chart",
    course_of="{first} to {last}, from {sources} articles",
    course_conflicts="Hollow points: the sources disagree",
)
