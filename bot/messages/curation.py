"""Answers that admins have checked: choosing them, listing them, and the mark they bear."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CurationWords:
    checked: str
    pin: str
    pin_how: str
    choose: str
    no_candidates: str
    search: str
    search_prompt: str
    search_placeholder: str
    use_this: str
    take: str
    taken: str
    back: str
    title: str
    empty: str
    since: str
    gone: str
    text_gone: str
    reword: str
    reword_prompt: str
    reword_placeholder: str
    no_question: str
    same_question: str
    other_paragraph: str
    remove: str
    remove_ask: str
    removed: str
    cancel: str
    all: str
    nothing: str


CHINESE = CurationWords(
    checked="✔ 已由管理员核对",
    pin="📌 选定答案",
    pin_how="请回复一条答案发送 /pin，为它的问题选定段落。",
    choose="用哪一段回答？",
    no_candidates="没有可选的段落，请换个问法找。",
    search="🔍 换个问法找",
    search_prompt="请回复本条，换个问法写一遍，我再找一次。",
    search_placeholder="另一个问法",
    use_this="用这一段回答？",
    take="✔ 就用这段",
    taken="已选定。问到这个问题时，先给出这一段。",
    back="‹ 返回",
    title="核对过的问答 · 共 {count} 条",
    empty="还没有核对过的问答。在 /logs 里点开一个提问，再点“选定答案”；或回复一条答案发送 /pin。",
    since="核对于 {date}",
    gone="这一条已不在了。",
    text_gone="⚠️ 原文已不在文库里，目前不会用它作答。",
    reword="✏️ 改问题",
    reword_prompt="请回复本条，写上新的问题。现在是：",
    reword_placeholder="新的问题",
    no_question="没有看到问题，请再写一次。",
    same_question="这个问题已有选定的答案。",
    other_paragraph="📄 换一段",
    remove="🗑 移除",
    remove_ask="移除这一条？之后按检索结果作答。",
    removed="已移除。",
    cancel="取消",
    all="‹ 全部",
    nothing="这一段已不在结果里，请另选一段。",
)


ENGLISH = CurationWords(
    checked="✔ Checked by an admin",
    pin="📌 Pin an answer",
    pin_how="Reply to an answer with /pin to choose the paragraph for its question.",
    choose="Which paragraph answers it?",
    no_candidates="There is no paragraph to choose. Please ask otherwise.",
    search="🔍 Ask otherwise",
    search_prompt="Reply to this message with other words for it, and I will look again.",
    search_placeholder="Another question",
    use_this="Answer with this paragraph?",
    take="✔ Use this one",
    taken="Pinned. This question now gets the paragraph first.",
    back="‹ Back",
    title="Checked answers · {count} in all",
    empty=(
        "No checked answers yet. Open a question in /logs and press “Pin an answer”, "
        "or reply to an answer with /pin."
    ),
    since="Checked on {date}",
    gone="This one is gone.",
    text_gone="⚠️ The text is no longer in the library, so it does not answer for now.",
    reword="✏️ Reword",
    reword_prompt="Reply to this message with the new question. Now it is:",
    reword_placeholder="The new question",
    no_question="There is no question in it. Please write it again.",
    same_question="This question has a checked answer already.",
    other_paragraph="📄 Other paragraph",
    remove="🗑 Remove",
    remove_ask="Remove this one? The search answers again then.",
    removed="Removed.",
    cancel="Cancel",
    all="‹ All",
    nothing="This paragraph is no longer among the results. Please choose another one.",
)
