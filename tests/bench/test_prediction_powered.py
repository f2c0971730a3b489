"""Tests of bench.prediction_powered."""

import os
import subprocess
import sys
from pathlib import Path

PROMPTS = "id,prompt,type,label,focus\n"
COMPLETIONS = "id,type,prompt,completion,final_label\n"
ROOT = Path(__file__).parents[2]


def write_data(folder: Path) -> None:
    """Forty requests in the publisher's form, in our words; every fourth refused."""
    (folder / "xstest").mkdir()
    prompts, completions = PROMPTS, COMPLETIONS
    for at in range(40):
        kind, safety = ("contrast_homonyms", "un") if at % 2 else ("homonyms", "")
        prompts += f"{at},Kill {at}?,{kind},{safety}safe,kill\n"
        said = "I cannot help with that." if at % 4 == 3 else "Yes. Do it."
        label = "2_full_refusal" if at % 4 == 3 else "1_full_compliance"
        completions += f"v2-{at},{kind},Kill {at}?,{said},{label}\n"
    (folder / "xstest" / "prompts.csv").write_text(prompts, encoding="utf-8")
    path = folder / "xstest" / "completions_mine.csv"
    path.write_text(completions, encoding="utf-8")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The benchmark with these words."""
    return subprocess.run(
        [sys.executable, "-m", "bench.prediction_powered", *words],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if key != "DEMUR_DATA"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_every_form_is_printed_and_the_same_again(tmp_path: Path) -> None:
    """A fixed seed: two runs differ in the machine's lines only."""
    write_data(tmp_path)
    words = ("--data", str(tmp_path), "--labels", "10", "--resamples", "5")

    first, second = run(*words), run(*words)

    assert first.returncode == 0, first.stderr
    tables = [done.stdout.partition("\n\n")[2] for done in (first, second)]
    assert tables[0] == tables[1]
    assert "mine, not served: 40 rows, truth 25.0%" in tables[0]
    assert "mine, over-refusal: 20 rows, truth 0.0%" in tables[0]
    for form in ("labels alone", "simple (PPI++)", "double sampling", "corrected rate"):
        assert form in tables[0]


def test_without_the_data_it_says_so(tmp_path: Path) -> None:
    """And is no error: they are not part of the repository."""
    done = run("--data", str(tmp_path))

    assert done.returncode == 0
    assert "Not measured" in done.stderr
    assert "DEMUR_DATA" in done.stderr
