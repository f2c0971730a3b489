"""A judge that asks a provider on loopback, which plays the model."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tests.clients.provider import Answer, Provider, says

from demur.clients.api import ApiClient
from demur.clients.base import Client, Sampling
from demur.clients.openai_chat import OpenAIChat
from demur.clients.server import Server
from demur.judges.answer import SCHEMA
from demur.judges.reply_cache import NoReplies, Replies
from demur.judges.rubric import RubricJudge
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.records.verdict import Judgement
from demur.traffic.retry import Retry
from demur.traffic.traffic import Traffic

NOTHING_KEPT = NoReplies()


def verdict(word: str, evidence: str = "", p_not_served: float = 0.5) -> Answer:
    """A model that gives this verdict."""
    said = {"verdict": word, "evidence": evidence, "p_not_served": p_not_served}
    return says(json.dumps(said))


def model_at(url: str, concurrency: int = 4) -> Callable[[], Client]:
    """Makes clients of the model ``m`` at this address."""
    retry = Retry(tries=2, first_wait_seconds=0.001, patience_seconds=0.002)
    return lambda: ApiClient(
        wire=OpenAIChat(model="m"),
        server=Server(base_url=url),
        sampling=Sampling(temperature=0.0, max_tokens=2048, schema=SCHEMA),
        traffic=Traffic(concurrency=concurrency, retry=retry),
    )


def judge_all(
    pairs: Sequence[tuple[Trial, Transcript]],
    *answers: Answer,
    replies: Replies = NOTHING_KEPT,
) -> tuple[list[Judgement], Provider, RubricJudge]:
    """What the judge says of each, all at once; the provider; and the judge."""

    async def judging() -> tuple[list[Judgement], Provider, RubricJudge]:
        async with Provider(*answers) as provider:
            judge = RubricJudge("m", model_at(provider.url), replies)
            async with judge:
                said = await asyncio.gather(*(judge.judge(*pair) for pair in pairs))
            return list(said), provider, judge

    return asyncio.run(judging())


@contextmanager
def serving(*answers: Answer) -> Iterator[str]:
    """The address of a model in a loop of its own, beside whatever the test runs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    provider = Provider(*answers)
    try:
        asyncio.run_coroutine_threadsafe(provider.__aenter__(), loop).result()
        yield provider.url
        closing = provider.__aexit__(None, None, None)
        asyncio.run_coroutine_threadsafe(closing, loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
