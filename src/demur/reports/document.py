"""A report: headings, figures, tables, charts and trials. Knows no format."""

from dataclasses import dataclass

from demur.measures.base import Measured
from demur.records.outcome import Outcome
from demur.stats.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A paragraph of our own words."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Label and value pairs: who was asked what, when and how."""

    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number that the reader should not miss.

    Attributes:
        label: What it is called here.
        measured: The number.
        meaning: What it says, in a sentence.
        is_difference: Whether it is a difference, shown with its sign.
    """

    label: str
    measured: Measured
    meaning: str
    is_difference: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The numbers at the top."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a table: a text, or a measure with all that belongs to it.

    Attributes:
        text: Shown where there is no measure, or instead of it where both are given.
        measured: The measure.
        is_difference: Whether it is a difference, shown with its sign.
        is_coefficient: Whether it is neither a rate nor a difference of rates.
    """

    text: str = ""
    measured: Measured | None = None
    is_difference: bool = False
    is_coefficient: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells under headings; the first cell of a row names it."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of a chart: a label and an estimate; None draws nothing."""

    label: str
    group: str
    estimate: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One run in a plane of two rates.

    Attributes:
        label: What it is called beside the spot.
        across: The rate on the horizontal axis.
        up: The rate on the vertical axis.
        is_edge: Whether it is on the frontier.
    """

    label: str
    across: Estimate
    up: Estimate
    is_edge: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Estimates with their intervals, one below the other.

    Attributes:
        title: What is shown.
        description: The same in a sentence, for those who cannot see it.
        axis: What the horizontal axis counts.
        bars: In the order shown.
        is_difference: Whether the axis runs from −100 to 100 instead of from 0.
        spots: Drawn in a plane of two rates, over-refusal to the right, instead of
            bars.
    """

    title: str
    description: str
    axis: str
    bars: tuple[Bar, ...]
    is_difference: bool = False
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One trial to be read.

    Attributes:
        outcome: The trial with its transcript and verdict.
        beside: The same case under ``general``, or the same trial in another run.
        beside_label: What ``beside`` is.
        label: What a person says that the response did, where that is shown instead
            of what a right response does.
    """

    outcome: Outcome
    beside: Outcome | None = None
    beside_label: str = ""
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Trials to be read, under a title.

    Attributes:
        title: What they have in common.
        entries: The trials.
        shown_on_terminal: How many of them a terminal shows.
    """

    title: str
    entries: tuple[Entry, ...]
    shown_on_terminal: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence of our own words that a number bears out.

    Attributes:
        kind: What it says, in a word or two for programs.
        of: Which part of the run it says it of; empty for the whole.
        text: The sentence.
        section: Title of the section that shows what it rests on.
        measured: The number.
    """

    kind: str
    of: str
    text: str
    section: str
    measured: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """Sentences, one below the other."""

    statements: tuple[Statement, ...]


Block = Statements | Note | Facts | Figures | Table | Chart | Entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Blocks under a heading.

    Attributes:
        title: The heading.
        blocks: In reading order.
        is_detail: Whether a terminal leaves it to the other formats.
    """

    title: str
    blocks: tuple[Block, ...]
    is_detail: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole report.

    Attributes:
        title: What was tested.
        facts: Who was asked what, when and how.
        sections: In reading order.
    """

    title: str
    facts: Facts
    sections: tuple[Section, ...]
