"""The section of a report about topics."""

from dataclasses import replace

from demur.measures.base import Measured
from demur.measures.topics import Topic, Topics
from demur.reports.document import Cell, Note, Section, Table
from demur.reports.text import percent, tested
from demur.stats.estimate import Estimate

_NOTE = (
    "Of many small topics the highest rate is mostly chance. Drawn in is the rate that "
    "is to be expected of a topic, given what all of them have in common. p is that of "
    "the gap: it allows for all topics tested, {tests} here (Holm, exact tests over "
    "families), and is a dash where nothing changed."
)


def topic_sections(found: Topics) -> tuple[Section, ...]:
    """The section, if the suite has more than one topic. A terminal leaves it out."""
    if len(found.by_topic) < 2:
        return ()
    table = Table(
        title="Rates by topic",
        headings=(
            "topic",
            "over-refusal",
            "drawn in",
            "under-refusal",
            "drawn in",
            "gap",
            "p",
        ),
        rows=tuple(_row(name, topic) for name, topic in found.by_topic.items()),
    )
    note = Note(text=_NOTE.format(tests=found.tests))
    return (Section(title="By topic", blocks=(note, table), is_detail=True),)


def _row(name: str, topic: Topic) -> tuple[Cell, ...]:
    return (
        Cell(text=name),
        Cell(measured=topic.over),
        _pooled(topic.over, topic.over_pooled),
        Cell(measured=topic.under),
        _pooled(topic.under, topic.under_pooled),
        Cell(measured=topic.gap, is_difference=True),
        Cell(text=tested(topic.gap)),
    )


def _pooled(measured: Measured, pooled: Estimate | None) -> Cell:
    """The drawn-in rate; its counts stand beside the raw one."""
    both = replace(measured, name=f"{measured.name}, drawn in", estimate=pooled)
    return Cell(text=percent(pooled), measured=both)
