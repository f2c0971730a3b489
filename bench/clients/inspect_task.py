"""The task that Inspect runs, in its own environment: generate, and a small scorer."""

import json
import os
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser
from inspect_ai.scorer import includes
from inspect_ai.solver import generate

_KINDS = {"system": ChatMessageSystem, "user": ChatMessageUser}


@task  # type: ignore[untyped-decorator,unused-ignore]
def bench() -> Task:
    """One sample for each conversation."""
    file = Path(os.environ["BENCH_CONVERSATIONS"])
    samples = [
        Sample(input=_messages(line), target="cannot")
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    return Task(dataset=MemoryDataset(samples), solver=generate(), scorer=includes())


def _messages(line: str) -> list[ChatMessageSystem | ChatMessageUser]:
    return [
        _KINDS[message["role"]](content=message["content"])
        for message in json.loads(line)
    ]
