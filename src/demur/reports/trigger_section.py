"""The section of a report about trigger words."""

from collections.abc import Iterable, Sequence

from demur.measures.trigger_effect import TriggerEffect, TriggerPair, trigger_effect
from demur.records.outcome import Outcome
from demur.reports.document import Cell, Entries, Entry, Note, Section, Table
from demur.stats.estimate import Estimate

_MOST_WORDS = 20
_FEWEST_FAMILIES = 2
"""A word of one family shows that family, not the word."""

_NOTE = (
    "The same request with its trigger words and without them, in the same context. "
    "A pair counts for every word that only its first request holds, so words of one "
    "phrase share pairs. Intervals are at 95 % each on its own: of twenty words "
    "without any effect, one is expected to look as if it had one."
)


def trigger_sections(outcomes: Sequence[Outcome]) -> tuple[Section, ...]:
    """The section, if the suite has pairs to measure the effect of triggers on."""
    if all(outcome.trial.case.plain_of is None for outcome in outcomes):
        return ()
    effect = trigger_effect(outcomes)
    blocks = (Note(text=_NOTE), _table(effect), *_entries(effect))
    return (Section(title="Trigger words", blocks=blocks),)


def _table(effect: TriggerEffect) -> Table:
    """All pairs, and then the words with the greatest effect."""
    words = [
        (word, measured)
        for word, measured in effect.by_word.items()
        if measured.families >= _FEWEST_FAMILIES and measured.estimate is not None
    ]
    ranked = sorted(words, key=lambda item: -abs(_value(item[1].estimate)))
    shown = ranked[:_MOST_WORDS]
    rest = len(words) - len(shown)
    names = [("all pairs", effect.measured), *((f"“{w}”", m) for w, m in shown)]
    title = "Not served with the trigger, minus not served without it"
    return Table(
        title=f"{title}; {rest} more words have less" if rest else title,
        headings=("trigger", "effect"),
        rows=tuple(
            (Cell(text=name), Cell(measured=measured, is_difference=True))
            for name, measured in names
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
