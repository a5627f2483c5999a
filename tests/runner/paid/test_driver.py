"""The driver of paid attempts against a provider whose ledger counts every POST, on virtual time."""

from __future__ import annotations

from decimal import Decimal

import anyio
import pytest

from runner.ceiling import Ceiling
from runner.errors import (
    CeilingError,
    FailedError,
    HeldError,
    PausedError,
    ReelError,
    RefusedError,
    StalledError,
)
from runner.job import Resubmitted, Submitted
from runner.remote import Refusal
from runner.submit import State
from tests.runner.paid.fakes import DeathError, Studio

pytestmark = pytest.mark.anyio


async def made(studio: Studio, run: str = "run", key: str = "key") -> str:
    async with studio.time():
        path = await studio.driver(run).make(studio.order(key), studio.folder)
    return path.read_text()


async def refused(studio: Studio, error: type[ReelError], words: str, run: str = "run") -> None:
    async with studio.time():
        with pytest.raises(error, match=words):
            await studio.driver(run).make(studio.order(), studio.folder)


async def test_one_job_is_one_post(studio: Studio) -> None:
    """A job that meets no trouble is sent once, looked at until it has ended, and fetched."""
    assert await made(studio) == "video 4 made"

    assert len(studio.provider.posts) == 1
    assert studio.attempt().state is State.SUCCEEDED
    assert studio.reports == [Submitted(str(studio.attempt().generation_id), Decimal("0.25"))]
    record = studio.journal.attempts.of("key")
    assert record is not None
    assert record.cost == Decimal("0.30")


async def test_the_intent_is_on_the_disk_before_it_is_sent(studio: Studio) -> None:
    """When the first byte goes out, another process can read the intent, its tag and its price."""
    found: list[object] = []
    submit = studio.provider.submit

    async def watched(body: object, **given: object) -> object:
        found.append((studio.attempt().state, studio.attempt().tag, body["target_directory"]))  # type: ignore[index]
        return await submit(body, **given)  # type: ignore[arg-type]

    studio.provider.submit = watched  # type: ignore[assignment,method-assign]
    await made(studio)

    tag = studio.attempt().tag
    assert found == [(State.INTENT, tag, tag)]


async def test_a_lost_reply_is_adopted_by_its_tag(studio: Studio) -> None:
    """A job whose reply was lost is found in the provider's list and never sent again."""
    studio.provider.replies = ["lost"]

    assert await made(studio) == "video 4 made"
    assert len(studio.provider.posts) == 1


async def test_a_late_list_is_waited_for(studio: Studio) -> None:
    """That the list does not show a job yet says nothing until it has settled."""
    studio.provider.replies, studio.provider.lag = ["lost"], 90.0

    assert await made(studio) == "video 4 made"
    assert len(studio.provider.posts) == 1
    assert studio.provider.lists > 3


@pytest.mark.parametrize("reply", ["vanished", "lost"])
async def test_what_is_not_listed_is_held(studio: Studio, reply: str) -> None:
    """A list that has settled without the job proves nothing: it is held, and never sent again."""
    studio.provider.replies, studio.provider.echoes = [reply], False
    await refused(studio, HeldError, "no reply came")
    await refused(studio, HeldError, "no reply came", run="later")

    assert len(studio.provider.posts) == 1
    assert studio.attempt().state is State.HELD


async def test_what_was_held_is_found_later(studio: Studio) -> None:
    """A later run lists the tag again, and adopts what has turned up."""
    studio.provider.replies, studio.provider.lag = ["lost"], 500.0
    await refused(studio, HeldError, "no reply came")
    studio.provider.lag = 0.0

    assert await made(studio, "later") == "video 4 made"
    assert len(studio.provider.posts) == 1


async def test_nothing_goes_out_while_one_is_unknown(studio: Studio) -> None:
    """While it is unknown what became of an attempt, no other is sent on the account."""
    studio.provider.replies, studio.provider.lag = ["lost"], 80.0
    driver = studio.driver("run")
    async with studio.time(), anyio.create_task_group() as tasks:
        for key in ("a", "b", "c"):
            (studio.folder / key).mkdir()
            tasks.start_soon(driver.make, studio.order(key), studio.folder / key)

    first, *others = sorted(at for at, _ in studio.provider.posts)
    assert len(others) == 2
    assert min(others) >= first + 80


async def test_a_rate_limit_closes_the_gate_for_all(studio: Studio) -> None:
    """After a 429 nothing goes out until the provider's time is over, and then everything does."""
    studio.provider.replies = [Refusal("rate", "slow down", 120.0)]
    driver = studio.driver("run")
    async with studio.time(), anyio.create_task_group() as tasks:
        for key in ("a", "b"):
            (studio.folder / key).mkdir()
            tasks.start_soon(driver.make, studio.order(key), studio.folder / key)

    times = [at for at, _ in studio.provider.posts]
    assert len(studio.provider.jobs) == 2
    assert all(at >= 120 for at in times[-1:])
    assert len(times) == 3


