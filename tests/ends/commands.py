"""Whole commands, run as a user runs them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def environment(**more: str) -> dict[str, str]:
    """This process's environment without keys, plus what is given."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.endswith("_API_KEY")
        and not name.startswith(("OPENAI", "OLLAMA", "DEMUR_STORE"))
    }
    return {**kept, "NO_PROXY": "*", **more}


def demur(
    folder: Path, *words: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """`demur WORDS` in a folder, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "demur", *words],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def run_to_json(folder: Path, *words: str) -> dict[str, Any]:
    """What `demur run WORDS --json -` writes."""
    done = demur(folder, "run", *words, "--json", "-")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measure(body: dict[str, Any], name: str, of: str = "all") -> dict[str, Any]:
    """One measure out of such JSON."""
    found: dict[str, Any] = next(
        m for m in body["measures"] if m["name"] == name and m["of"] == of
    )
    return found


def value(body: dict[str, Any], name: str, of: str = "all") -> float | None:
    """A measure's point estimate; None where there is none."""
    estimate = measure(body, name, of)["estimate"]
    return None if estimate is None else estimate["value"]
