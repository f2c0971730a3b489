"""ChatGPT's refusals: answers of gpt-3.5, each labelled by its tone.

Reuter and Schulze, 2023; MIT. What its authors could not tell is left out.
"""

from demur.records.labelled import ServedLabel
from demur.transcripts.columns import Columns
from demur.transcripts.labels import LabelForm

_SERVED = ("complied", "disclaimed")
_NOT_SERVED = ("rejected", "redirected", "contradicted", "counseling")
_NEITHER = ("dontknow", "incoherent")

FORM = LabelForm(
    title="ChatGPT's refusals: answers labelled by tone",
    files=("*.json",),
    columns=Columns(
        said={"request": "prompt", "response": "response", "label": "tone"}
    ),
    labels={
        **dict.fromkeys(_SERVED, ServedLabel.SERVED),
        **dict.fromkeys(_NOT_SERVED, ServedLabel.NOT_SERVED),
        **dict.fromkeys(_NEITHER, None),
    },
)
