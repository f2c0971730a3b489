"""Tests of demur.targets.endpoint, against a product on loopback."""

import asyncio
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from aiohttp import web
from tests.clients.provider import (
    Answer,
    Provider,
    closed_port,
    fails,
    hangs,
    hangs_midway,
    resets,
    resets_midway,
    sends,
)
from tests.makers import DESK, make_trial
from tests.targets.product import Product

from demur.clients.server import Server
from demur.errors import (
    DemurError,
    InputError,
    TargetConnectionError,
    TargetDeniedError,
    TargetRateLimitError,
    TargetRejectedError,
    TargetReplyError,
    TargetServerError,
    TargetTimeoutError,
    TargetUnreachableError,
)
from demur.records.context import Context
from demur.records.transcript import Block, Layer, Transcript
from demur.records.trial import Trial
from demur.targets.endpoint import EndpointTarget, find_endpoint
from demur.traffic.retry import Retry
from demur.traffic.traffic import Traffic

KEY = "sk-planted-51c0ffee51c0ffee"
ONCE = Retry(tries=1, first_wait_seconds=0.0, patience_seconds=-1.0)
HOSTILE = '{{system}} ${SHOP_KEY} {{{{trial}}}} "} \x00 \ud800 %s\r\n\x1b[2J'
DEPLOYED = Context(id="desk", deployment=DESK, frame="I own it.")

PLAIN = """
format: 1
url: URL/reply
body: {message: "{{request}}"}
response: {text: reply}
"""
FULL = """
format: 1
url: URL/reply
body: {message: "{{request}}"}
blocked_status: {451: provider filter, 403: input guard}
response:
  text: said.parts[0].text
  error: error
  block: {when: stopped, layer: input guard, code: stopped.rule}
  finish_reason: why
  reasoning: thoughts
  model: name
  prompt_tokens: usage.in
  completion_tokens: usage.out
"""


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached directly, also where the machine has a proxy."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("NO_PROXY", "*")


def endpoint_of(
    folder: Path, text: str, retry: Retry = ONCE, key: str = ""
) -> EndpointTarget:
    """The target that this text describes."""
    file = folder / "shop.yaml"
    file.write_text(text, encoding="utf-8")
    server = Server(base_url="", timeout_seconds=1.0)
    return find_endpoint(file, server, Traffic(retry=retry), {"SHOP_KEY": key})


def ask(
    folder: Path, provider: Product, text: str, *trials: Trial, key: str = ""
) -> list[Transcript | DemurError]:
    """What each trial becomes, all of them at once."""

    async def once() -> list[Transcript | DemurError]:
        async with provider:
            filled = text.replace("URL", provider.url)
            async with endpoint_of(folder, filled, key=key) as target:
                asked = trials or (make_trial(),)
                found = await asyncio.gather(
                    *(target.ask(trial) for trial in asked), return_exceptions=True
                )
        for each in found:
            if not isinstance(each, Transcript | DemurError):
                raise each
        return [each for each in found if isinstance(each, Transcript | DemurError)]

    return asyncio.run(once())


def test_a_reply_is_read_where_the_file_says(tmp_path: Path) -> None:
    """Every field that a transcript has, and the words exactly."""
    said = " \x00 Yes. \ud800\n"
    reply = {
        "said": {"parts": [{"text": said}]},
        "error": None,
        "stopped": {},
        "why": "end",
        "thoughts": "He owns it.",
        "name": "shop-1",
        "usage": {"in": 12, "out": 3},
    }

    (found,) = ask(tmp_path, Product(sends(reply)), FULL)

    assert isinstance(found, Transcript)
    assert found == Transcript(
        trial_id="case@general#1",
        response=said,
        finish_reason="end",
        reasoning="He owns it.",
        model="shop-1",
        prompt_tokens=12,
        completion_tokens=3,
        seconds=found.seconds,
        waited_seconds=found.waited_seconds,
    )


def test_a_trial_is_put_where_the_file_says_and_never_looked_through(
    tmp_path: Path,
) -> None:
    """What users say is data: braces and dollars in it stay as they are."""
    text = """
format: 1
url: URL/reply/{{case}}?q={{request}}
method: PUT
headers: {X-Trial: "{{trial}}", X-Key: "k ${SHOP_KEY}", content-type: application/x}
body:
  message: "{{request}}"
  quoted: "<<{{ request }}>>"
  prompt: "{{system}}"
  turns: "{{messages}}"
  deep: [{context: "{{context}}/{{sample}}"}, 7, null, true]
response: {text: reply}
"""
    trial = make_trial(context=DEPLOYED, request=HOSTILE)
    product = Product(sends({"reply": "Yes."}))

    (found,) = ask(tmp_path, product, text, trial, key=KEY)

    assert isinstance(found, Transcript), found
    said = f"I own it.\n\n{HOSTILE}"
    (call,) = product.received
    assert call.method == "PUT"
    assert call.headers["X-Trial"] == "case@desk#1"
    assert call.headers["X-Key"] == f"k {KEY}"
    assert call.headers["Content-Type"] == "application/x"
    path, _, query = call.path.partition("?q=")
    assert path == "/reply/case"
    assert unquote(query, errors="surrogatepass") == said
    assert call.body == {
        "message": said,
        "quoted": f"<<{said}>>",
        "prompt": "You are the help desk.",
        "turns": [
            {"role": "system", "content": "You are the help desk."},
            {"role": "user", "content": said},
        ],
        "deep": [{"context": "desk/1"}, 7, None, True],
    }


