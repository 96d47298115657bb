"""The words of the product as types. They hold data and decide nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

FigureKind = Literal["money", "count", "percent", "rank", "date", "duration", "ratio", "measure"]
Span = tuple[int, int]
"""Start and end of a piece of a text, in characters, end excluded."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in the text of a table's row, with what the table's heads say that it measures and for when."""

    start: int
    end: int
    metric: str | None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of a Document. `key` names its file in the Snapshot: its content's hash with a suffix.

    `width` and `height` are in pixels. `caption` is empty where the article gives it none. `paragraph` is the
    id of the Paragraph that it stands at, set in an Answer.
    """

    key: str
    width: int
    height: int
    caption: str = ""
    paragraph: str = ""


@dataclass(frozen=True, slots=True)
class WholeParagraph:
    """A paragraph as the article has it, before an over-long one is split.

    `page` counts from 1 where the format has pages. `cells` are set for a table's row, and are then all the
    figures that it has. `pictures` stand at it. `confidence`, from 0 to 1, is that of text read from an
    image.
    """

    text: str
    page: int | None = None
    cells: tuple[Cell, ...] = ()
    pictures: tuple[Picture, ...] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Paragraphs under one heading, whole and as shown; `heading` is None before the first one."""

    heading: str | None
    paragraphs: tuple[WholeParagraph, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One article. A file may hold several: `number` counts them from 0.

    `path` is relative to the documents' folder, with forward slashes. `date` is as ISO 8601 allows,
    reduced where the article says less (`2022-08-29`, `2023-02`, `2021`).
    """

    path: str
    number: int
    title: str
    sections: tuple[Section, ...]
    date: str | None = None
    source: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What is indexed and shown.

    `id` is made from path, title and text, so it outlives a reindex that leaves the paragraph alone.
    `article` is the Document's number in its file; `position` counts the Document's paragraphs from 0,
    and neighbours differ by one. `continues` is true for the later pieces of an over-long paragraph.
    `page`, `cells`, `pictures` and `confidence` are as in WholeParagraph.
    """

    id: str
    document: str
    article: int
    position: int
    title: str
    section: str | None
    text: str
    date: str | None = None
    source: str | None = None
    author: str | None = None
    continues: bool = False
    page: int | None = None
    cells: tuple[Cell, ...] = ()
    pictures: tuple[Picture, ...] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it measures, as it stands in `text[start:end]` of a Paragraph's text.

    `value` is in units of `unit` (`5972.8亿元` is 597280000000.0 of `元`; `7.7%` is 7.7 of `%`), a pair for a
    range. A date's value is ISO 8601, reduced (`2021`, `2021-08`), with `XXXX` for a year that the text
    leaves out (`XXXX-08-29`), and None where it cannot be told.
    """

    text: str
    kind: FigureKind
    value: float | str | tuple[float, float] | tuple[str, str] | None
    unit: str | None
    start: int
    end: int
    metric: str | None = None
    period: str | None = None
    paragraph: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The kind of figure a question asks for: `kinds` best first, empty where it asks for none.

    `unit` is the unit or measure word asked for (`家`, `元`), `period` the time asked about as a Figure's
    period would say it (`2021年`), `grain` how fine a date is wanted.
    """

    kinds: tuple[FigureKind, ...] = ()
    unit: str | None = None
    period: str | None = None
    grain: Literal["year", "month", "day", "time"] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The asker's words, their normal form, the terms to search for, and the figure asked for.

    `read_as` is how a follow-up (`那2020年呢？`) was completed from the question before it, or the suggestion
    chosen in its place, and None for a question that stands by itself; `normal` and `terms` are then those
    of `read_as`. `related` has words of `normal` with what the articles may say instead, in normal form: a
    pair for each.
    """

    text: str
    normal: str
    terms: tuple[str, ...]
    wanted: Wanted = Wanted()
    read_as: str | None = None
    related: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A Paragraph with its score; `marks` are the places in its text that the question's words match.

    `answering` are the sentences of its text that answer best, in their order. `continued` are the paragraphs
    that follow it where a list that was asked for runs on over its end. `same_as` is the id of an earlier
    hit of the same Answer that says nearly the same, word for word. `checked` is true for a paragraph that an
    admin pinned to the question.
    """

    paragraph: Paragraph
    score: float
    marks: tuple[Span, ...] = ()
    answering: tuple[Span, ...] = ()
    continued: tuple[Paragraph, ...] = ()
    same_as: str | None = None
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure of a Series stands; each as in the Paragraph of that `id`."""

    id: str
    document: str
    title: str
    section: str | None = None
    page: int | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One value of a Point: the figure that says it most exactly, and the ids of all `sources` that say it.

    `amount` is the figure's value in the Series' unit, below zero for a decrease.
    """

    figure: Figure
    amount: float
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """What is said of one `period`, as ISO 8601 reduced (`2021`, `2021-06`), or `2021-Q1`, `2021-H1`.

    The first of the `statements` is the one that most articles make; several contradict each other.
    """

    period: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """The course of a metric over at least three periods, in the order of time.

    `scope` is the place that it is of, where its sources name one. `unit` is the one that most of the figures
    are written in, with its 万 or 亿, and empty for bare numbers.
    """

    metric: str
    scope: str | None
    unit: str
    points: tuple[Point, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the corpus has for a Question. `found` alone says whether it is shown as an answer.

    `hits` are the best paragraphs in order and `figures` the best figures in order, filled also when
    `found` is false; `pictures` are those that answer, best first. `near` says, when `found` is false, that
    the first hit is still worth an offer. `suggestion` is the question with a likely slip of the pen mended
    by the corpus's own words, else None.
    `series` is set where the question asks for the course of a metric and the corpus has it.
    `stages` are milliseconds by stage (`understand`, `search`, `figures`, `sentences`, `spelling`);
    `snapshot` names the index used.
    """

    question: Question
    found: bool
    hits: tuple[Hit, ...]
    figures: tuple[Figure, ...]
    pictures: tuple[Picture, ...] = ()
    near: bool = False
    suggestion: str | None = None
    series: Series | None = None
    snapshot: str = ""
    stages: dict[str, float] = field(default_factory=dict)

    @property
    def milliseconds(self) -> float:
        return sum(self.stages.values())
