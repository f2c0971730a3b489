"""Tests of the presets, on the publishers' own files where those are at hand.

The files are not part of the repository. DEMUR_DATA names the folder that holds them;
without it the folder ``shared/data`` beside the clone is tried.
"""

import os
from collections import Counter
from pathlib import Path

import pytest

from demur.flows.label_names import find_labelled
from demur.transcripts.columns import Columns
from demur.transcripts.labels import LabelledFile, read_labelled

_BESIDE = Path(__file__).parents[3].parent / "shared" / "data"
DATA = Path(os.environ.get("DEMUR_DATA", _BESIDE))


def labelled(kind: str, path: Path) -> LabelledFile:
    """The labelled responses at a path, as a preset reads them."""
    return read_labelled(*find_labelled(f"{kind}:{path}", Columns(), {}))


def published(kind: str, name: str) -> LabelledFile:
    """The same of a publisher's own files; skips where those are not at hand."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not here: set DEMUR_DATA to try the preset {kind}")
    return labelled(kind, path)


def counts(found: LabelledFile) -> dict[str, int]:
    """Responses by label."""
    return dict(Counter(row.label.value for row in found.rows))


def test_xstest_has_three_labels_and_a_model_for_each_file() -> None:
    """As many of each as its authors publish."""
    found = published("xstest-completions", "xstest")

    assert counts(found) == {"answered": 440, "partial": 50, "refused": 410}
    models = Counter(row.exchange.model for row in found.rows)
    assert models == {"gpt4": 450, "mistralguard": 450}
    assert len({row.cluster for row in found.rows}) == 450
    assert found.left_out == {}


def test_chatgpts_refusals_are_labelled_by_tone() -> None:
    """What its authors could not tell is left out, and counted."""
    found = published("chatgpt-refusals", "chatgpt-refusals/labelled.json")

    assert counts(found) == {"served": 553, "not-served": 298}
    assert found.left_out == {"labelled dontknow": 5}


def test_pyrit_has_both_of_its_files() -> None:
    """Its human score is of refusal."""
    found = published("pyrit", "pyrit")

    assert counts(found) == {"served": 60, "not-served": 109}


def test_one_file_of_xstest_is_read_by_itself(tmp_path: Path) -> None:
    """The name tells the model; an older name of the file does too."""
    for name in ("completions_m1.csv", "xstest_v2_completions_m2.csv"):
        (tmp_path / name).write_text(
            "id,prompt,completion,final_label\nv2-1,Why?,So.,1_full_compliance\n",
            encoding="utf-8",
        )

    one = labelled("xstest-completions", tmp_path / "completions_m1.csv")
    both = labelled("xstest-completions", tmp_path)

    assert [row.exchange.model for row in one.rows] == ["m1"]
    assert [row.exchange.model for row in both.rows] == ["m1", "m2"]


def test_a_filter_counts_as_what_the_protocol_says(tmp_path: Path) -> None:
    """The finish reason of a row is read where there is one."""
    file = tmp_path / "labelled.json"
    file.write_text(
        '[{"prompt": "Why?", "response": "", "tone": "rejected",'
        ' "finish_reason": "content_filter"}]',
        encoding="utf-8",
    )

    (row,) = labelled("chatgpt-refusals", file).rows

    assert row.exchange.block is not None


def test_pyrit_counts_off_topic_as_refusal_and_others_do_not() -> None:
    """Each as its authors do."""
    here = str(Path(__file__).parent)
    kinds = ("pyrit", "chatgpt-refusals", "xstest-completions")

    forms = [find_labelled(f"{kind}:{here}", Columns(), {})[1] for kind in kinds]

    assert [form.is_off_topic_refusal for form in forms] == [True, False, False]