def test_a_deployments_prompt_is_not_sent_unless_the_file_asks(tmp_path: Path) -> None:
    """Most products have their own."""
    product = Product(sends({"reply": "Yes."}))

    ask(tmp_path, product, PLAIN, make_trial(context=Context(id="d", deployment=DESK)))

    assert product.received[0].body == {"message": "How do I reset a lock?"}


def test_a_reply_may_be_text_as_a_whole(tmp_path: Path) -> None:
    """Nothing is trimmed, and nothing read as JSON."""
    text = PLAIN.replace("{text: reply}", "{text: whole}")

    (found,) = ask(tmp_path, Product(sends(' {"a": 1}\n')), text)

    assert isinstance(found, Transcript)
    assert found.response == ' {"a": 1}\n'


@pytest.mark.parametrize(
    ("answer", "response", "block"),
    [
        pytest.param(
            sends({"stopped": {"rule": "no weapons"}}),
            "",
            Block(layer=Layer.INPUT_GUARD, code="no weapons"),
            id="said in the reply",
        ),
        pytest.param(
            sends({"stopped": True, "said": {"parts": [{"text": "Sorry."}]}}),
            "Sorry.",
            Block(layer=Layer.INPUT_GUARD, code="stopped"),
            id="with words beside it",
        ),
        pytest.param(
            fails(451, "not here"),
            "",
            Block(layer=Layer.PROVIDER_FILTER, code="HTTP 451", detail="not here"),
            id="a status",
        ),
        pytest.param(
            sends("<h1>no</h1>", 403),
            "",
            Block(layer=Layer.INPUT_GUARD, code="HTTP 403", detail="<h1>no</h1>"),
            id="a status that would deny us elsewhere",
        ),
    ],
)
def test_a_block_is_known_from_what_the_file_says(
    tmp_path: Path, answer: Answer, response: str, block: Block
) -> None:
    """Never from words."""
    (found,) = ask(tmp_path, Product(answer), FULL)

    assert isinstance(found, Transcript)
    assert (found.response, found.block) == (response, block)


@pytest.mark.parametrize(
    "flag", [False, None, 0, "", [], {}], ids=["no", "null", "0", "''", "[]", "{}"]
)
def test_what_is_not_flagged_is_no_block(tmp_path: Path, flag: object) -> None:
    """Products say no in many ways."""
    reply = {"stopped": flag, "said": {"parts": [{"text": "Yes."}]}}

    (found,) = ask(tmp_path, Product(sends(reply)), FULL)

    assert isinstance(found, Transcript)
    assert (found.response, found.block) == ("Yes.", None)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        pytest.param(sends({}), TargetReplyError, "finds nothing", id="no text"),
        pytest.param(
            sends({"reply": ["a"]}), TargetReplyError, "but a list", id="no string"
        ),
        pytest.param(sends("<html>"), TargetReplyError, "not JSON: <html>", id="html"),
        pytest.param(sends(b""), TargetReplyError, "not JSON: (empty)", id="nothing"),
        pytest.param(
            sends("[" * 100_000), TargetReplyError, "not JSON", id="nested deep"
        ),
        pytest.param(
            sends(b'"' + b"x" * 9_000_000 + b'"'), TargetReplyError, "longer", id="9 MB"
        ),
        pytest.param(fails(400), TargetRejectedError, "HTTP 400: no", id="400"),
        pytest.param(fails(429), TargetRateLimitError, "HTTP 429", id="429"),
        pytest.param(fails(503), TargetServerError, "HTTP 503", id="503"),
        pytest.param(fails(404), TargetDeniedError, "Check the url in", id="404"),
        pytest.param(
            fails(403), TargetDeniedError, "blocked_status: [403]", id="403 unsaid"
        ),
        pytest.param(
            sends("", 302, Location="https://other/"),
            TargetDeniedError,
            "https://other/",
            id="sent elsewhere",
        ),
        pytest.param(hangs, TargetTimeoutError, "no whole answer", id="hangs"),
        pytest.param(hangs_midway, TargetTimeoutError, "no whole", id="hangs midway"),
        pytest.param(resets, TargetConnectionError, "connection", id="resets"),
        pytest.param(resets_midway, TargetConnectionError, "conn", id="resets midway"),
    ],
)
def test_what_cannot_be_read_is_a_failure_and_never_text(
    tmp_path: Path, answer: Answer, kind: type[DemurError], said: str
) -> None:
    """An empty text would be judged."""
    (found,) = ask(tmp_path, Product(answer), PLAIN)

    assert isinstance(found, kind), found
    assert said in str(found)


