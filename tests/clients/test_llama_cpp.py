"""Tests of demur.clients.llama_cpp, with the embedded model itself."""

import asyncio
import os
from pathlib import Path

import platformdirs
import pytest

from demur.clients.base import Client, Message, Reply, Sampling
from demur.clients.model_file import SMOLLM2, find_model
from demur.errors import InputError, TargetRejectedError

llama_cpp = pytest.importorskip(
    "demur.clients.llama_cpp",
    reason="xllamacpp is not installed: pip install 'demur[local]'",
    exc_type=ImportError,
)


@pytest.fixture(scope="module")
def model() -> Path:
    """The embedded model's file, where demur keeps it."""
    cache = os.environ.get("DEMUR_CACHE") or platformdirs.user_cache_dir("demur")
    found = find_model(SMOLLM2, Path(cache) / "models")
    if found is None:
        pytest.skip("the embedded model is not here; run: demur model get smollm2")
    return found


def make_client(path: Path, max_tokens: int = 12) -> Client:
    """A small client: four slots of 256 tokens, and one thread, which never spins."""
    client: Client = llama_cpp.LlamaCppClient(
        locate=lambda: path,
        name="toy",
        digest="d1ce",
        sampling=Sampling(max_tokens=max_tokens),
        slots=4,
        tokens_per_slot=256,
        threads=1,
    )
    return client


def user(text: str) -> tuple[Message, ...]:
    """A conversation of one turn."""
    return (Message(role="user", content=text),)


@pytest.mark.parametrize(
    ("sampling", "settings"),
    [
        pytest.param(
            Sampling(max_tokens=12), {"temperature": "0", "max_tokens": "12"}, id="none"
        ),
        pytest.param(
            Sampling(temperature=0.7, max_tokens=12, seed=0),
            {"temperature": "0.7", "max_tokens": "12", "seed": "0"},
            id="seed 0 is a seed",
        ),
    ],
)
def test_settings_identify_the_file_and_how_it_is_asked(
    tmp_path: Path, sampling: Sampling, settings: dict[str, str]
) -> None:
    """The hash, not the path: the same model on two machines is the same."""
    client = llama_cpp.LlamaCppClient(
        locate=lambda: tmp_path / "x.gguf",
        name="toy",
        digest="d1ce",
        sampling=sampling,
    )

    assert client.settings == {"model": "toy", "sha256": "d1ce", **settings}


def test_more_calls_than_slots_are_all_answered(model: Path) -> None:
    """Ten calls, with and without a system prompt, over four slots."""
    system = Message(role="system", content="You are the help desk of a library.")

    async def call() -> list[Reply]:
        async with make_client(model) as client, asyncio.timeout(60):
            asked = [user(f"Name {number} colours.") for number in range(1, 11)]
            return await asyncio.gather(
                *(
                    client.complete((system, *one) if number % 2 else one)
                    for number, one in enumerate(asked)
                )
            )

    replies = asyncio.run(call())

    assert len(replies) == 10
    assert all(reply.text.strip() for reply in replies)
    assert all(0 < (reply.completion_tokens or 0) <= 12 for reply in replies)
    assert all((reply.prompt_tokens or 0) > 10 for reply in replies)
    assert {reply.model for reply in replies} == {SMOLLM2.file_name}
    assert {reply.finish_reason for reply in replies} <= {"stop", "length"}
    assert {reply.block for reply in replies} == {None}


def test_a_prompt_asked_again_is_answered_alike(model: Path) -> None:
    """Without a temperature the likeliest word is taken: a run can be repeated."""
    asked = user("Name a colour, please.")

    async def call() -> list[Reply]:
        async with make_client(model) as client:
            return [await client.complete(asked) for _ in range(3)]

    first, *others = asyncio.run(call())

    assert [reply.text for reply in others] == [first.text, first.text]


def test_an_answer_ends_at_the_limit_and_says_so(model: Path) -> None:
    """A text that was cut must not be judged as if it had ended."""

    async def call() -> Reply:
        async with make_client(model, max_tokens=5) as client:
            return await client.complete(user("Tell me a long story of a ship."))

    reply = asyncio.run(call())

    assert reply.completion_tokens == 5
    assert reply.finish_reason == "length"


def test_a_prompt_that_is_too_long_is_rejected_alone(model: Path) -> None:
    """It is one failed trial; the next call is answered."""

    async def call() -> Reply:
        async with make_client(model) as client:
            with pytest.raises(TargetRejectedError, match="exceeds the available"):
                await client.complete(user("word " * 400))
            return await client.complete(user("Name a colour."))

    assert asyncio.run(call()).text.strip()


def test_any_words_can_be_asked(model: Path) -> None:
    """A suite may hold them; the model answers something, and nothing breaks."""
    hostile = ["", "lone \ud800 surrogate", "nul \x00 inside", "<|im_end|><|im_start|>"]

    async def call() -> list[Reply]:
        async with make_client(model, max_tokens=4) as client:
            return await asyncio.gather(
                *(client.complete(user(text)) for text in hostile)
            )

    counts = [reply.completion_tokens or 0 for reply in asyncio.run(call())]

    assert len(counts) == 4
    assert all(0 < count <= 4 for count in counts)


def test_a_cancelled_call_leaves_the_others_their_slots(model: Path) -> None:
    """Ctrl-C or a time limit of the caller's does not cost a slot."""

    async def call() -> list[Reply]:
        async with make_client(model) as client:
            tasks = [
                asyncio.create_task(client.complete(user(f"Count to {number}.")))
                for number in range(8)
            ]
            await asyncio.sleep(0.05)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            async with asyncio.timeout(60):
                return await asyncio.gather(
                    *(client.complete(user(f"Name {number}.")) for number in range(4))
                )

    assert len(asyncio.run(call())) == 4


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"GIF89a" * 1000, id="another format"),
        pytest.param(b"GGUF\x03\x00\x00\x00" + b"\xff" * 64, id="nonsense in a GGUF"),
    ],
)
def test_a_file_that_is_no_model_is_named(tmp_path: Path, content: bytes) -> None:
    """Entering fails with the path, before a trial is asked."""
    path = tmp_path / "not-a-model.gguf"
    path.write_bytes(content)

    async def enter() -> None:
        async with make_client(path):
            pass

    with pytest.raises(InputError, match=r"llama\.cpp cannot load it") as caught:
        asyncio.run(enter())

    assert caught.value.where == str(path)
    assert caught.value.hint == "Check that it is a whole GGUF file of a chat model."


def test_half_a_model_is_named(model: Path, tmp_path: Path) -> None:
    """A copy that broke off has the right first bytes, and is none."""
    path = tmp_path / "half.gguf"
    with model.open("rb") as file:
        path.write_bytes(file.read(2_000_000))

    async def enter() -> None:
        async with make_client(path):
            pass

    with pytest.raises(InputError, match=r"llama\.cpp cannot load it"):
        asyncio.run(enter())


def test_what_cannot_be_located_fails_on_entering() -> None:
    """The finder's own error is what the user reads."""

    def locate() -> Path:
        raise InputError("model toy", "is not here", "Get it.")

    async def enter() -> None:
        client = llama_cpp.LlamaCppClient(locate=locate, name="toy", digest="d1ce")
        async with client:
            pass

    with pytest.raises(InputError, match="model toy: is not here"):
        asyncio.run(enter())
