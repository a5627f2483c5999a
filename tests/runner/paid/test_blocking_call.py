"""The blocking call, which may deliver a result without an id: the same machine, and never a second POST."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import partial
from pathlib import Path

import anyio
import pytest

from runner.errors import FailedError, HeldError, ReelError
from runner.events import InstanceSubmitted
from runner.providers.hosted import client
from runner.providers.hosted.wire import Timeouts
from runner.submit import State
from tests.runner.paid.fakes import Studio
from tests.runner.paid.hosted import CANARY, Set

BACKENDS = pytest.mark.parametrize("backend", ["asyncio", "trio"])


async def made(studio: Studio, run: str = "run") -> str:
    async with studio.time():
        path = await studio.driver(run).make(studio.order(), studio.folder)
    return path.read_text()


async def refused(studio: Studio, error: type[ReelError], words: str, run: str = "run") -> None:
    async with studio.time():
        with pytest.raises(error, match=words):
            await studio.driver(run).make(studio.order(), studio.folder)


@pytest.mark.anyio
async def test_what_is_delivered_is_fetched_at_once(studio: Studio) -> None:
    """The reply's URL is fetched; the list then gives the id and the cost."""
    studio.provider.replies, studio.provider.takes = ["delivered"], 0.0

    assert await made(studio) == "video 4 made"
    record = studio.journal.attempts.of("key")
    assert record is not None
    assert record.attempt.state is State.SUCCEEDED
    assert record.attempt.generation_id in studio.provider.jobs
    assert record.cost == Decimal("0.30")


@pytest.mark.anyio
async def test_no_id_is_needed(studio: Studio) -> None:
    """Where the list shows no tags, the reply's URL is enough, and is tried again."""
    studio.provider.replies, studio.provider.echoes = ["delivered"], False
    studio.provider.fetches = ["reset", "reset"]

    assert await made(studio) == "video 4 made"
    assert studio.attempt().generation_id is None
    assert len(studio.provider.posts) == 1


@pytest.mark.anyio
async def test_an_expired_url_without_an_id_is_held(studio: Studio) -> None:
    """What cannot be fetched and has no id is looked for by its tag, and then held; never sent again."""
    studio.provider.replies, studio.provider.echoes = ["delivered"], False
    studio.provider.fetches = ["expired"] * 5
    await refused(studio, HeldError, "the provider's list does not show it")
    await refused(studio, HeldError, "the provider's list does not show it", run="later")

    assert studio.attempt().state is State.HELD
    assert len(studio.provider.posts) == 1


@pytest.mark.anyio
async def test_an_expired_url_is_replaced_once_the_list_shows_it(studio: Studio) -> None:
    """A list that lags behind shows the id in the end, and the id gives a fresh URL."""
    studio.provider.replies, studio.provider.lag = ["delivered"], 60.0
    studio.provider.fetches = ["expired"] * 5

    assert await made(studio) == "video 4 made"
    assert studio.attempt().generation_id in studio.provider.jobs
    assert len(studio.provider.posts) == 1


@pytest.mark.anyio
async def test_a_process_that_ends_before_the_fetch_leaves_it_to_the_list(studio: Studio) -> None:
    """The URL is in memory only: the next process finds the job by its tag, or holds it."""
    studio.provider.replies, studio.provider.lag = ["delivered"], 30.0
    driver = studio.driver("run")
    async with studio.time():
        record, _, _ = await driver._ask(studio.order(), upload=False)
    assert (record.attempt.state, record.attempt.generation_id) == (State.SUCCEEDED, None)
    studio.dead.add("run")

    assert await made(studio, "later") == "video 4 made"
    assert len(studio.provider.posts) == 1


@pytest.mark.anyio
async def test_a_lost_store_without_an_id_is_not_paid_again(studio: Studio) -> None:
    """What was done without an id, and is gone from the store, is asked for by its tag and not sent again."""
    studio.provider.replies, studio.provider.echoes = ["delivered"], False
    studio.provider.takes = 0.0
    await made(studio)
    with studio.journal.attempts._rows.durably():
        studio.journal.attempts.record("key")
    await refused(studio, FailedError, "made before .tag reelmake/", run="later")

    studio.provider.echoes = True
    assert await made(studio, "later") == "video 4 made"
    assert len(studio.provider.posts) == 1


