"""The obvious loop over an embedded model: one request after the other, no reuse."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import xllamacpp

from demur.clients.base import Message
from demur.flows.suite_names import find_suite
from demur.suites.narrow import only_fields
from demur.targets.deployment import conversation


def _server(model: Path, threads: int) -> Any:
    """llama.cpp as it comes, but for one slot and as many threads as demur takes."""
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.n_parallel = 1
    params.n_ctx = 2048
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.cache_ram_mib = 0
    params.verbosity = 0
    params.warmup = False
    return xllamacpp.Server(params)


def _ask(server: Any, messages: tuple[Message, ...], max_tokens: int) -> int:
    """Tokens of the answer."""
    body = {
        "messages": [{"role": m.role, "content": m.content} for m in messages],
        "max_tokens": max_tokens,
        "temperature": 0,
        "cache_prompt": False,
    }
    tokens: int = server.handle_chat_completions(body)["usage"]["completion_tokens"]
    return tokens


def main() -> None:
    """Ask the trials of some fields; what came of it is written to a file as JSON."""
    model, threads, max_tokens, report, *fields = sys.argv[1:]
    trials = only_fields(find_suite("quickstart"), fields).trials(1)
    server = _server(Path(model), int(threads))
    started = time.monotonic()
    tokens = [_ask(server, conversation(t), int(max_tokens)) for t in trials]
    asking = time.monotonic() - started
    said = {"trials": len(tokens), "tokens": sum(tokens), "asking_seconds": asking}
    Path(report).write_text(json.dumps(said), encoding="utf-8")


if __name__ == "__main__":
    main()
