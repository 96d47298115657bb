"""Every word the bot says, once for each language, a module an area; it knows no HTML.

A text may hold `{placeholders}`, the same ones in each language. Figures, paragraphs and titles are never
translated: they are the evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.messages import access, answers, conversation, curation, documents, feedback, logs, photos
from bot.messages.traditional import in_traditional, shown_in_traditional

if TYPE_CHECKING:
    from bot.messages.access import AccessWords
    from bot.messages.answers import AnswerWords
    from bot.messages.conversation import ConversationWords
    from bot.messages.curation import CurationWords
    from bot.messages.documents import DocumentWords
    from bot.messages.feedback import FeedbackWords
    from bot.messages.logs import LogWords
    from bot.messages.photos import PhotoWords

Language = Literal["zh-hans", "zh-hant", "en"]


@dataclass(frozen=True, slots=True)
class Words:
    """All texts of one language, an attribute an area."""

    language: Language
    conversation: ConversationWords
    answers: AnswerWords
    feedback: FeedbackWords
    curation: CurationWords
    documents: DocumentWords
    logs: LogWords
    access: AccessWords
    photos: PhotoWords

    def shown(self, evidence: str) -> str:
        """Return a text of the articles, or HTML with some, in the characters of the language's readers."""
        return shown_in_traditional(evidence) if self.language == "zh-hant" else evidence


SIMPLIFIED = Words(
    "zh-hans",
    conversation.CHINESE,
    answers.CHINESE,
    feedback.CHINESE,
    curation.CHINESE,
    documents.CHINESE,
    logs.CHINESE,
    access.CHINESE,
    photos.CHINESE,
)
TRADITIONAL = Words(
    "zh-hant",
    in_traditional(conversation.CHINESE),
    in_traditional(answers.CHINESE),
    in_traditional(feedback.CHINESE),
    in_traditional(curation.CHINESE),
    in_traditional(documents.CHINESE),
    in_traditional(logs.CHINESE),
    in_traditional(access.CHINESE),
    in_traditional(photos.CHINESE),
)
ENGLISH = Words(
    "en",
    conversation.ENGLISH,
    answers.ENGLISH,
    feedback.ENGLISH,
    curation.ENGLISH,
    documents.ENGLISH,
    logs.ENGLISH,
    access.ENGLISH,
    photos.ENGLISH,
)
LANGUAGES: dict[Language, Words] = {words.language: words for words in (SIMPLIFIED, TRADITIONAL, ENGLISH)}

_TRADITIONAL_TAGS = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


def words_for(language_code: str | None) -> Words:
    """Choose by a Telegram user's language (an IETF tag); simplified Chinese where it is not known."""
    tag = (language_code or "").lower().replace("_", "-")
    if tag.startswith(_TRADITIONAL_TAGS):
        return TRADITIONAL
    return ENGLISH if tag.split("-")[0] == "en" else SIMPLIFIED
