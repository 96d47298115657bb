"""What is said to a 👍 or 👎, and the reasons for a 👎."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeedbackWords:
    """The names of `reasons` are those of a vote's `Reason`, in the order of the buttons."""

    thanks: str
    why: str
    why_named: str
    reasons: dict[str, str]
    should_be_there: str
    noted: str
    placeholder: str
    comment_taken: str
    not_yours: str


CHINESE = FeedbackWords(
    thanks="谢谢反馈！",
    why="哪里不对？",
    why_named="{name}，哪里不对？",
    reasons={"figure": "数字不对", "paragraph": "段落不对", "missed": "没找到", "other": "其他"},
    should_be_there="👎 应该能找到",
    noted="已记下，谢谢！还可以回复本条写几句，管理员会看到。",
    placeholder="写几句，也可以不写",
    comment_taken="已记下，管理员会看到，谢谢！",
    not_yours="这是在问点 👎 的人。",
)


ENGLISH = FeedbackWords(
    thanks="Thank you!",
    why="What is wrong?",
    why_named="{name}, what is wrong?",
    reasons={
        "figure": "Wrong figure",
        "paragraph": "Wrong paragraph",
        "missed": "Not found",
        "other": "Other",
    },
    should_be_there="👎 It should be there",
    noted="Noted, thank you! You may reply to this message with a few words for the admins.",
    placeholder="A few words, if you like",
    comment_taken="The admins will read it. Thank you!",
    not_yours="This asks who pressed 👎.",
)
