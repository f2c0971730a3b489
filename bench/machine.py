"""The machine that a benchmark runs on, and where progress is said."""

import os
import platform
import sys
from datetime import UTC, datetime


def machine() -> dict[str, str]:
    """What a reader needs in order to compare figures, the load at this moment too."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count()
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "system": platform.platform(),
        "processor": platform.machine(),
        "cores": str(cores),
        "python": platform.python_version(),
        "load before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }


def say(text: str) -> None:
    """A line of progress."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
