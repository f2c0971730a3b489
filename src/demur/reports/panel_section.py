"""The section of a report about a panel's judges: where they differ."""

from collections import Counter

from demur.records.outcome import Outcome
from demur.reports.document import Cell, Entries, Entry, Note, Section, Table
from demur.reports.judged_run import JudgedRun

_MOST_ROWS = 20

_NOTE = (
    "Where the judges of the panel do not agree on served or not served. Each trial "
    "counts by what most of them say; where no side has most it is undecided, and is "
    "left out of the rates."
)


def panel_sections(run: JudgedRun) -> tuple[Section, ...]:
    """The section, if the judge is a panel."""
    if not run.members:
        return ()
    votes = list(zip(*run.members.values(), strict=True))
    judged = [
        number for number, said in enumerate(votes) if all(o.judgement for o in said)
    ]
    differ = [n for n in judged if len({o.is_served for o in votes[n]}) > 1]
    counts = Counter(tuple(_word(o) for o in votes[n]) for n in differ)
    rows = [
        (*(Cell(text=word) for word in words), Cell(text=str(count)))
        for words, count in counts.most_common(_MOST_ROWS)
    ]
    title = f"{len(differ)} of {len(judged)} trials"
    rest = len(counts) - len(rows)
    table = Table(
        title=f"{title}; {rest} rarer combinations are left out" if rest else title,
        headings=(*run.members, "trials"),
        rows=tuple(rows),
    )
    entries = Entries(
        title="Judged differently",
        entries=tuple(Entry(outcome=run.outcomes[number]) for number in differ),
        shown_on_terminal=3,
    )
    blocks = (Note(text=_NOTE), table, entries)
    return (Section(title="Where the judges differ", blocks=blocks),)


def _word(outcome: Outcome) -> str:
    assert outcome.verdict is not None
    return outcome.verdict.value.replace("_", " ")
