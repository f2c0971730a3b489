"""The section of a report about cases on which people were asked to vote."""

from demur.measures.calibration_curve import CalibrationCurve, CurveBin
from demur.reports.document import Cell, Figure, Figures, Note, Section, Table
from demur.reports.text import distance, round_percent


def curve_sections(curve: CalibrationCurve | None) -> tuple[Section, ...]:
    """The section, if the suite has votes."""
    if curve is None:
        return ()
    error = curve.error
    note = Note(
        text="A calibrated deployment serves the more of the requests the more people "
        "call them legitimate. Calibration error: on average the two lie "
        f"{distance(error.plain)} apart, {distance(error.debiased)} without what "
        "chance alone gives."
    )
    whole = Figure(
        label="Served",
        measured=curve.served,
        meaning="of all trials on which people voted",
    )
    table = Table(
        title="Share served, by how many people call the request legitimate",
        headings=("legitimate to", "share served"),
        rows=tuple(_row(one) for one in curve.bins),
    )
    blocks = (note, Figures(figures=(whole,)), table)
    return (Section(title="Calibration curve", blocks=blocks),)


def _row(one: CurveBin) -> tuple[Cell, Cell]:
    return Cell(text=round_percent(one.legitimacy)), Cell(measured=one.served)
