"""The table of public data sets with labels: from a name to labelled transcripts."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from demur.errors import InputError, UnknownNameError
from demur.records.labelled import HumanLabel
from demur.transcripts.columns import Columns
from demur.transcripts.labels import LabelForm
from demur.transcripts.presets import chatgpt_refusals, pyrit, xstest_completions

LABELLED: dict[str, LabelForm] = {
    "chatgpt-refusals": chatgpt_refusals.FORM,
    "pyrit": pyrit.FORM,
    "xstest-completions": xstest_completions.FORM,
}
"""How public data sets are read, by what stands before ``:PATH``."""


def find_labelled(
    name: str, columns: Columns, labels: Mapping[str, HumanLabel | None]
) -> tuple[Path, LabelForm]:
    """The path that a name means, and how it is read; what the user says comes first.

    Raises:
        UnknownNameError: If it is neither a data set's name nor a path.
        InputError: If there is nothing at the path.
    """
    kind, colon, place = name.partition(":")
    form = LABELLED.get(kind) if colon else None
    path = Path(place if form is not None else name)
    if not path.exists():
        if form is None and colon:
            known = [f"{kind}:PATH" for kind in LABELLED]
            more = "A file is named by its path."
            raise UnknownNameError.of(name, "data set", kind, known, more)
        raise InputError(str(path), "no such file", "Check the path.")
    form = form or LabelForm()
    said = {**form.columns.said, **columns.said}
    return path, replace(
        form, columns=Columns(said=said), labels={**form.labels, **labels}
    )
