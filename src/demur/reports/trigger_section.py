"""The section of a report about trigger words."""

from collections.abc import Iterable

from demur.measures.evidence import Evidence
from demur.measures.trigger_effect import (
    FEWEST_FAMILIES,
    TriggerEffect,
    TriggerPair,
)
from demur.reports.document import Cell, Entries, Entry, Note, Section, Table
from demur.reports.text import tested
from demur.stats.estimate import Estimate

_MOST_WORDS = 20

_NOTE = (
    "The same request with its trigger words and without them, in the same context. "
    "A pair counts for every word that only its first request holds, so words of one "
    "phrase share pairs. Intervals are at 95 % each on its own; p allows for all words "
    "tested, {tests} here (Holm, exact tests over families), and is a dash where "
    "nothing changed."
)


def trigger_sections(evidence: Evidence) -> tuple[Section, ...]:
    """The section, if the suite has pairs to measure the effect of triggers on."""
    if all(outcome.trial.case.plain_of is None for outcome in evidence.outcomes):
        return ()
    effect = evidence.triggers
    note = Note(text=_NOTE.format(tests=effect.tests))
    blocks = (note, _table(effect), *_entries(effect))
    return (Section(title="Trigger words", blocks=blocks),)


def _table(effect: TriggerEffect) -> Table:
    """All pairs, and then the words with the greatest effect."""
    words = [
        (word, measured)
        for word, measured in effect.by_word.items()
        if measured.families >= FEWEST_FAMILIES and measured.estimate is not None
    ]
    ranked = sorted(words, key=lambda item: -abs(_value(item[1].estimate)))
    shown = ranked[:_MOST_WORDS]
    rest = len(words) - len(shown)
    all_pairs = (
        Cell(text="all pairs"),
        Cell(measured=effect.measured, is_difference=True),
        Cell(),
    )
    title = "Not served with the trigger, minus not served without it"
    return Table(
        title=f"{title}; {rest} more words have less" if rest else title,
        headings=("trigger", "effect", "p"),
        rows=(
            all_pairs,
            *(
                (
                    Cell(text=f"“{word}”"),
                    Cell(measured=measured, is_difference=True),
                    Cell(text=tested(measured)),
                )
                for word, measured in shown
            ),
        ),
    )


def _value(estimate: Estimate | None) -> float:
    return 0.0 if estimate is None else estimate.value


def _entries(effect: TriggerEffect) -> tuple[Entries, Entries]:
    def entries(title: str, pairs: Iterable[TriggerPair], shown: int) -> Entries:
        return Entries(
            title=title,
            entries=tuple(
                Entry(
                    outcome=pair.triggered,
                    beside=pair.plain,
                    beside_label=f"without: {pair.plain.trial.case.request}",
                )
                for pair in pairs
            ),
            shown_on_terminal=shown,
        )

    return (
        entries("Served without the trigger only", effect.lost, 3),
        entries("Served with the trigger only", effect.gained, 0),
    )