async def test_out_of_credit_pauses_the_account(studio: Studio) -> None:
    """A 402 ends with words and not with another POST; after a top-up the next run sends a new attempt."""
    studio.provider.replies = [Refusal("credit", "Insufficient credits")]
    await refused(studio, PausedError, "Insufficient credits")
    assert len(studio.provider.posts) == 1

    assert await made(studio, "later") == "video 4 made"
    assert len(studio.provider.jobs) == 1


async def test_a_job_that_fails_for_want_of_credit_pauses_too(studio: Studio) -> None:
    """A job that was accepted and fails for want of credit pauses the account as a refusal does."""
    studio.provider.ends = [Refusal("credit", "Insufficient credits")]
    driver = studio.driver("run")
    async with studio.time():
        with pytest.raises(PausedError):
            await driver.make(studio.order(), studio.folder)
        with pytest.raises(PausedError):
            await driver.make(studio.order("other"), studio.folder)

    assert len(studio.provider.posts) == 1


async def test_a_failure_is_not_retried(studio: Studio) -> None:
    """A failed job is a failed step: a retry would be a new payment. The next run may make it."""
    studio.provider.ends = [Refusal("other", "the model fell over")]
    await refused(studio, FailedError, "fell over")
    assert len(studio.provider.posts) == 1

    assert await made(studio, "later") == "video 4 made"


@pytest.mark.parametrize("where", ["replies", "ends"])
@pytest.mark.parametrize("why", ["content", "parameter"])
async def test_a_refusal_for_good_is_not_sent_again(studio: Studio, where: str, why: str) -> None:
    """What the provider refuses for good is not sent again by any run, until something of it is changed."""
    setattr(studio.provider, where, [Refusal(why, "not this")])  # type: ignore[arg-type]
    await refused(studio, RefusedError, "not this\nThe same would be refused again")
    await refused(studio, RefusedError, "not this\nThe same would be refused again", run="later")

    assert len(studio.provider.posts) == 1


async def test_a_slow_job_stalls_and_goes_on(studio: Studio) -> None:
    """A job past its deadline is neither cancelled nor sent again; the next run goes on with it."""
    studio.provider.takes = None
    await refused(studio, StalledError, "run again")
    studio.provider.takes = 1.0

    assert await made(studio, "later") == "video 4 made"
    assert len(studio.provider.posts) == 1


async def test_nobody_waits_for_what_stalled_and_is_not_wanted(studio: Studio) -> None:
    """A job that stalled and is not asked for any more is looked at once, and nothing new is ever sent."""
    studio.provider.takes = None
    await refused(studio, StalledError, "run again")
    looks, now = studio.provider.looks, studio.clock.elapsed()
    async with studio.time():
        with pytest.raises(StalledError):
            await studio.driver("later").make(studio.order(only_follow=True), studio.folder)

    assert (studio.provider.looks, studio.clock.elapsed()) == (looks + 1, now)
    assert len(studio.provider.posts) == 1


async def test_an_id_that_is_gone_is_held(studio: Studio) -> None:
    """A 404 on a known id is no failure: it is held, and looked at again by the next run."""
    studio.provider.missing = True
    await refused(studio, HeldError, "no longer knows")
    studio.provider.missing = False

    assert await made(studio, "later") == "video 4 made"
    assert len(studio.provider.posts) == 1


async def test_an_expired_url_is_asked_for_anew(studio: Studio) -> None:
    """Each try to fetch has a fresh URL, and nothing is made again."""
    studio.provider.fetches = ["expired", "cut short"]

    assert await made(studio) == "video 4 made"
    assert len(studio.provider.posts) == 1


async def test_five_failures_to_fetch_are_held(studio: Studio) -> None:
    """A result that cannot be fetched is held; the next run tries again, and never makes it again."""
    studio.provider.fetches = ["broken"] * 5
    await refused(studio, HeldError, "cannot be fetched")

    assert await made(studio, "later") == "video 4 made"
    assert len(studio.provider.posts) == 1


async def test_an_outage_of_an_hour_loses_nothing(studio: Studio) -> None:
    """Rows that cannot be read are read later."""
    studio.provider.unreadable = 20

    assert await made(studio) == "video 4 made"
    assert len(studio.provider.posts) == 1


async def test_what_was_not_sent_is_sent(studio: Studio) -> None:
    """A request that provably never left is sent as a new attempt; after five of them the step fails."""
    studio.provider.replies = ["offline", "offline"]
    assert await made(studio) == "video 4 made"
    assert len(studio.provider.posts) == 1

    studio.provider.replies = ["offline"] * 9
    async with studio.time():
        with pytest.raises(FailedError, match="no connection"):
            await studio.driver("run").make(studio.order("other"), studio.folder)
    assert len(studio.provider.replies) == 4


async def test_a_refused_tag_is_left_out(studio: Studio) -> None:
    """An account that takes no tags is served without, from then on."""
    studio.provider.replies = [Refusal("tag", "target_directory is not allowed")]

    assert await made(studio) == "video 4 made"
    assert ["target_directory" in body for _, body in studio.provider.posts] == [True, False]


