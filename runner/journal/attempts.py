"""Rows of paid attempts. What these methods return is on the disk, and no row is moved by two at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from runner.ceiling import Ceiling, Spent
from runner.errors import CeilingError, StoreError
from runner.journal.rows import Rows
from runner.submit import LIVE, Attempt, State

_COLUMNS = (
    "uuid, key, tag, state, boot, intended_at, generation_id, held, message, cancelling, "
    "epoch, owner, address, uses, output, provider, origin, account, price, cost, why"
)
_LIVE = ", ".join(f"'{state}'" for state in sorted(LIVE))
_FREE = ("not_sent", "rejected")


@dataclass(frozen=True, slots=True)
class Ordered:
    """What is noted of an attempt when it is begun, and never changes.

    Attributes:
        run: The run that begins it.
        spending: The run to whose spending it is added.
        recipe: What the journal calls the recipe.
        address: Whose work it is.
        uses: The kind of step.
        output: `video` or `image`.
        provider: The provider's name.
        origin: Where it is sent.
        account: Who pays.
        body: What is asked for, media by digest and no URL's query.
        price: USD to reserve; None where it is not known.
        at: The wall's time in UTC, for people.
    """

    run: str
    spending: str
    recipe: str
    address: str
    uses: str
    output: str
    provider: str
    origin: str
    account: str
    body: Mapping[str, Any]
    price: Decimal | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """An attempt as it stands in the journal.

    Attributes:
        attempt: The attempt.
        epoch: How often it was taken over; whoever took it over last may move it.
        owner: The run that follows it, or followed it last.
        address: Whose work it is.
        uses: The kind of step.
        output: `video` or `image`.
        provider: The provider's name.
        origin: Where it was sent.
        account: Who pays.
        price: USD reserved; None where it was not known.
        cost: USD, as the provider told; None until it does.
        why: What kind of refusal or failure it met last; None where none.
    """

    attempt: Attempt
    epoch: int
    owner: str
    address: str
    uses: str
    output: str
    provider: str
    origin: str
    account: str
    price: Decimal | None = None
    cost: Decimal | None = None
    why: str | None = None

    @property
    def live(self) -> bool:
        """Whether it holds its key."""
        return self.attempt.state in LIVE


@dataclass(frozen=True, slots=True)
class Sent:
    """An attempt with what was sent, for whoever has to judge of it.

    Attributes:
        record: The attempt as it stands.
        at: The wall's time in UTC when it was begun.
        run: The run that began it.
        body: What was asked for, media by digest and no URL's query.
    """

    record: Record
    at: datetime
    run: str
    body: Mapping[str, Any]


class Attempts:
    """The paid attempts of all recipes that share a journal."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def of(self, key: str) -> Record | None:
        """The attempt that holds a key, else the last one that was made for it."""
        query = f"""SELECT {_COLUMNS} FROM attempts WHERE key = ?
                    ORDER BY state IN ({_LIVE}) DESC, id DESC LIMIT 1"""  # noqa: S608 - No stranger's words.
        row = self._rows.one(query, key)
        return None if row is None else _record(row)

    def left(self) -> list[Record]:
        """Attempts of which something can still become, whoever follows them."""
        query = f"""SELECT {_COLUMNS} FROM attempts WHERE state IN ({_LIVE})
                    AND state <> 'abandoned' ORDER BY id"""  # noqa: S608 - No stranger's words.
        return [_record(row) for row in self._rows.every(query)]

    def of_run(self, run: str) -> list[Record]:
        """The attempts that a run began or took over, in order."""
        query = f"SELECT {_COLUMNS} FROM attempts WHERE run = ?1 OR owner = ?1 ORDER BY id"  # noqa: S608
        return [_record(row) for row in self._rows.every(query, run)]

    def of_recipe(self, recipe: str) -> list[Sent]:
        """Every attempt that was made for a recipe, in order."""
        query = f"SELECT {_COLUMNS}, at, run, body FROM attempts WHERE recipe = ? ORDER BY id"  # noqa: S608
        return [_sent(row) for row in self._rows.every(query, recipe)]

    def sent(self, uuid: str) -> Sent:
        """An attempt that there is, with what was sent."""
        query = f"SELECT {_COLUMNS}, at, run, body FROM attempts WHERE uuid = ?"  # noqa: S608
        return _sent(self._rows.one(query, uuid))

    def holder(self, generation_id: str, origin: str, account: str) -> Record | None:
        """The attempt of the account that has an id."""
        query = f"""SELECT {_COLUMNS} FROM attempts
                    WHERE generation_id = ? AND origin = ? AND account = ?"""  # noqa: S608 - As above.
        row = self._rows.one(query, generation_id, origin, account)
        return None if row is None else _record(row)

    def unknown(self, origin: str, account: str) -> bool:
        """Whether it is unknown of any attempt of the account what became of it."""
        query = "SELECT 1 FROM attempts WHERE origin = ? AND account = ? AND state = 'unknown'"
        return self._rows.one(query, origin, account) is not None

    def looked_for(self, origin: str, account: str) -> set[str]:
        """The tags of the account's attempts of which it is unknown what became of them."""
        query = "SELECT tag FROM attempts WHERE origin = ? AND account = ? AND state = 'unknown'"
        return {row[0] for row in self._rows.every(query, origin, account)}

    def source(self, digest: str, origin: str, account: str) -> str | None:
        """The generation of the account that gave these bytes."""
        query = """SELECT generation_id FROM attempts JOIN made USING (key)
                   WHERE digest = ? AND origin = ? AND account = ? AND attempts.state = 'done'
                   ORDER BY id DESC"""
        row = self._rows.one(query, digest, origin, account)
        return None if row is None else row[0]

    def spent(self, spending: str) -> Spent:
        """What a run and those it goes on from have spent."""
        query = "SELECT state, price, cost FROM attempts WHERE spending = ?"
        amount, unpriced, overrun = Decimal(0), 0, False
        for state, price, cost in self._rows.every(query, spending):
            if state in _FREE:
                continue
            reserved, actual = _usd(price), _usd(cost)
            overrun = overrun or (reserved is not None and actual is not None and actual > reserved)
            counted = reserved if actual is None else actual
            amount, unpriced = amount + (counted or 0), unpriced + (counted is None)
        return Spent(amount, unpriced, overrun)

    def begin(self, attempt: Attempt, ordered: Ordered, ceiling: Ceiling) -> Record:
        """Commit an intent and reserve its price; or give the attempt that holds the key already.

        Raises:
            CeilingError: If the price does not fit under the ceiling.
            StoreError: If it cannot be written.
        """
        with self._rows.durably():
            # The write lock is taken first, so that nobody reserves between the sum and the insert.
            self._rows.add("UPDATE attempts SET epoch = epoch WHERE uuid = ''")
            if (other := self.of(attempt.key)) is not None and other.live:
                return other
            if (why := ceiling.refusal(ordered.price, self.spent(ordered.spending))) is not None:
                raise CeilingError(why)
            self._insert(attempt, ordered)
        return Record(
            attempt, 0, ordered.run, ordered.address, ordered.uses, ordered.output, ordered.provider,
            ordered.origin, ordered.account, ordered.price,
        )  # fmt: skip

    def _insert(self, attempt: Attempt, ordered: Ordered) -> None:
        body = json.dumps(ordered.body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        values = {
            "uuid": attempt.uuid, "key": attempt.key, "run": ordered.run, "spending": ordered.spending,
            "recipe": ordered.recipe, "address": ordered.address, "uses": ordered.uses,
            "output": ordered.output, "tag": attempt.tag, "provider": ordered.provider,
            "origin": ordered.origin, "account": ordered.account, "body": body,
            "body_digest": sha256(body.encode()).hexdigest(),
            "price": None if ordered.price is None else str(ordered.price), "at": ordered.at.isoformat(),
            "boot": attempt.boot, "intended_at": attempt.intended_at, "state": attempt.state.value,
            "owner": ordered.run,
        }  # fmt: skip
        places = ", ".join("?" * len(values))
        self._rows.add(
            f"INSERT INTO attempts ({', '.join(values)}) VALUES ({places})",  # noqa: S608 - Names of ours.
            *values.values(),
        )

    def take(self, record: Record, run: str) -> Record | None:
        """Take over an attempt whose owner is gone; None if somebody else was quicker."""
        with self._rows.durably():
            taken = self._rows.add(
                "UPDATE attempts SET owner = ?, epoch = epoch + 1 WHERE uuid = ? AND state = ? AND epoch = ?",
                run, record.attempt.uuid, record.attempt.state.value, record.epoch,
            )  # fmt: skip
        return replace(record, owner=run, epoch=record.epoch + 1) if taken else None

    def move(
        self, record: Record, now: Attempt, *, cost: Decimal | None = None, why: str | None = None
    ) -> Record:
        """Commit a transition.

        Args:
            record: As it stood.
            now: As it stands.
            cost: USD, where the provider has told it by now.
            why: What kind of refusal or failure it met, where it did.

        Raises:
            StoreError: If somebody else has moved or taken it meanwhile, or it cannot be written.
        """
        before = record.attempt
        with self._rows.durably():
            moved = self._rows.add(
                """UPDATE attempts SET state = ?, generation_id = ?, held = ?, message = ?, cancelling = ?,
                   cost = coalesce(?, cost), why = ? WHERE uuid = ? AND state = ? AND epoch = ?""",
                now.state.value, now.generation_id, now.held, now.message, now.cancelling,
                None if cost is None else str(cost), why, before.uuid, before.state.value, record.epoch,
            )  # fmt: skip
        if not moved:
            raise StoreError(f"another process has gone on with the attempt {before.uuid}; run again")
        return replace(record, attempt=now, cost=record.cost if cost is None else cost, why=why)

    def settle(self, record: Record, cost: Decimal) -> None:
        """Note what an attempt has cost."""
        with self._rows.durably():
            self._rows.add("UPDATE attempts SET cost = ? WHERE uuid = ?", str(cost), record.attempt.uuid)

    def record(self, key: str) -> None:
        """What the key's attempt made is in the store. Committed with whatever else is added."""
        self._rows.add(
            "UPDATE attempts SET state = 'done' WHERE key = ? AND state IN ('succeeded', 'fetched')", key
        )


def _usd(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _record(row: Any) -> Record:
    uuid, key, tag, state, boot, intended_at, generation_id, held, message, cancelling, *rest = row
    attempt = Attempt(
        uuid, key, tag, State(state), boot, intended_at, generation_id, held, message,
        cancelling=bool(cancelling),
    )  # fmt: skip
    epoch, owner, address, uses, output, provider, origin, account, price, cost, why = rest
    return Record(
        attempt, epoch, owner, address, uses, output, provider, origin, account, _usd(price), _usd(cost), why
    )


def _sent(row: Any) -> Sent:
    *columns, at, run, body = row
    return Sent(_record(columns), datetime.fromisoformat(at), run, json.loads(body))
