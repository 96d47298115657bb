"""The course of a metric over time, out of all articles: `course_of` finds it.

A question is read by `course`, its metrics are looked up in the `metric_index`, whose names are those of
`metric_names`; `candidates` reads the figures and `agreement` puts them in order.
"""

from __future__ import annotations

from retrieval.series.finding import course_of

__all__ = ["course_of"]
