"""What is said to a 👍 or 👎."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeedbackWords:
    thanks: str


CHINESE = FeedbackWords(
    thanks="谢谢反馈！",
)


ENGLISH = FeedbackWords(
    thanks="Thank you!",
)
