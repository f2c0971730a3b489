"""One recorded example for each provider and kind of block: what becomes of it."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from tests.clients.provider import Provider, sends

from demur.clients.anthropic_messages import AnthropicMessages
from demur.clients.api import ApiClient
from demur.clients.base import Message, Reply
from demur.clients.gemini import Gemini
from demur.clients.openai_chat import OpenAIChat
from demur.clients.openai_responses import OpenAIResponses
from demur.clients.server import Server
from demur.clients.wire import Wire
from demur.errors import (
    DemurError,
    TargetDeniedError,
    TargetError,
    TargetRateLimitError,
    TargetRejectedError,
    TargetReplyError,
    TargetServerError,
)
from demur.judges.protocol import judge_by_protocol
from demur.records.transcript import Layer, Side, Transcript
from demur.records.verdict import Verdict
from demur.traffic.retry import Retry
from demur.traffic.traffic import Traffic

PROVIDER, MODEL = Layer.PROVIDER_FILTER, Layer.MODEL
PROMPT, ANSWER = Side.PROMPT, Side.ANSWER

CHAT = OpenAIChat(model="m")
AZURE = OpenAIChat.azure("m", "2024-10-21")
RESPONSES = OpenAIResponses(model="m")
ANTHROPIC = AnthropicMessages(model="m")
GEMINI = Gemini(model="m")

SAFE = {"filtered": False, "severity": "safe"}
HIGH = {"filtered": True, "severity": "high"}


def chat(
    text: str | None, reason: str, message: Any = None, **choice: Any
) -> dict[str, Any]:
    """A chat completion."""
    said = {"role": "assistant", "content": text, **(message or {})}
    return {"choices": [{"message": said, "finish_reason": reason, **choice}]}


def azure_error(**results: Any) -> dict[str, Any]:
    """What Azure says of a prompt that its filter stopped."""
    inner = {
        "code": "ResponsibleAIPolicyViolation",
        "content_filter_result": {"hate": SAFE, **results},
    }
    return {
        "error": {
            "message": "The prompt was filtered by the content management policy.",
            "type": None,
            "param": "prompt",
            "code": "content_filter",
            "status": 400,
            "innererror": inner,
        }
    }


def response(*output: Any, status: str = "completed", **more: Any) -> dict[str, Any]:
    """An OpenAI response."""
    return {"object": "response", "status": status, "output": list(output), **more}


def part(kind: str, **fields: str) -> dict[str, Any]:
    """A message item with one part."""
    return {
        "type": "message",
        "role": "assistant",
        "content": [{"type": kind, **fields}],
    }


def message(reason: str, *blocks: Any, **more: Any) -> dict[str, Any]:
    """An Anthropic message."""
    return {
        "type": "message",
        "content": list(blocks),
        "stop_reason": reason,
        **more,
        "usage": {"input_tokens": 9, "cache_read_input_tokens": 2, "output_tokens": 3},
    }


def said(text: str) -> dict[str, str]:
    """A text block of Anthropic's."""
    return {"type": "text", "text": text}


def candidate(reason: str, *parts: Any, **more: Any) -> dict[str, Any]:
    """A Gemini answer."""
    content = {"content": {"parts": list(parts), "role": "model"}} if parts else {}
    return {
        "candidates": [{**content, "finishReason": reason, **more}],
        "usageMetadata": {"promptTokenCount": 9, "thoughtsTokenCount": 4},
    }


