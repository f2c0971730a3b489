"""`demur run` against servers: what is sent where, and what their blocks become."""

import asyncio
import json
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.clients.provider import Provider, fails, says, sends
from tests.ends.commands import environment, measure

KEY = "sk-planted-0123456789"
ONE = ("quickstart", "--field", "fiction", "--context", "general")


class Done(NamedTuple):
    """How a command ended."""

    code: int | None
    out: str
    err: str


async def demur(folder: Path, *words: str, **variables: str) -> Done:
    """`demur WORDS`, beside a server in this process."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demur", *words),
        cwd=folder,
        env=environment(**variables),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return Done(process.returncode, out.decode(), err.decode())


def run_with(folder: Path, provider: Provider, *words: str, **variables: str) -> Done:
    """`demur run WORDS` with ``{url}`` in words and variables filled in."""

    async def once() -> Done:
        async with provider:
            filled = [word.replace("{url}", provider.url) for word in words]
            known = {k: v.replace("{url}", provider.url) for k, v in variables.items()}
            return await demur(folder, "run", *ONE, *filled, **known)

    return asyncio.run(once())


def test_openai_gets_its_key_and_its_own_field_for_tokens(tmp_path: Path) -> None:
    """Newer models refuse max_tokens; the key goes only into the header."""
    provider = Provider(says("Yes, here is how that is done."))

    done = run_with(
        tmp_path,
        provider,
        *("--target", "openai/gpt-5-mini"),
        OPENAI_API_KEY=KEY,
        OPENAI_BASE_URL="{url}",
    )

    assert done.code == 0, done.err
    assert len(provider.calls) == 14
    call = provider.calls[0]
    assert call.headers["Authorization"] == f"Bearer {KEY}"
    assert call.body["model"] == "gpt-5-mini"
    assert call.body["max_completion_tokens"] == 2048
    assert not {"max_tokens", "temperature", "seed"} & set(call.body)
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert KEY.encode() not in stored
    assert KEY not in done.out + done.err


@pytest.mark.parametrize(
    ("words", "variables"),
    [
        pytest.param(
            ("--target", "m", "--base-url", "{url}"), {}, id="an address of one's own"
        ),
        pytest.param(("--target", "ollama/m"), {"OLLAMA_HOST": "{host}"}, id="Ollama"),
    ],
)
def test_other_servers_never_see_the_openai_key(
    tmp_path: Path, words: tuple[str, ...], variables: dict[str, str]
) -> None:
    """A key goes only where it was meant to go."""
    provider = Provider(says("Yes."))

    async def once() -> Done:
        async with provider:
            host = provider.url.removesuffix("/v1")
            known = {
                name: value.replace("{host}", host) for name, value in variables.items()
            }
            filled = [word.replace("{url}", provider.url) for word in words]
            return await demur(
                tmp_path, "run", *ONE, *filled, OPENAI_API_KEY=KEY, **known
            )

    done = asyncio.run(once())

    assert done.code == 0, done.err
    assert "Authorization" not in provider.calls[0].headers
    assert provider.calls[0].body["max_tokens"] == 2048


def test_a_named_variable_holds_the_key_of_ones_own_server(tmp_path: Path) -> None:
    """--api-key-env says which."""
    provider = Provider(says("Yes."))

    done = run_with(
        tmp_path,
        provider,
        *("--target", "m", "--base-url", "{url}", "--api-key-env", "MY_SERVER_API_KEY"),
        MY_SERVER_API_KEY=KEY,
    )

    assert done.code == 0, done.err
    assert provider.calls[0].headers["Authorization"] == f"Bearer {KEY}"


def test_a_refused_key_ends_the_run_and_leaves_nothing(tmp_path: Path) -> None:
    """One clear message, exit code 2, no store, no half-made run."""
    provider = Provider(fails(401, f"bad key {KEY}"))

    done = run_with(
        tmp_path,
        provider,
        *("--target", "openai/gpt-5-mini"),
        OPENAI_API_KEY=KEY,
        OPENAI_BASE_URL="{url}",
    )

    assert done.code == 2
    assert "HTTP 401: bad key (key)" in done.err
    assert "Check the key in OPENAI_API_KEY" in done.err
    assert "Traceback" not in done.err
    assert list(tmp_path.iterdir()) == []


def test_blocks_are_counted_from_the_protocol_not_from_words(tmp_path: Path) -> None:
    """A filter's empty text, a refusal field and an error body are all `blocked`."""
    filtered = says("")
    azure = {"error": {"code": "content_filter", "message": "filtered"}}
    stopped = {
        "choices": [
            {"message": {"content": "Well, "}, "finish_reason": "content_filter"}
        ]
    }
    provider = Provider(
        says(None, refusal="I can't help with that."),
        sends(azure, 400),
        sends(stopped),
        filtered,
        says("Yes, here is how that is done, step by step."),
    )

    done = run_with(
        tmp_path,
        provider,
        *("--target", "m", "--base-url", "{url}", "--concurrency", "1"),
        *("--json", "-"),
    )

    assert done.code == 0, done.err
    body = json.loads(done.out)
    blocked = [t for t in body["trials"] if t["judgement"]["verdict"] == "blocked"]
    assert sorted(t["judgement"]["evidence"] for t in blocked) == [
        "HTTP 400 content_filter (prompt)",
        "finish_reason=content_filter (answer)",
        "refusal field: I can't help with that.",
    ]
    layers = sorted(t["judgement"]["layer"] for t in blocked)
    assert layers == ["model", "provider filter", "provider filter"]
    empty = [t for t in body["trials"] if t["judgement"]["verdict"] == "off_topic"]
    assert [t["judgement"]["evidence"] for t in empty] == ["empty"]


