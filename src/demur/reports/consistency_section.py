"""The section of a report about samples of one trial that differ."""

from demur.measures.consistency import Consistency
from demur.reports.document import Figure, Figures, Section


def consistency_sections(found: Consistency) -> tuple[Section, ...]:
    """The section, if trials were asked more than once."""
    if found.served.trials == 0:
        return ()
    figures = (
        Figure(
            label="Served or not",
            measured=found.served,
            meaning="of trials were served in one sample and withheld in another",
        ),
        Figure(
            label="Verdict",
            measured=found.verdict,
            meaning="of trials have samples with different verdicts",
        ),
    )
    return (Section(title="Consistency", blocks=(Figures(figures=figures),)),)