RATED = [
    {"category": "HARM_CATEGORY_HARASSMENT", "probability": "NEGLIGIBLE"},
    {
        "category": "HARM_CATEGORY_DANGEROUS_CONTENT",
        "probability": "HIGH",
        "blocked": True,
    },
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What comes in, and what has to become of it."""

    wire: Wire
    body: Any
    status: int = 200
    layer: Layer
    side: Side | None
    evidence: str
    text: str = ""


BLOCKED = {
    "openai, refusal field": Row(
        wire=CHAT,
        body=chat(None, "stop", {"refusal": "I can't help with that."}),
        layer=MODEL,
        side=None,
        evidence="refusal field: I can't help with that.",
    ),
    "openai, refusal field with text beside it": Row(
        wire=CHAT,
        body=chat("Well.", "stop", {"refusal": "No."}),
        layer=MODEL,
        side=None,
        evidence="refusal field: No.",
        text="Well.",
    ),
    "openai, filtered in the middle of an answer": Row(
        wire=CHAT,
        body=chat("First, take", "content_filter"),
        layer=PROVIDER,
        side=ANSWER,
        evidence="finish_reason=content_filter (answer)",
        text="First, take",
    ),
    "openai, flagged prompt": Row(
        wire=CHAT,
        body={"error": {"message": "Flagged.", "code": "invalid_prompt"}},
        status=400,
        layer=PROVIDER,
        side=PROMPT,
        evidence="HTTP 400 invalid_prompt (prompt)",
    ),
    **{
        f"openai, {code}": Row(
            wire=CHAT,
            body={"error": {"message": "Flagged.", "param": None, "code": code}},
            status=400,
            layer=PROVIDER,
            side=None,
            evidence=f"HTTP 400 {code}",
        )
        for code in ("bio_policy", "cyber_policy")
    },
    "alibaba": Row(
        wire=CHAT,
        body={
            "error": {
                "code": "data_inspection_failed",
                "type": "data_inspection_failed",
                "message": "The data may be inappropriate.",
            },
            "request_id": "r",
        },
        status=400,
        layer=PROVIDER,
        side=None,
        evidence="HTTP 400 data_inspection_failed",
    ),
    "xai": Row(
        wire=CHAT,
        body={
            "code": "The caller does not have permission",
            "error": "Content violates usage guidelines. Team: t, API key ID: k, "
            "Model: m, Failed check: SAFETY_CHECK_TYPE_BIO",
        },
        status=403,
        layer=PROVIDER,
        side=None,
        evidence="HTTP 403 usage guidelines: SAFETY_CHECK_TYPE_BIO",
    ),
    "litellm, azure's filter passed on": Row(
        wire=CHAT,
        body={
            "error": {
                "message": "Azure said no.",
                "code": "400",
                "provider_specific_fields": {
                    "innererror": {
                        "code": "ResponsibleAIPolicyViolation",
                        "content_filter_result": {"hate": HIGH, "violence": SAFE},
                    }
                },
            }
        },
        status=400,
        layer=PROVIDER,
        side=PROMPT,
        evidence="HTTP 400 ResponsibleAIPolicyViolation (prompt): hate",
    ),
    "azure, prompt": Row(
        wire=AZURE,
        body=azure_error(violence=HIGH, self_harm=SAFE),
        status=400,
        layer=PROVIDER,
        side=PROMPT,
        evidence="HTTP 400 content_filter (prompt): violence",
    ),
    "azure, jailbreak shield": Row(
        wire=AZURE,
        body=azure_error(jailbreak={"filtered": True, "detected": True}),
        status=400,
        layer=PROVIDER,
        side=PROMPT,
        evidence="HTTP 400 content_filter (prompt): jailbreak",
    ),
    "azure, answer": Row(
        wire=AZURE,
        body=chat(
            "", "content_filter", content_filter_results={"hate": SAFE, "sexual": HIGH}
        ),
        layer=PROVIDER,
        side=ANSWER,
        evidence="finish_reason=content_filter (answer): sexual",
    ),
    "openrouter, moderation": Row(
        wire=CHAT,
        body={
            "error": {
                "code": 403,
                "message": "The model needs moderation, and the input was flagged.",
                "metadata": {"reasons": ["violence"], "flagged_input": "How do I"},
            }
        },
        status=403,
        layer=PROVIDER,
        side=PROMPT,
        evidence="HTTP 403 moderation (prompt): violence",
    ),
    "openrouter, moderation within a reply": Row(
        wire=CHAT,
        body={"error": {"code": 403, "metadata": {"reasons": ["hate", "violence"]}}},
        layer=PROVIDER,
        side=PROMPT,
        evidence="HTTP 403 moderation (prompt): hate, violence",
    ),
    "openrouter, a provider's filter as an error": Row(
        wire=CHAT,
        body={
            "error": {
                "code": 403,
                "message": "Blocked.",
                "metadata": {
                    "error_type": "content_policy_violation",
                    "provider_code": "SAFETY",
                    "provider_name": "Google",
                },
            }
        },
        status=403,
        layer=PROVIDER,
        side=None,
        evidence="error_type=content_policy_violation: SAFETY",
    ),
    "openrouter, a refusal as an error": Row(
        wire=CHAT,
        body={
            "error": {
                "code": 403,
                "message": "It could enable harm.",
                "metadata": {"error_type": "refusal", "provider_name": "Anthropic"},
            }
        },
        status=403,
        layer=MODEL,
        side=None,
        evidence="error_type=refusal: It could enable harm.",
    ),
    "openrouter, an error of the choice, beside what came before": Row(
        wire=CHAT,
        body=chat(
            "First, take",
            "error",
            error={
                "code": 403,
                "metadata": {"error_type": "content_policy_violation"},
            },
        ),
        layer=PROVIDER,
        side=None,
        evidence="error_type=content_policy_violation",
        text="First, take",
    ),
    "openrouter, an error of the choice and no message": Row(
        wire=CHAT,
        body={
            "choices": [{"error": {"metadata": {"error_type": "refusal"}}, "index": 0}]
        },
        layer=MODEL,
        side=None,
        evidence="error_type=refusal",
    ),
    "openrouter, the provider's own word for the end": Row(
        wire=CHAT,
        body=chat("", "content_filter", native_finish_reason="SAFETY"),
        layer=PROVIDER,
        side=ANSWER,
        evidence="finish_reason=content_filter (answer): SAFETY",
    ),
    "responses, refusal part": Row(
        wire=RESPONSES,
        body=response(part("refusal", refusal="I can't help with that.")),
        layer=MODEL,
        side=None,
        evidence="refusal part: I can't help with that.",
    ),
    "responses, filtered answer": Row(
        wire=RESPONSES,
        body=response(
            part("output_text", text="First, take"),
            status="incomplete",
            incomplete_details={"reason": "content_filter"},
        ),
        layer=PROVIDER,
        side=ANSWER,
        evidence="incomplete_details.reason=content_filter (answer)",
        text="First, take",
    ),
    "responses, flagged prompt": Row(
        wire=RESPONSES,
        body={"error": {"message": "Flagged.", "code": "invalid_prompt"}},
        status=400,
        layer=PROVIDER,
        side=PROMPT,
        evidence="HTTP 400 invalid_prompt (prompt)",
    ),
    "responses, flagged within a reply": Row(
        wire=RESPONSES,
        body=response(
            status="failed", error={"code": "bio_policy", "message": "Flagged."}
        ),
        layer=PROVIDER,
        side=None,
        evidence="HTTP 400 bio_policy",
    ),
    "responses, flagged within a reply, no output at all": Row(
        wire=RESPONSES,
        body={"status": "failed", "error": {"code": "invalid_prompt", "message": "."}},
        layer=PROVIDER,
        side=PROMPT,
        evidence="HTTP 400 invalid_prompt (prompt)",
    ),
    "anthropic, classifier, with its category": Row(
        wire=ANTHROPIC,
        body=message(
            "refusal",
            said("Hello"),
            stop_details={
                "type": "refusal",
                "category": "cyber",
                "explanation": "It could enable harm.",
            },
        ),
        layer=PROVIDER,
        side=None,
        evidence="stop_reason=refusal: cyber: It could enable harm.",
        text="Hello",
    ),
    "anthropic, classifier, nothing more": Row(
        wire=ANTHROPIC,
        body=message("refusal"),
        layer=PROVIDER,
        side=None,
        evidence="stop_reason=refusal",
    ),
    "anthropic, output filter": Row(
        wire=ANTHROPIC,
        body={
            "type": "error",
            "error": {
                "type": "invalid_request_error",
                "message": "Output blocked by content filtering policy",
            },
        },
        status=400,
        layer=PROVIDER,
        side=ANSWER,
        evidence="HTTP 400 content filtering policy (answer): "
        "Output blocked by content filtering policy",
    ),
    "gemini, prompt": Row(
        wire=GEMINI,
        body={"promptFeedback": {"blockReason": "SAFETY", "safetyRatings": RATED}},
        layer=PROVIDER,
        side=PROMPT,
        evidence="promptFeedback.blockReason=SAFETY (prompt): "
        "HARM_CATEGORY_DANGEROUS_CONTENT",
    ),
    "gemini, prompt, no candidates": Row(
        wire=GEMINI,
        body={"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}},
        layer=PROVIDER,
        side=PROMPT,
        evidence="promptFeedback.blockReason=PROHIBITED_CONTENT (prompt)",
    ),
    "gemini, answer, by category": Row(
        wire=GEMINI,
        body=candidate("SAFETY", safetyRatings=RATED),
        layer=PROVIDER,
        side=ANSWER,
        evidence="finishReason=SAFETY (answer): HARM_CATEGORY_DANGEROUS_CONTENT",
    ),
    "gemini, answer, by category and in words": Row(
        wire=GEMINI,
        body=candidate("SAFETY", safetyRatings=RATED, finishMessage="Not this."),
        layer=PROVIDER,
        side=ANSWER,
        evidence="finishReason=SAFETY (answer): "
        "HARM_CATEGORY_DANGEROUS_CONTENT: Not this.",
    ),
    **{
        f"gemini, answer, {reason}": Row(
            wire=GEMINI,
            body=candidate(reason, {"text": "First, take"}),
            layer=PROVIDER,
            side=ANSWER,
            evidence=f"finishReason={reason} (answer)",
            text="First, take",
        )
        for reason in ("RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII")
    },
}


ONCE = Traffic(retry=Retry(tries=1, patience_seconds=-1))


def ask(wire: Wire, body: Any, status: int = 200) -> Reply | DemurError:
    """What a client makes of such an answer."""

    async def call() -> Reply | DemurError:
        async with Provider(sends(body, status)) as provider:
            server = Server(base_url=provider.url)
            client = ApiClient(wire=wire, server=server, traffic=ONCE)
            async with client:
                try:
                    return await client.complete((Message(role="user", content="?"),))
                except DemurError as error:
                    return error

    return asyncio.run(call())


@pytest.mark.parametrize("row", BLOCKED.values(), ids=BLOCKED)
def test_a_block_becomes_a_verdict_with_its_layer(row: Row) -> None:
    """It is known from the protocol; what text came with it is kept, and not judged."""
    reply = ask(row.wire, row.body, row.status)

    assert isinstance(reply, Reply)
    assert reply.block is not None
    assert (reply.block.layer, reply.block.side) == (row.layer, row.side)
    transcript = Transcript(trial_id="t", response=reply.text, block=reply.block)
    judgement = judge_by_protocol(transcript, "phrase@1")
    assert judgement is not None
    assert judgement.verdict is Verdict.BLOCKED
    assert judgement.layer is row.layer
    assert judgement.evidence == row.evidence
    assert reply.text == row.text


THOUGHT = {"type": "thinking", "thinking": "He owns the lock.", "signature": "x"}
FAILED_FILTER = {"error": {"code": "content_filter_error", "message": "Not applied"}}


@pytest.mark.parametrize(
    ("wire", "body", "text", "reason", "reasoning"),
    [
        pytest.param(
            AZURE,
            {
                **chat("Yes.", "stop", content_filter_results=FAILED_FILTER),
                "prompt_filter_results": [
                    {"prompt_index": 0, "content_filter_results": FAILED_FILTER}
                ],
            },
            "Yes.",
            "stop",
            None,
            id="azure, a filter that failed",
        ),
        pytest.param(
            AZURE,
            chat("Yes.", "stop", content_filter_results={"hate": SAFE}),
            "Yes.",
            "stop",
            None,
            id="azure, a filter that let it through",
        ),
        pytest.param(
            CHAT, chat("Yes, fir", "length"), "Yes, fir", "length", None, id="cut off"
        ),
        pytest.param(CHAT, chat("", "stop"), "", "stop", None, id="empty"),
        pytest.param(
            CHAT,
            chat("Yes.", "stop", {"reasoning_content": "Hm.", "refusal": None}),
            "Yes.",
            "stop",
            "Hm.",
            id="chat, reasoning apart",
        ),
        pytest.param(
            CHAT,
            chat("Yes.", "stop", {"reasoning_content": None, "reasoning": "Hm."}),
            "Yes.",
            "stop",
            "Hm.",
            id="chat, reasoning under its other name",
        ),
        pytest.param(
            CHAT,
            chat(
                "Yes.",
                "stop",
                {
                    "reasoning": None,
                    "reasoning_details": [
                        {"type": "reasoning.summary", "summary": "Hm."},
                        {"type": "reasoning.encrypted", "data": "AAAA"},
                        {"type": "reasoning.text", "text": "Well.", "signature": "x"},
                    ],
                },
            ),
            "Yes.",
            "stop",
            "Hm.\n\nWell.",
            id="openrouter, reasoning in parts",
        ),
        pytest.param(
            CHAT,
            chat("", "stop", {"reasoning": "Hm."}),
            "",
            "stop",
            "Hm.",
            id="nothing but reasoning",
        ),
        pytest.param(
            CHAT,
            chat("Yes, fir", "model_length"),
            "Yes, fir",
            "model_length",
            None,
            id="mistral, cut off",
        ),
        pytest.param(
            ANTHROPIC,
            message("pause_turn", said("Wait.")),
            "Wait.",
            "pause_turn",
            None,
            id="anthropic, a pause",
        ),
        pytest.param(
            ANTHROPIC,
            message("end_turn", {"type": "redacted_thinking", "data": "AAAA"}),
            "",
            "end_turn",
            None,
            id="anthropic, nothing but redacted thinking",
        ),
        pytest.param(
            GEMINI,
            candidate("LANGUAGE"),
            "",
            "LANGUAGE",
            None,
            id="gemini, a language it does not know",
        ),
        pytest.param(
            CHAT,
            chat("<think>Hm.</think>Yes.", "stop"),
            "<think>Hm.</think>Yes.",
            "stop",
            None,
            id="thinking within the text stays: a judge passes it over",
        ),
        pytest.param(
            RESPONSES,
            response(
                {
                    "type": "reasoning",
                    "summary": [{"type": "summary_text", "text": "Hm."}],
                },
                part("output_text", text="Yes."),
            ),
            "Yes.",
            "completed",
            "Hm.",
            id="responses, reasoning apart",
        ),
        pytest.param(
            RESPONSES,
            response(
                status="incomplete", incomplete_details={"reason": "max_output_tokens"}
            ),
            "",
            "max_output_tokens",
            None,
            id="responses, cut off within the reasoning",
        ),
        pytest.param(
            ANTHROPIC,
            message(
                "end_turn",
                THOUGHT,
                {"type": "redacted_thinking"},
                said("Yes."),
                said("!"),
            ),
            "Yes.!",
            "end_turn",
            "He owns the lock.",
            id="anthropic, thinking apart",
        ),
        pytest.param(
            ANTHROPIC,
            message("max_tokens", said("Yes, fir")),
            "Yes, fir",
            "max_tokens",
            None,
            id="anthropic, cut off",
        ),
        pytest.param(
            GEMINI,
            {
                **candidate("STOP", {"text": "Hm.", "thought": True}, {"text": "Yes."}),
                "promptFeedback": {"safetyRatings": RATED[:1]},
            },
            "Yes.",
            "STOP",
            "Hm.",
            id="gemini, thoughts apart, ratings without a block",
        ),
        pytest.param(
            GEMINI,
            candidate("MAX_TOKENS"),
            "",
            "MAX_TOKENS",
            None,
            id="gemini, cut off within the thoughts",
        ),
        pytest.param(
            GEMINI,
            candidate("MALFORMED_FUNCTION_CALL"),
            "",
            "MALFORMED_FUNCTION_CALL",
            None,
            id="gemini, an answer that went wrong",
        ),
    ],
)
def test_what_is_no_block_is_text(
    wire: Wire, body: Any, text: str, reason: str, reasoning: str | None
) -> None:
    """Cut off, empty or passed by a filter that failed: a judge reads what there is."""
    reply = ask(wire, body)

    assert isinstance(reply, Reply)
    assert reply.block is None
    assert (reply.text, reply.finish_reason) == (text, reason)
    assert reply.reasoning == reasoning
    transcript = Transcript(trial_id="t", response=text, finish_reason=reason)
    is_cut = "length" in reason or "max_" in reason.lower()
    assert transcript.is_truncated is is_cut


@pytest.mark.parametrize(
    ("wire", "status", "body"),
    [
        pytest.param(
            CHAT,
            429,
            {"error": {"code": "insufficient_quota", "message": "Pay."}},
            id="openai, no credit",
        ),
        pytest.param(
            ANTHROPIC,
            400,
            {"error": {"message": "Your credit balance is too low to use the API."}},
            id="anthropic, no credit",
        ),
        pytest.param(
            GEMINI,
            400,
            {
                "error": {
                    "code": 400,
                    "message": "API key not valid.",
                    "details": [{"reason": "API_KEY_INVALID"}],
                }
            },
            id="gemini, wrong key",
        ),
        pytest.param(CHAT, 402, {"error": {"message": "Pay."}}, id="payment required"),
        pytest.param(CHAT, 403, {"error": {"message": "No."}}, id="forbidden"),
        pytest.param(
            CHAT,
            403,
            {"code": "permission-denied", "error": "Access to the model is denied"},
            id="xai, a key that may not do this",
        ),
        pytest.param(
            ANTHROPIC,
            402,
            {"error": {"type": "billing_error", "message": "Pay."}},
            id="anthropic, billing",
        ),
    ],
)
def test_what_every_call_would_meet_stops_the_run(
    wire: Wire, status: int, body: Any
) -> None:
    """A thousand trials would fail alike; these are no blocks and no rate limits."""
    assert isinstance(ask(wire, body, status), TargetDeniedError)


@pytest.mark.parametrize(
    ("wire", "status", "body"),
    [
        pytest.param(
            CHAT, 200, {"error": {"code": 400, "message": "Bad."}}, id="in the body"
        ),
        pytest.param(
            CHAT,
            200,
            {"choices": [{"error": {"code": 400, "message": "Bad."}}]},
            id="in the choice",
        ),
        pytest.param(
            RESPONSES,
            200,
            response(status="failed", error={"code": "bad_image", "message": "Bad."}),
            id="a response that failed",
        ),
        pytest.param(
            CHAT,
            400,
            {"error": {"message": "Bad.", "code": "400", "metadata": ["reasons"]}},
            id="odd metadata",
        ),
        pytest.param(
            CHAT,
            200,
            {"error": {"code": 403, "message": "Bad.", "metadata": {"reasons": "x"}}},
            id="in the body, odd reasons",
        ),
        pytest.param(
            GEMINI, 400, {"error": {"code": 400, "message": "Bad."}}, id="gemini"
        ),
        pytest.param(
            ANTHROPIC, 413, {"error": {"type": "x", "message": "Bad."}}, id="anthropic"
        ),
    ],
)
def test_a_rejection_costs_that_trial(wire: Wire, status: int, body: Any) -> None:
    """It is no block: nothing says that a filter was at work."""
    error = ask(wire, body, status)

    assert type(error) is TargetRejectedError
    assert "Bad." in str(error)


@pytest.mark.parametrize(
    ("wire", "status", "body", "kind"),
    [
        pytest.param(
            ANTHROPIC,
            529,
            {"error": {"type": "overloaded_error", "message": "Later."}},
            TargetRateLimitError,
            id="anthropic, overloaded",
        ),
        pytest.param(
            CHAT,
            200,
            {"error": {"code": 502, "message": "Down."}},
            TargetServerError,
            id="openrouter, a provider that is down",
        ),
        pytest.param(
            CHAT,
            200,
            chat("Yes, fir", "error"),
            TargetServerError,
            id="an answer that broke off in an error",
        ),
        pytest.param(
            RESPONSES,
            200,
            response(part("output_text", text="Yes, fir"), status="cancelled"),
            TargetServerError,
            id="a response that was cancelled",
        ),
        pytest.param(
            RESPONSES,
            200,
            response(status="failed", error={"code": "server_error", "message": "."}),
            TargetServerError,
            id="a response whose server failed",
        ),
        pytest.param(
            GEMINI, 200, {"candidates": []}, TargetReplyError, id="no candidates"
        ),
        pytest.param(
            GEMINI,
            200,
            {"promptFeedback": {"safetyRatings": RATED[:1]}},
            TargetReplyError,
            id="feedback without a block, and no candidates",
        ),
    ],
)
def test_half_an_answer_or_none_is_a_failure(
    wire: Wire, status: int, body: Any, kind: type[TargetError]
) -> None:
    """It is missing data: neither a block nor a text that a judge could read."""
    assert type(ask(wire, body, status)) is kind