async def test_two_drivers_with_one_key_post_once(studio: Studio) -> None:
    """Whoever comes second waits for the first, and both have the clip."""
    (studio.folder / "a").mkdir()
    (studio.folder / "b").mkdir()

    async def other() -> None:
        await studio.clock.sleep(0.5)
        await studio.driver("two").make(studio.order(), studio.folder / "b")

    async def first() -> None:
        await studio.driver("one").make(studio.order(), studio.folder / "a")
        studio.journal.attempts.record("key")
        studio.journal.commit()

    async with studio.time(), anyio.create_task_group() as tasks:
        tasks.start_soon(first)
        tasks.start_soon(other)

    assert len(studio.provider.posts) == 1
    assert (studio.folder / "b" / "result").exists()
    assert studio.attempt().state is State.DONE


async def test_an_intent_of_a_living_process_is_left_alone(studio: Studio) -> None:
    """The intent of a process that lives is waited for, neither sent again nor looked for."""
    started = anyio.Event()
    submit = studio.provider.submit

    async def slow(*given: object, **named: object) -> object:
        started.set()
        await studio.clock.sleep(20)
        named["fresh"] = lambda: True
        return await submit(*given, **named)  # type: ignore[arg-type]

    studio.provider.submit = slow  # type: ignore[assignment,method-assign]
    (studio.folder / "b").mkdir()
    async with studio.time(), anyio.create_task_group() as tasks:
        tasks.start_soon(studio.driver("one").make, studio.order(), studio.folder)
        await started.wait()
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as others:
                others.start_soon(studio.driver("two").make, studio.order(), studio.folder / "b")
                await studio.clock.sleep(15)
                assert studio.attempt().state is State.INTENT
                assert studio.provider.lists == 0
                scope.cancel()

    assert len(studio.provider.posts) == 1


async def test_another_account_leaves_it_alone(studio: Studio) -> None:
    """An attempt is followed under its own account only."""
    studio.provider.takes = None
    await refused(studio, StalledError, "run again")
    studio.account = "somebody"
    await refused(studio, HeldError, "under another account", run="later")

    assert len(studio.provider.posts) == 1
    assert studio.attempt().state is State.STALLED


async def test_a_chained_input_falls_back_to_an_upload_once(studio: Studio) -> None:
    """A model that could not download the earlier result's URL is sent an upload, as a new priced attempt."""
    studio.chained = True
    studio.provider.ends = [Refusal("input", "failed to download the video")]

    assert await made(studio) == "video 4 made"
    assert studio.uploads == [False, True]
    assert [type(report) for report in studio.reports] == [Submitted, Resubmitted, Submitted]
    assert studio.journal.attempts.spent("spending").amount == Decimal("0.55")


async def test_an_upload_that_cannot_be_read_is_no_reason_to_pay_again(studio: Studio) -> None:
    """The fallback is tried once, and only where there is another way."""
    studio.provider.ends = [Refusal("input", "failed to download")] * 3
    await refused(studio, FailedError, "failed to download")
    assert len(studio.provider.posts) == 1

    studio.chained = True
    studio.provider.posts.clear()
    await refused(studio, FailedError, "failed to download", run="later")
    assert studio.uploads == [False, True]


async def test_spending_stops_at_the_ceiling(studio: Studio) -> None:
    """What does not fit under the ceiling is not sent, failed attempts counted."""
    studio.ceiling = Ceiling(Decimal("0.60"))
    driver = studio.driver("run")
    async with studio.time():
        for key in ("a", "b"):
            (studio.folder / key).mkdir()
        await driver.make(studio.order("a"), studio.folder / "a")
        with pytest.raises(CeilingError, match="more than was reserved"):
            await driver.make(studio.order("b"), studio.folder / "b")

    assert len(studio.provider.posts) == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("reply", ["ok", "lost", "vanished"])
async def test_death_at_any_commit_pays_once(studio: Studio, reply: str, *, after: bool) -> None:
    """A process killed before or after any commit, twice in a row, leaves one job for the next to have."""
    deaths = 0
    for countdown in range(1, 9):
        key = f"{countdown}"
        (studio.folder / key).mkdir()
        posts = len(studio.provider.posts)
        studio.provider.replies = [reply]
        for life in range(2):
            run = f"{countdown}-{life}"
            async with studio.time():
                try:
                    attempts = studio.mortal(countdown, after=after)
                    await studio.driver(run, attempts).make(studio.order(key), studio.folder / key)
                except (DeathError, BaseExceptionGroup):
                    deaths += 1
                except HeldError:
                    pass
            studio.dead.add(run)
        async with studio.time():
            try:
                await studio.driver(f"{key}-end").make(studio.order(key), studio.folder / key)
            except HeldError:
                assert reply == "vanished" or len(studio.provider.posts) == posts
        assert len(studio.provider.posts) - posts <= 1
        if reply != "vanished" and len(studio.provider.posts) > posts:
            assert (studio.folder / key / "result").exists()
            assert studio.attempt(key).state is State.SUCCEEDED
    assert deaths > 4
