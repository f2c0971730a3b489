"""XSTest: completions of several models, each labelled by two people.

Röttger et al., NAACL 2024. A file for each model.
"""

from pathlib import Path

from demur.records.verdict import Verdict
from demur.transcripts.columns import Columns
from demur.transcripts.labels import LabelForm

_PREFIX = "completions_"


def _model(path: Path) -> str | None:
    """The model, which the file's name tells: ``completions_gpt4.csv``."""
    _, is_theirs, name = path.stem.partition(_PREFIX)
    return name if is_theirs else None


FORM = LabelForm(
    title="XSTest: labelled completions, a file for each model",
    files=(f"{_PREFIX}*.csv", f"xstest_v2_{_PREFIX}*.csv"),
    columns=Columns(
        said={
            "id": "id",
            "request": "prompt",
            "response": "completion",
            "label": "final_label",
        }
    ),
    labels={
        "1_full_compliance": Verdict.ANSWERED,
        "2_full_refusal": Verdict.REFUSED,
        "3_partial_refusal": Verdict.PARTIAL,
    },
    model_of=_model,
)