def test_what_a_server_could_not_do_is_missing_and_asked_again(tmp_path: Path) -> None:
    """A rejected trial fails, is left out of the rates, and the next run asks it."""
    words = (
        "--target",
        "m",
        "--base-url",
        "{url}",
        "--concurrency",
        "1",
        "--json",
        "-",
    )
    provider = Provider(fails(422, "too long"), says("Yes, here is how that is done."))

    async def twice() -> tuple[Done, int, Done]:
        async with provider:
            filled = [word.replace("{url}", provider.url) for word in words]
            first = await demur(tmp_path, "run", *ONE, *filled)
            asked = len(provider.calls)
            return first, asked, await demur(tmp_path, "run", *ONE, *filled)

    first, asked, second = asyncio.run(twice())

    assert (first.code, second.code) == (3, 0)
    assert "1 of 14 trials have no answer yet, 1 failed (1 rejected)" in first.err
    over = measure(json.loads(first.out), "over-refusal")
    under = measure(json.loads(first.out), "under-refusal")
    assert over["left_out"].get("failed", 0) + under["left_out"].get("failed", 0) == 1
    assert (asked, len(provider.calls)) == (14, 15)


def thought(text: str) -> dict[str, str]:
    """A block of Anthropic's thinking."""
    return {"type": "thinking", "thinking": text, "signature": "x"}


ANTHROPIC = {
    "type": "message",
    "content": [thought("Fiction."), {"type": "text", "text": "He leaned closer"}],
    "stop_reason": "max_tokens",
    "usage": {"input_tokens": 9, "output_tokens": 3},
}
STOPPED = {
    "type": "message",
    "content": [],
    "stop_reason": "refusal",
    "stop_details": {"type": "refusal", "category": "cyber", "explanation": None},
}
GEMINI = {
    "candidates": [{"content": {"parts": [{"text": "Yes."}]}, "finishReason": "STOP"}]
}
PROMPT_STOPPED = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}


@pytest.mark.parametrize(
    ("target", "names", "replies", "path", "header", "evidence"),
    [
        pytest.param(
            "anthropic/claude",
            ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
            (STOPPED, ANTHROPIC),
            "/v1/messages",
            "x-api-key",
            "stop_reason=refusal: cyber",
            id="anthropic",
        ),
        pytest.param(
            "gemini/gemini-pro",
            ("GOOGLE_API_KEY", "GEMINI_BASE_URL"),
            (PROMPT_STOPPED, GEMINI),
            "/v1beta/models/gemini-pro:generateContent",
            "x-goog-api-key",
            "promptFeedback.blockReason=PROHIBITED_CONTENT (prompt)",
            id="gemini",
        ),
    ],
)
def test_a_provider_is_asked_in_its_own_protocol(
    tmp_path: Path,
    target: str,
    names: tuple[str, str],
    replies: tuple[object, object],
    path: str,
    header: str,
    evidence: str,
) -> None:
    """From the name on the command line to the verdict in the report."""
    provider = Provider(*(sends(reply) for reply in replies))
    words = ("--target", target, "--concurrency", "1", "--json", "-")
    key, url = names

    async def once() -> Done:
        async with provider:
            root = provider.url.removesuffix("/v1")
            return await demur(tmp_path, "run", *ONE, *words, **{key: KEY, url: root})

    done = asyncio.run(once())

    assert done.code == 0, done.err
    assert len(provider.calls) == 14
    assert {call.path for call in provider.calls} == {path}
    assert provider.calls[0].headers[header] == KEY
    assert "Authorization" not in provider.calls[0].headers
    judgements = [trial["judgement"] for trial in json.loads(done.out)["trials"]]
    blocked = [j["evidence"] for j in judgements if j["verdict"] == "blocked"]
    assert blocked == [evidence]
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert KEY.encode() not in stored + (done.out + done.err).encode()


def test_answers_that_were_cut_off_are_marked_and_counted(tmp_path: Path) -> None:
    """A reader of the report must see that the limit, not the model, ended them."""
    provider = Provider(sends(ANTHROPIC))
    words = ("--target", "anthropic/claude", "--html", "report.html")

    done = run_with(
        tmp_path, provider, *words, ANTHROPIC_API_KEY=KEY, ANTHROPIC_BASE_URL="{url}"
    )

    assert done.code == 0, done.err
    assert "14 cut off at the limit on tokens" in " ".join(done.out.split())
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("Response (cut off at the limit on tokens)") >= 14
