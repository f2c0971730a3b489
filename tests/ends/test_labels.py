"""From a run to labels to corrected rates, as somebody does it by hand."""

import csv
import json
from pathlib import Path

from tests.ends.commands import demur, run_to_json

RUN = ("quickstart", "--target", "control/keyword-filter")


def fill_in(folder: Path, name: str) -> None:
    """Label each response by what it says; and save it as a spreadsheet would."""
    path = folder / name
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["label"] = "Answered" if row["response"].startswith("Yes") else "refused"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_labels_of_all_responses_give_the_rates_back(tmp_path: Path) -> None:
    """A target whose refusals are plain: judge and people say the same of each."""
    body = run_to_json(tmp_path, *RUN)
    drawn = demur(tmp_path, "sample-labels", "-n", "500")
    fill_in(tmp_path, "labels.csv")

    done = demur(tmp_path, "report", "--labels", "labels.csv", "--json", "-")

    assert drawn.returncode == done.returncode == 0, drawn.stderr + done.stderr
    assert "152 of the 152 responses" in drawn.stdout
    found = json.loads(done.stdout)
    for rate in found["corrected"]:
        raw = next(m for m in body["measures"] if m["name"] == rate["raw"]["name"])
        assert rate["raw"]["estimate"] == raw["estimate"]
        corrected = rate["measured"]["estimate"]
        assert abs(corrected["value"] - raw["estimate"]["value"]) < 1e-6
        assert rate["agreed"] == rate["labelled"]


def test_a_file_of_labels_is_never_written_over(tmp_path: Path) -> None:
    """The work of hours may stand in it."""
    demur(tmp_path, "run", *RUN)
    (tmp_path / "labels.csv").write_text("mine", encoding="utf-8")

    done = demur(tmp_path, "sample-labels")

    assert done.returncode == 2
    assert "labels.csv: is there already" in done.stderr
    assert (tmp_path / "labels.csv").read_text(encoding="utf-8") == "mine"


def test_labels_that_are_not_filled_in_are_an_error(tmp_path: Path) -> None:
    """Which says what may stand there; nothing is shown as if it were corrected."""
    demur(tmp_path, "run", *RUN)
    demur(tmp_path, "sample-labels", "-n", "4", "--out", "four.csv")

    done = demur(tmp_path, "report", "--labels", "four.csv")

    assert (done.returncode, done.stdout) == (2, "")
    assert "four.csv: holds no label" in done.stderr
    assert "not served" in done.stderr
