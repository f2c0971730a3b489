"""Tests of demur.targets.endpoint_guard, against a scorer on loopback."""

import asyncio
import re
from pathlib import Path

import pytest
from tests.clients.provider import Answer, fails, hangs, resets, sends
from tests.targets.product import Product

from demur.clients.server import Server
from demur.errors import DemurError
from demur.targets.endpoint_form import read_guard_form
from demur.targets.endpoint_guard import find_endpoint_guard
from demur.targets.guard import Stop
from demur.traffic.retry import Retry
from demur.traffic.traffic import Traffic

KEY = "sk-planted-51c0ffee51c0ffee"
TEXT = """
format: 1
url: URL/score
headers: {Authorization: "Bearer ${SCORER_KEY}"}
body: {text: "{{text}}", after: "{{request}}"}
response: {flagged: flagged, score: scores.harm, reason: why}
threshold: 0.7
"""


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached directly, also where the machine has a proxy."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("NO_PROXY", "*")


def check(folder: Path, product: Product) -> Stop | DemurError | None:
    """What the guard says of one text."""

    async def once() -> Stop | DemurError | None:
        async with product:
            file = folder / "scorer.yaml"
            file.write_text(TEXT.replace("URL", product.url), encoding="utf-8")
            guard = find_endpoint_guard(
                file,
                "--output-guard",
                Server(base_url="", timeout_seconds=1.0),
                Traffic(retry=Retry(tries=2, first_wait_seconds=0.0)),
                {"SCORER_KEY": KEY},
            )
            assert KEY not in f"{guard!r} {guard.settings}"
            assert guard.settings["threshold"] == "0.7"
            async with guard:
                try:
                    return await guard.check("{{request}}", "How?")
                except DemurError as error:
                    return error

    return asyncio.run(once())


@pytest.mark.parametrize(
    ("reply", "stop"),
    [
        pytest.param({"flagged": False, "scores": {"harm": 0.9}}, None, id="flagged"),
        pytest.param({"scores": {"harm": 0.69}}, None, id="below"),
        pytest.param(
            {"scores": {"harm": 0.7}}, Stop(reason="score 0.7", score=0.7), id="at it"
        ),
        pytest.param(
            {"flagged": True, "why": f"guns, {KEY}"},
            Stop(reason="guns, (key)"),
            id="why",
        ),
        pytest.param(
            {"flagged": True, "why": "x" * 195 + KEY},
            Stop(reason="x" * 195 + "(key)"),
            id="cut",
        ),
    ],
)
def test_a_reply_is_read_where_the_file_says(
    tmp_path: Path, reply: object, stop: Stop | None
) -> None:
    """The threshold is the file's."""
    product = Product(sends(reply))

    assert check(tmp_path, product) == stop
    assert product.received[0].body == {"text": "{{request}}", "after": "How?"}
    assert product.received[0].headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(sends({}), "TargetReplyError", id="nothing"),
        pytest.param(sends({"flagged": KEY}), "TargetReplyError", id="a text"),
        pytest.param(sends({"flagged": [KEY]}), "TargetReplyError", id="a list"),
        pytest.param(
            sends({"scores": KEY, "flagged": "x" * 190 + KEY}),
            "TargetReplyError",
            id="cut",
        ),
        pytest.param(sends("yes"), "TargetReplyError", id="no JSON"),
        pytest.param(fails(400, KEY), "TargetRejectedError", id="400"),
        pytest.param(fails(401, KEY), "TargetDeniedError", id="401"),
        pytest.param(fails(503, KEY), "TargetServerError", id="503"),
        pytest.param(hangs, "TargetTimeoutError", id="hangs"),
        pytest.param(resets, "TargetConnectionError", id="resets"),
    ],
)
def test_a_scorer_that_fails_lets_nothing_through(
    tmp_path: Path, answer: Answer, kind: str
) -> None:
    """It raises, without its key."""
    found = check(tmp_path, Product(answer))

    assert type(found).__name__ == kind
    assert KEY[:12] not in f"{found} {found!r}"


def test_a_scorer_that_fails_once_is_asked_again(tmp_path: Path) -> None:
    """Or an answer that was paid for would be lost."""
    product = Product(fails(503), sends({"flagged": True}))

    assert check(tmp_path, product) == Stop()
    assert len(product.received) == 2


def test_the_example_of_the_page_works(tmp_path: Path) -> None:
    """As typed."""
    page = Path(__file__).parents[2] / "docs" / "targets.md"
    match = re.search(
        r"`guard\.yaml`:\n\n```yaml\n(.*?)```", page.read_text("utf-8"), re.DOTALL
    )
    assert match is not None
    file = tmp_path / "guard.yaml"
    file.write_text(match[1], encoding="utf-8")

    assert read_guard_form(file, "--output-guard").threshold == 0.8
