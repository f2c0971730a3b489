"""promptfoo's results, as ``promptfoo eval --output results.json`` writes them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from demur.records.exchange import BadExchange, Exchange
from demur.transcripts.words import (
    block_of,
    conversation,
    id_of,
    string_or_none,
    text_of,
)


def is_results(content: object) -> bool:
    """Whether a JSON file's content is promptfoo's results."""
    if not isinstance(content, dict):
        return False
    results = content.get("results")
    return isinstance(results, dict) and isinstance(results.get("results"), list)


def read_results(content: Mapping[str, Any]) -> Iterator[Exchange | BadExchange]:
    """Each result: the prompt as it was sent, and the output."""
    results = content["results"]["results"]
    return (_result(n, result) for n, result in enumerate(results, start=1))


def _result(number: int, result: Any) -> Exchange | BadExchange:
    if not isinstance(result, dict):
        return BadExchange(number=number, id=number, problem="must be an object")
    name = id_of(result.get("id"), number)
    try:
        return _exchange(number, name, result)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        problem = f"is no result of promptfoo's ({error})"
        return BadExchange(number=number, id=name, problem=problem)


def _exchange(
    number: int, name: str | int, result: Mapping[str, Any]
) -> Exchange | BadExchange:
    response = result.get("response") or {}
    reason = string_or_none(response.get("finishReason"))
    block = block_of(reason)
    output = response.get("output")
    if output is None and block is None:
        said = string_or_none(response.get("error") or result.get("error"))
        problem = f"nothing came back: {said[:200]}" if said else "nothing came back"
        return BadExchange(number=number, id=name, problem=problem)
    request, earlier, system = conversation(_messages(result))
    provider = result.get("provider")
    return Exchange(
        number=number,
        id=name,
        request=request,
        response=_text(output),
        earlier=earlier,
        system=system,
        finish_reason=reason,
        block=block,
        model=string_or_none(provider.get("id") if provider else None),
    )


def _text(output: Any) -> str:
    """An output; one that was parsed as JSON is written as that again."""
    if output is None:
        return ""
    return json.dumps(output) if isinstance(output, dict) else text_of(output)


def _messages(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The prompt as messages; where it is one text, the user's.

    Without a prompt the only variable stands for it.
    """
    raw = (result.get("prompt") or {}).get("raw")
    if raw is None:
        variables = list((result.get("vars") or {}).values())
        raw = text_of(variables[0]) if len(variables) == 1 else ""
    if raw.lstrip().startswith("["):
        try:
            found = json.loads(raw)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, list) and found and isinstance(found[0], dict):
            return found
    return [{"role": "user", "content": raw}]
