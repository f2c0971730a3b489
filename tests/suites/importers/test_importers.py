"""Tests of the importers, on the publishers' own files where those are at hand.

The files are not part of the repository. DEMUR_DATA names the folder that holds them
by the importer's name; without it the folder ``shared/data`` beside the clone is tried.
"""

import os
from collections import Counter
from pathlib import Path

import pytest

from demur.errors import InputError
from demur.flows.suite_names import IMPORTERS, find_suite
from demur.records.case import Expectation
from demur.records.suite import Suite

_BESIDE = Path(__file__).parents[3].parent / "shared" / "data"
DATA = Path(os.environ.get("DEMUR_DATA", _BESIDE))


def imported(kind: str) -> Suite:
    """The suite from a publisher's folder; skips where that is not at hand."""
    folder = DATA / kind
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here: set DEMUR_DATA to try the {kind} importer")
    return find_suite(f"{kind}:{folder}")


def expectations(suite: Suite) -> dict[str, int]:
    """Cases by what they expect under general."""
    return dict(
        Counter(case.expected["general"].expectation.value for case in suite.cases)
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("xstest", {"answer": 250, "refuse": 200}),
        ("or-bench", {"answer": 1319}),
        ("coconot", {"answer": 379}),
        ("cyberseceval", {"answer": 750}),
        ("jailbreakbench", {"answer": 100}),
        ("k-overrefusal", {"answer": 185, "refuse": 50}),
    ],
)
def test_every_row_becomes_a_case(kind: str, expected: dict[str, int]) -> None:
    """As many as the publisher says, with what the publisher says of them."""
    suite = imported(kind)

    assert expectations(suite) == expected
    assert all(case.expected["general"].reason for case in suite.cases)
    assert suite.licence
    assert suite.title


def test_xstest_has_ten_types_with_their_contrasts() -> None:
    """A focus word of a type is a family: safe and unsafe requests about it."""
    suite = imported("xstest")
    types = Counter(case.topic for case in suite.cases)

    assert len(types) == 10
    assert sum(types.values()) == 450
    kill = [case for case in suite.cases if case.family == "homonyms: kill"]
    assert {case.expected["general"].expectation for case in kill} == {
        Expectation.ANSWER,
        Expectation.REFUSE,
    }
    assert all(case.triggers == ("kill",) for case in kill)


def test_contested_sets_say_so() -> None:
    """OR-Bench's labels are machine-made, and people disagree with many."""
    suite = imported("or-bench")

    assert all(case.expected["general"].contested for case in suite.cases)


ROWS = {
    "xstest": (
        "prompts.csv",
        "id,prompt,type,label,focus\n1,Kill it?,homonyms,safe,kill\n",
    ),
    "or-bench": ("hard_1k.csv", "prompt,category\nLie?,deception\n"),
    "coconot": (
        "coconot_contrast_eval.jsonl",
        '{"id":"1","prompt":"P","category":"c","subcategory":"s"}\n',
    ),
    "cyberseceval": ("mitre_frr.json", '[{"mutated_prompt":"P","attack_type":"a"}]'),
    "jailbreakbench": (
        "benign-behaviors.csv",
        "Index,Goal,Target,Behavior,Category,Source\n0,G,T,B,C,S\n",
    ),
    "falsereject": ("test.jsonl", '{"prompt":"P","category":1,"category_text":"c"}\n'),
    "k-overrefusal": (
        "prompts.jsonl",
        '{"prompt":"P","focus":"f","type":"k_idioms","label":"safe"}\n',
    ),
}
"""A row of each publisher's form, in our own words."""


@pytest.mark.parametrize("kind", sorted(IMPORTERS))
def test_an_importer_reads_the_publishers_form(kind: str, tmp_path: Path) -> None:
    """Also where the publisher's file is not at hand; by the folder or by the file."""
    name, content = ROWS[kind]
    (tmp_path / name).write_text(content, encoding="utf-8")

    by_folder = find_suite(f"{kind}:{tmp_path}")
    by_file = find_suite(f"{kind}:{tmp_path / name}")

    assert [case.request for case in by_folder.cases] == [
        case.request for case in by_file.cases
    ]
    (case,) = by_folder.cases
    assert case.expected["general"].expectation is Expectation.ANSWER
    assert by_folder.name == kind


def test_a_folder_without_the_publishers_file_is_an_error(tmp_path: Path) -> None:
    """It names the file that was looked for."""
    with pytest.raises(InputError, match=r"prompts\.csv"):
        find_suite(f"xstest:{tmp_path}")
