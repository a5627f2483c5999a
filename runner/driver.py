"""Drives paid attempts: does what `runner/submit.py` says, and commits every state before acting on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner import verdicts
from runner.boot import BootClock
from runner.clock import Clock
from runner.errors import PausedError, StoreError
from runner.gate import Gate
from runner.job import Resubmitted, Strange, Submitted
from runner.journal import Attempts, Record
from runner.order import Body, Order
from runner.payer import Payer
from runner.remote import FetchError, ReadError, Refusal, Remote, Sighting
from runner.submit import (
    FETCH_TRIES,
    SETTLE_SECONDS,
    Attempt,
    Delivered,
    FetchFailed,
    Listed,
    Overdue,
    Resumed,
    Seen,
    State,
    Unclear,
    after,
    next_action,
)
from runner.waker import Waker

if TYPE_CHECKING:
    from anyio import Lock

FRESH_SECONDS = 5.0
DEADLINE_SECONDS = 1800.0
_OTHERS = 1.0
"""Seconds between two looks at what another process does."""

LIST_SECONDS = 2.0
"""Between the first two looks at the list; then they grow, up to 20 s."""
_NAMING_SECONDS = 10.0
"""How long what was delivered at once waits for its id: its URL expires."""

_TRIES = FETCH_TRIES
_FETCHABLE = frozenset({State.SUCCEEDED, State.FETCHED, State.DONE})
_ENDED = frozenset({State.FAILED, State.CANCELLED})
_NAMELESS = frozenset({State.HELD, State.SUCCEEDED, State.DONE})
_RESTING = frozenset({State.HELD, State.STALLED, State.ABANDONED})


@dataclass(slots=True)
class Driver:
    """Drives the attempts of one account in one run.

    Attributes:
        attempts: The journal.
        remote: The provider.
        gate: When paid requests may go out.
        waker: Says when to look.
        clock: The time.
        boot: The boot clock.
        payer: In whose name.
        new_id: Makes uuids.
        pause: Seconds between two looks, by the number of looks so far.
        breath: Seconds before another try at what has just failed.
        settle: Seconds after which an attempt that is not listed was not accepted, as far as anybody knows.
        deadline: Seconds after which a job is stalled.
    """

    attempts: Attempts
    remote: Remote
    gate: Gate
    waker: Waker
    clock: Clock
    boot: BootClock
    payer: Payer
    new_id: Callable[[], str]
    pause: Callable[[int], float]
    breath: Callable[[], float]
    settle: float = SETTLE_SECONDS
    deadline: float = DEADLINE_SECONDS
    _tagless: bool = False
    _strange: set[str] = field(default_factory=set)
    _results: dict[str, Any] = field(default_factory=dict)
    _locks: dict[str, Lock] = field(default_factory=dict)
    _unsent: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    async def make(self, order: Order, folder: Path) -> Path:
        """Have something made, and fetch it; whatever was paid for it before is taken up first.

        The attempt is left `succeeded`: it is done once the clip is journaled as what the key made.

        Returns:
            The clip, in the folder.

        Raises:
            RefusedError: If the provider refuses it for good.
            FailedError: If the provider could not make it.
            HeldError: If only the user can decide.
            StalledError: If it takes too long.
            PausedError: If the account takes no more work.
            CeilingError: If its price does not fit under the ceiling.
            StoreError: If the journal cannot be written.
        """
        import anyio

        async with self._locks.setdefault(order.key, anyio.Lock()):
            record = await self._made(order)
            return await self._fetched(record, order, folder)

    async def _made(self, order: Order) -> Record:  # noqa: C901 - One loop, and a branch for each way on.
        """Go on with whatever was paid for, and pay for what was not, until there is a result."""
        refusal: Refusal | None = None
        ours: set[str] = set()
        upload = chained = False
        while True:
            record = self.attempts.of(order.key)
            if record is not None and record.live and record.attempt.uuid not in ours:
                if (free := await self._mine(record)) is None:
                    continue
                ours.add(free.attempt.uuid)
                record, refusal = await self._follow(free, order, at_once=True)
            if record is not None:
                if record.attempt.state in _FETCHABLE:
                    return record
                upload = upload or record.why == "input"
                again = upload and chained
                if record.live or not self._may_send(record, refusal, order, ours, again=again):
                    raise verdicts.error(record, refusal)
                if await self._made_after_all(record):
                    continue
                if again:
                    order.report(Resubmitted(record.attempt.message, order.price))
            record, body, refusal = await self._ask(order, upload=upload)
            chained = body.chained and not upload
            if record.owner == self.payer.run:
                ours.add(record.attempt.uuid)
                if record.attempt.state in {State.SUBMITTED, State.UNKNOWN}:
                    record, refusal = await self._follow(record, order, at_once=False)

    async def _made_after_all(self, record: Record) -> bool:
        """Whether a job that had failed or was cancelled has succeeded since: read before another is paid."""
        attempt, payer = record.attempt, self.payer
        same = (record.origin, record.account) == (payer.origin, payer.account)
        if attempt.state not in _ENDED or attempt.generation_id is None or not same:
            return False
        try:
            sighting = await self.remote.look(attempt.generation_id)
        except ReadError:
            raise verdicts.error(record, None) from None
        if sighting.seen.status != "succeeded" or not sighting.seen.has_result:
            return False
        self.attempts.move(record, after(attempt, sighting.seen), cost=sighting.cost)
        return True

    def _may_send(
        self, record: Record, refusal: Refusal | None, order: Order, ours: AbstractSet[str], *, again: bool
    ) -> bool:
        """Whether a new attempt may be made after one that has ended, in this call or an earlier one."""
        if order.only_follow or record.why in verdicts.FOR_GOOD:
            return False
        if record.attempt.uuid not in ours or again:
            return True
        if record.attempt.state is State.NOT_SENT:
            self.gate.close_for(self.breath())
            self._unsent[order.key] += 1
            return self._unsent[order.key] < _TRIES
        if record.attempt.state is not State.REJECTED or refusal is None:
            return False
        if refusal.why == "rate":
            self.gate.close_for(self.breath() if refusal.retry_after is None else refusal.retry_after)
        return refusal.why in {"rate", "tag"}

    async def _mine(self, record: Record) -> Record | None:
        """The attempt, once this run may go on with it; None where it is to be looked at anew.

        Raises:
            HeldError: If it is another account's.
        """
        payer = self.payer
        if (record.origin, record.account) != (payer.origin, payer.account):
            raise verdicts.elsewhere(record)
        if record.owner == payer.run:
            return record
        if record.attempt.state not in _RESTING and payer.alive(record.owner):
            await self.clock.sleep(_OTHERS)
            return None
        return self.attempts.take(record, payer.run)

    async def _follow(self, record: Record, order: Order, *, at_once: bool) -> tuple[Record, Refusal | None]:
        """Follow an attempt until it has succeeded, ended, or needs somebody's decision.

        Args:
            record: As it stands in the journal.
            order: Whom to tell.
            at_once: Whether to look before waiting: it may have ended while nobody looked.
        """
        # What stalled before and nobody asks for is looked at once: no run waits for it.
        unasked = order.only_follow and record.attempt.state is State.STALLED
        deadline = 0.0 if unasked else self.deadline
        if at_once:
            record = self._moved(record, after(record.attempt, Resumed()))
            record = await self._listed_again(record)
        record = await self._reconciled(record)
        if (generation_id := record.attempt.generation_id) is not None:
            order.report(Submitted(generation_id, record.price))
        looks, began = 0, self.boot().seconds
        while next_action(record.attempt) == "poll":
            assert generation_id is not None
            if looks or not at_once:
                ended = record.attempt.empty_results
                await self.waker.wait(generation_id, self.breath() if ended else self.pause(looks))
            looks += 1
            record, refusal = await self._looked(record, generation_id, order)
            if refusal is not None and next_action(record.attempt) != "poll":
                return record, refusal
            if next_action(record.attempt) == "poll" and self.boot().seconds - began >= deadline:
                record = self._moved(record, after(record.attempt, Overdue()))
        return record, None

    async def _looked(
        self, record: Record, generation_id: str, order: Order
    ) -> tuple[Record, Refusal | None]:
        try:
            sighting = await self.remote.look(generation_id)
        except ReadError as error:
            await self.clock.sleep(min(error.wait or 0.0, 60.0))
            return record, None
        except PausedError as error:
            self.gate.pause(str(error))
            raise
        self._results[record.attempt.uuid] = sighting
        if sighting.strange is not None and record.attempt.uuid not in self._strange:
            self._strange.add(record.attempt.uuid)
            order.report(Strange(generation_id, sighting.strange))
        refusal, now = sighting.refusal, after(record.attempt, sighting.seen)
        why = refusal.why if refusal is not None else None
        record = self._moved(record, now, sighting.cost, why)
        if refusal is not None:
            self._note_credit(refusal)
        return record, refusal

    async def _ask(self, order: Order, *, upload: bool) -> tuple[Record, Body, Refusal | None]:
        """Send a new attempt, once; or find the one that somebody else has begun meanwhile."""
        import anyio

        await self._passed()
        payer, uuid = self.payer, self.new_id()
        tag = f"reelmake/{payer.run}/{uuid}"
        body = await order.body(None if self._tagless else tag, upload)
        await self._passed()
        moment = self.boot()
        intent = Attempt(uuid, order.key, tag, State.INTENT, moment.boot, moment.seconds)
        record = self.attempts.begin(intent, payer.ordered(order, self.clock.now()), payer.ceiling)
        if record.attempt.uuid != uuid:
            return record, body, None

        def fresh() -> bool:
            now = self.boot()
            return now.boot == moment.boot and now.seconds - moment.seconds < FRESH_SECONDS

        try:
            posted = await self.remote.submit(body.content, attempt=uuid, fresh=fresh)
        except anyio.get_cancelled_exc_class():
            with suppress(StoreError):
                self._moved(record, after(intent, Unclear("interrupted before a reply came")))
            raise
        refusal = posted.refusal
        record = self._moved(
            record, after(record.attempt, posted.outcome), why=refusal.why if refusal is not None else None
        )
        if refusal is not None:
            self._note_credit(refusal)
            self._tagless = self._tagless or refusal.why == "tag"
        if isinstance(posted.outcome, Delivered):
            self._results[uuid] = Sighting(Seen("succeeded", has_result=True), posted.result)
            record = await self._named(record, order)
        return record, body, refusal

    async def _named(self, record: Record, order: Order) -> Record:
        """Look up the id of what was delivered without one: the cost and every other URL hang on it."""
        import anyio

        with anyio.move_on_after(_NAMING_SECONDS), suppress(ReadError, PausedError):
            record = await self._listed_again(record)
            if (generation_id := record.attempt.generation_id) is not None:
                order.report(Submitted(generation_id, record.price))
                cost = (await self.remote.look(generation_id)).cost
                record = self._moved(record, record.attempt, cost)
        return record

    async def _passed(self) -> None:
        """Wait until a paid request may go out; see to what dead processes left unknown on the account."""
        payer = self.payer
        while True:
            await self.gate.passed()
            if not self.attempts.unknown(payer.origin, payer.account):
                return
            for record in self.attempts.left():
                same = (record.origin, record.account) == (payer.origin, payer.account)
                if (
                    record.attempt.state is State.UNKNOWN
                    and same
                    and record.owner != payer.run
                    and not payer.alive(record.owner)
                ):
                    taken = self.attempts.take(record, payer.run)
                    await self._reconciled(taken) if taken is not None else None
            await self.clock.sleep(_OTHERS)

    async def _listed_again(self, record: Record) -> Record:
        """Look once for an attempt that nobody could find before, or that was delivered without an id."""
        attempt = record.attempt
        if attempt.state in _NAMELESS and attempt.generation_id is None:
            matches = await self.remote.matches(attempt.tag)
            if matches is not None:
                moment = self.boot()
                listed = Listed(matches, moment.boot, moment.seconds, self.settle)
                return self._moved(record, after(attempt, listed))
        return record

    async def _reconciled(self, record: Record) -> Record:
        """Read the provider's list until the attempt is found in it, or the list has settled without it."""
        if next_action(record.attempt) != "list":
            return record
        with self.gate.unresolved(record.attempt.uuid):
            looks = 0
            while next_action(record.attempt) == "list":
                if looks:
                    await self.waker.wait(record.attempt.tag, min(LIST_SECONDS**looks, 20.0, self.settle / 4))
                looks += 1
                if (matches := await self.remote.matches(record.attempt.tag)) is None:
                    continue
                moment = self.boot()
                listed = Listed(matches, moment.boot, moment.seconds, self.settle)
                record = self._moved(record, after(record.attempt, listed))
        return record

    async def _fetched(self, record: Record, order: Order, folder: Path) -> Path:
        """Fetch the result, asking for a fresh URL before each try but the first, where its id is known."""
        sighting: Sighting | None = self._results.pop(record.attempt.uuid, None)
        if sighting is None:
            record = await self._listed_again(record)
        generation_id = record.attempt.generation_id
        for _ in range(_TRIES):
            try:
                if sighting is None:
                    if generation_id is None:
                        raise verdicts.unfetched(record, "the provider's list does not show it")
                    sighting = await self.remote.look(generation_id)
                return await self.remote.fetch(sighting.result, folder)
            except (FetchError, ReadError) as error:
                failed = FetchFailed(str(error))
            sighting = None if generation_id is not None else sighting
            if record.attempt.state is not State.DONE:
                record = self._moved(record, after(record.attempt, failed))
            if next_action(record.attempt) != "ask":
                await self.clock.sleep(self.breath())
        if record.attempt.state is State.UNKNOWN:
            return await self._fetched(await self._made(order), order, folder)
        if record.attempt.state is State.DONE:
            raise verdicts.unfetched(record, failed.message)
        raise verdicts.error(record, None)

    def _moved(
        self, record: Record, now: Attempt, cost: Decimal | None = None, why: str | None = None
    ) -> Record:
        """Commit what has changed; what is not journaled is kept in memory only."""
        before = record.attempt
        same = (now.state, now.generation_id, now.held) == (before.state, before.generation_id, before.held)
        if same and (cost is None or cost == record.cost):
            return replace(record, attempt=now)
        return self.attempts.move(record, now, cost=cost, why=why)

    def _note_credit(self, refusal: Refusal) -> None:
        if refusal.why in {"credit", "key"}:
            self.gate.pause(refusal.message)