@pytest.mark.anyio
async def test_an_interrupted_call_is_unknown_at_once(studio: Studio) -> None:
    """A blocking call that is cancelled is unknown in the journal before the process ends."""
    begun = anyio.Event()

    async def forever(*_given: object, **_named: object) -> None:
        begun.set()
        await anyio.sleep_forever()

    studio.provider.submit = forever  # type: ignore[assignment, method-assign]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(studio.driver("run").make, studio.order(), studio.folder)
        await begun.wait()
        tasks.cancel_scope.cancel()

    assert studio.attempt().state is State.UNKNOWN


@pytest.fixture
def blocking(stage: Set, tmp_path: Path) -> Set:
    """A set whose user has chosen the blocking call."""
    (tmp_path / "config.toml").write_text('[oxen]\nmode = "sync"\n', "utf-8")
    return stage


def calls(stage: Set) -> tuple[int, int]:
    """How many requests went to the blocking endpoint, and to the queue."""
    path = "/ai/videos/generate"
    return stage.requests(lambda method, at: method == "POST" and at.endswith(path)), stage.posts


@BACKENDS
def test_a_film_is_rendered_with_blocking_calls(blocking: Set, backend: str) -> None:
    """Each shot is one blocking call with its tag; the queue gets none, and the next run sends nothing."""
    outcome = blocking.run(backend=backend)

    assert (outcome.status, outcome.exit_status, outcome.spent) == ("done", 0, Decimal("0.96"))
    assert outcome.outputs["film"][0].is_file()
    assert calls(blocking) == (2, 0)
    assert all(entry["body"]["target_directory"].startswith("reelmake/") for entry in blocking.accepted)
    ids = {event.generation_id for event in blocking.of(InstanceSubmitted)}
    assert ids == {entry["generation_id"] for entry in blocking.accepted}
    assert blocking.run(backend=backend).made == 0
    assert calls(blocking) == (2, 0)
    for path in blocking.folder.rglob("*"):
        if path.is_file() and path.suffix not in {".mp4", ".jpg"} and "objects" not in path.parts:
            assert CANARY.encode() not in path.read_bytes()
            assert b"signature=" not in path.read_bytes().lower()


@pytest.mark.parametrize(
    ("faults", "status", "accepted"),
    [
        (("reset-before-accept:1",), "held", 1),
        (("reset-after-accept:1",), "done", 2),
        (("reset-in-reply:1",), "done", 2),
        (("timeout-after-accept:1",), "done", 2),
        (("500-after-accept:1",), "done", 2),
        (("tagless:*",), "done", 2),
        (("tagless:*", "reset-after-accept:1"), "held", 2),
        (("429:1:1",), "done", 2),
        (("422:1",), "failed", 1),
        (("402:*",), "stalled", 0),
        (("refuse-tag:*",), "done", 2),
        (("expired-url:1",), "done", 2),
        (("truncated:1:cut",), "done", 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_fault(
    blocking: Set, faults: tuple[str, ...], status: str, accepted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lost reply is adopted by its tag or held; no shot is paid twice, in this run or the next."""
    monkeypatch.setattr(client, "Timeouts", partial(Timeouts, read=0.5, whole=1.0, post=1.0, sync=1.5))
    for fault in faults:
        blocking.simulator.faults.add(fault)
    outcome = blocking.run(only=("plate",))

    assert (outcome.status, len(blocking.accepted)) == (status, accepted), outcome
    blocking.simulator.faults.clear()
    posts = calls(blocking)
    again = blocking.run(only=("plate",))
    if status in ("done", "held"):
        assert (again.status, calls(blocking)) == (status, posts)
    assert max(Counter(entry["body"]["prompt"] for entry in blocking.accepted).values()) == 1
