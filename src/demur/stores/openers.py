"""Which other processes have a file open, where the system can say."""

import os
from pathlib import Path

from demur.stores.masks import without_passwords


def openers(path: Path) -> list[str]:
    """Other processes with the file open, each as ``process 12 (`command`)``.

    Reads ``/proc``; an empty list where there is none, or where it tells nothing.
    """
    wanted = str(path.resolve())
    return [
        f"process {place.name} (`{_command(place)}`)"
        for place in sorted(Path("/proc").glob("[0-9]*"))
        if int(place.name) != os.getpid() and _has_open(place, wanted)
    ]


def _has_open(place: Path, wanted: str) -> bool:
    try:
        return any(str(link.readlink()) == wanted for link in (place / "fd").iterdir())
    except OSError:  # gone meanwhile, or not ours to look at
        return False


def _command(place: Path) -> str:
    try:
        words = (place / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return "?"
    line = " ".join(word.decode(errors="replace") for word in words)
    return without_passwords(" ".join(line.split()))[:120] or "?"