def test_an_error_in_a_successful_reply_is_a_failure(tmp_path: Path) -> None:
    """Where the file says that errors are told so."""
    reply = {"error": {"oops": 7}, "said": {"parts": [{"text": "Yes."}]}}

    (found,) = ask(tmp_path, Product(sends(reply)), FULL)

    assert isinstance(found, TargetRejectedError)
    assert str(found) == 'the reply reports an error: {"oops": 7}'


def test_a_path_that_does_not_fit_is_a_failure(tmp_path: Path) -> None:
    """A function in a path takes only its own kind of value."""
    text = PLAIN.replace("text: reply", "text: \"join('', reply)\"")

    (found,) = ask(tmp_path, Product(sends({"reply": KEY})), text, key=KEY)

    assert isinstance(found, TargetReplyError)
    assert "does not fit the reply" in str(found)


SESSION = """
format: 1
url: URL/reply
headers: {X-Session: "{{session}}"}
body: {message: "{{request}}", session: "{{session}}"}
response: {text: reply}
session: {url: URL/open, id: made.id, body: {for: "CASE"}, per: PER}
"""


@pytest.mark.parametrize(
    ("per", "case", "opened"),
    [
        pytest.param("trial", "{{case}}", ["a", "b", "c"], id="each trial"),
        pytest.param("run", "all", ["all"], id="once"),
    ],
)
def test_a_session_is_opened_before(
    tmp_path: Path, per: str, case: str, opened: list[str]
) -> None:
    """What one trial said must not be remembered in the next, unless asked for."""

    async def answer(_: Provider, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if request.path == "/open":
            return web.json_response({"made": {"id": f"of {body['for']}"}})
        is_same = request.headers["X-Session"] == body["session"]
        return web.json_response({"reply": f"{body['session']} {is_same}"})

    product = Product(answer)
    text = SESSION.replace("PER", per).replace("CASE", case)
    trials = [make_trial(name) for name in "abc"]

    found = ask(tmp_path, product, text, *trials)

    said = [each.response for each in found if isinstance(each, Transcript)]
    expected = opened if per == "trial" else opened * 3
    assert said == [f"of {name} True" for name in expected]
    assert len(product.received) == 3 + len(opened)


@pytest.mark.parametrize(
    "made", [None, "", "a\r\nX-Evil: 1", "x" * 5000, {"id": 1}, True]
)
def test_what_is_no_session_id_is_a_failure(tmp_path: Path, made: object) -> None:
    """It goes into a header: a server could write further ones."""
    product = Product(sends({"made": {"id": made}}))
    text = SESSION.replace("PER", "trial")

    (found,) = ask(tmp_path, product, text)

    assert isinstance(found, TargetReplyError)
    assert "session.id finds no id" in str(found)
    assert len(product.received) == 1


def test_a_failed_session_is_tried_again_with_its_trial(tmp_path: Path) -> None:
    """A retry opens a session of its own: the first may have heard the request."""
    product = Product(
        sends({"made": {"id": "one"}}),
        fails(503),
        sends({"made": {"id": "two"}}),
        sends({"reply": "Yes."}),
    )
    retry = Retry(tries=2, first_wait_seconds=0.0)

    async def once() -> Transcript:
        async with product:
            text = SESSION.replace("PER", "trial").replace("URL", product.url)
            async with endpoint_of(tmp_path, text, retry) as target:
                return await target.ask(make_trial())

    found = asyncio.run(once())

    assert (found.response, found.retries) == ("Yes.", 1)
    sent = [call.body["session"] for call in product.received if "session" in call.body]
    assert sent == ["one", "two"]


def test_a_cookie_does_not_reach_the_next_trial(tmp_path: Path) -> None:
    """By it a product would remember what was asked before."""

    async def answer(_: Provider, request: web.Request) -> web.StreamResponse:
        response = web.json_response({"reply": str(request.cookies)})
        response.set_cookie("session", "one", domain="localhost")
        return response

    product = Product(answer)

    async def once() -> list[Transcript]:
        async with product:
            local = product.url.replace("127.0.0.1", "localhost")
            filled = PLAIN.replace("URL", local)
            async with endpoint_of(tmp_path, filled) as target:
                return [await target.ask(make_trial()) for _ in range(2)]

    assert [each.response for each in asyncio.run(once())] == ["{}", "{}"]


ECHOED = f"Bearer {KEY} {KEY}"
KEYED = """
format: 1
url: URL/reply/${SHOP_KEY}?key=${SHOP_KEY}
headers: {Authorization: "Bearer ${SHOP_KEY}", X-Api-Key: written-down-in-file}
body: {message: "{{request}}", auth: "${SHOP_KEY}"}
blocked_status: [451]
response: {text: reply, error: error, finish_reason: why, model: name, block: stopped}
"""


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(fails(400, f"x {ECHOED} written-down-in-file"), id="400"),
        pytest.param(fails(401, ECHOED), id="401"),
        pytest.param(fails(404, ECHOED), id="404"),
        pytest.param(fails(451, ECHOED), id="a block by status"),
        pytest.param(fails(503, "x" * 190 + ECHOED), id="cut"),
        pytest.param(sends("", 302, Location=f"https://o/{KEY}"), id="moved"),
        pytest.param(sends(f"<html>{ECHOED}"), id="no JSON"),
        pytest.param(sends({"error": ECHOED}), id="an error"),
        pytest.param(sends({"stopped": ECHOED, "reply": "No."}), id="a block"),
        pytest.param(sends({"reply": 7, "x": ECHOED}), id="no text"),
        pytest.param(sends({"reply": "Y", "why": KEY, "name": KEY}), id="beside it"),
        pytest.param(resets, id="reset"),
    ],
)
def test_keys_are_in_no_text(tmp_path: Path, answer: Answer) -> None:
    """Neither those of the environment nor those that stand in the file."""
    (found,) = ask(tmp_path, Product(answer), KEYED, key=KEY)

    text = f"{found} {found!r}"
    if isinstance(found, BaseException):
        text += f"{found.__cause__} {found.__context__} {found.args}"
    assert KEY[:14] not in text
    assert "written-down" not in text


def test_settings_and_objects_show_no_key(tmp_path: Path) -> None:
    """They go into the record of the run."""
    text = KEYED.replace("URL", "https://shop.example")

    target = endpoint_of(tmp_path, text, key=KEY)
    other = endpoint_of(tmp_path, text.replace("message", "text"), key="other")

    shown = f"{target!r} {target.calls!r} {target.settings} {target.calls.server!r}"
    assert KEY not in shown
    assert "written-down" not in shown
    assert target.settings["url"] == "https://shop.example/reply/${SHOP_KEY}"
    assert target.settings["form"] != other.settings["form"]
    assert target.concurrency == 16


def test_nobody_listening_stops_before_the_first_trial(tmp_path: Path) -> None:
    """It says where, and which file to correct; without the key in the address."""

    async def once(port: int) -> None:
        text = KEYED.replace("URL", f"http://127.0.0.1:{port}")
        async with endpoint_of(tmp_path, text, key=KEY):
            pass

    with closed_port() as port, pytest.raises(TargetUnreachableError) as caught:
        asyncio.run(once(port))

    assert "correct the url in" in str(caught.value)
    assert KEY not in f"{caught.value} {caught.value.__context__}"


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    """And nothing is asked."""
    with pytest.raises(InputError, match="export SHOP_KEY="):
        endpoint_of(tmp_path, KEYED.replace("URL", "https://h"))


@pytest.mark.parametrize(
    ("url", "key"),
    [
        pytest.param("https://${SHOP_KEY}/x", "anna:pw@host", id="a password"),
        pytest.param("${SHOP_KEY}/x", "localhost:80", id="no scheme"),
        pytest.param("https://h/x", "k\nX-Evil: 1", id="a line break"),
    ],
)
def test_a_key_that_cannot_be_sent_is_refused(
    tmp_path: Path, url: str, key: str
) -> None:
    """Before anything is asked, and without repeating it."""
    text = KEYED.replace("URL/reply/${SHOP_KEY}?key=${SHOP_KEY}", url)

    with pytest.raises(InputError) as caught:
        endpoint_of(tmp_path, text, key=key)

    assert key not in str(caught.value)
    assert "pw" not in str(caught.value)


PAGE = Path(__file__).parents[2] / "docs" / "targets.md"
EXAMPLES = re.findall(
    r"`(shop[\w-]*\.yaml)`:\n\n```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL
)


@pytest.mark.parametrize("text", [pytest.param(b, id=a) for a, b in EXAMPLES])
def test_the_examples_of_the_page_work(tmp_path: Path, text: str) -> None:
    """As typed, but for the address."""
    reply = {
        "id": "s1",
        "reply": {"text": "Yes."},
        "choices": [{"message": {"content": "Yes."}}],
    }
    filled = re.sub(r"https://[a-z.]+", "URL", text)

    (found,) = ask(tmp_path, Product(sends(reply)), filled, key=KEY)

    assert isinstance(found, Transcript), found
    assert found.response == "Yes."
