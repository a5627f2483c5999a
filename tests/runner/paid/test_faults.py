"""Every fault that the simulator can script, and what a run makes of it, over real HTTP."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from runner.providers.hosted import client, download
from runner.providers.hosted.wire import Timeouts
from runner.simulator.faults import FAULTS
from tests.runner.paid.hosted import Set

_QUICK = partial(Timeouts, read=0.5, whole=1.0, post=1.0)

TABLE: list[tuple[tuple[str, ...], str, int]] = [
    (("reset-before-accept:1",), "held", 1),
    (("reset-after-accept:1",), "done", 2),
    (("reset-after-accept:*",), "done", 2),
    (("reset-in-reply:1",), "done", 2),
    (("timeout-before-accept:1",), "held", 1),
    (("timeout-after-accept:1",), "done", 2),
    (("hold-reply:1:300",), "done", 2),
    (("500-before-accept:1",), "held", 1),
    (("500-after-accept:1",), "done", 2),
    (("502-html:1",), "held", 1),
    (("502-html-after-accept:1",), "done", 2),
    (("502-upstream:1",), "held", 1),
    (("503:1",), "held", 1),
    (("429:1:1",), "done", 2),
    (("429:1:-5",), "done", 2),
    (("429:1:soon",), "done", 2),
    (("429:1:past-date",), "done", 2),
    (("400:1",), "failed", 1),
    (("401:*",), "stalled", 0),
    (("402:*",), "stalled", 0),
    (("403:*",), "stalled", 0),
    (("409:1",), "held", 1),
    (("422:1",), "failed", 1),
    (("redirect-post:1",), "held", 1),
    *(
        ((f"odd-reply:1:{form}",), "done", 2)
        for form in ("empty", "text", "none", "null", "two", "not-uuid", "nothing")
    ),
    (("events-early:1",), "done", 2),
    (("refuse-tag:*",), "done", 2),
    (("tagless:*",), "done", 2),
    (("tagless:*", "reset-after-accept:1"), "held", 2),
    (("tagless:*:filtered", "reset-after-accept:1"), "held", 2),
    (("slow-list:*:0.4", "reset-after-accept:1"), "done", 2),
    (("list-500:1-2", "reset-after-accept:1"), "done", 2),
    (("slow-job:1:1",), "done", 2),
    (("moderation:1",), "failed", 2),
    (("insufficient-credits:*",), "stalled", 2),
    (("input-unreachable:1",), "failed", 2),
    (("failed:1",), "failed", 2),
    (("cancelled:1",), "failed", 2),
    (("unknown-status:*", "slow-job:*:1"), "done", 2),
    (("status-backwards:*",), "done", 2),
    (("null-url:1:2",), "done", 2),
    (("null-url:1",), "held", 2),
    (("odd-url:1",), "held", 2),
    (("processing-forever:1",), "stalled", 2),
    (("high-cost:1",), "done", 2),
    (("no-cost:1",), "done", 2),
    (("404-known-id:*",), "done", 2),  # The history knows it still.
    (("get-401:*",), "stalled", 2),
    (("get-429:1:1",), "done", 2),
    (("get-500:1-3",), "done", 2),
    (("get-502-html:1-2",), "done", 2),
    (("get-reset:1-2",), "done", 2),
    (("get-timeout:1",), "done", 2),
    (("events-refused:*",), "done", 2),
    (("events-silent:*",), "done", 2),
    (("events-crlf:*",), "done", 2),
    (("events-dropped:1",), "done", 2),
    (("events-doubled:*",), "done", 2),
    (("events-out-of-order:1",), "done", 2),
    (("events-foreign:*",), "done", 2),
    (("events-garbage:*",), "done", 2),
    (("events-long-line:1",), "done", 2),
    (("events-cut:1",), "done", 2),
    (("truncated:1:cut",), "done", 2),
    (("truncated:1:short",), "done", 2),
    (("truncated:1:unlengthed",), "done", 2),
    (("oversized:1",), "done", 2),
    (("html-instead-of-video:1",), "done", 2),
    (("html-instead-of-video:1:disguised",), "done", 2),
    (("stalled:1",), "done", 2),
    (("unlengthed:1",), "done", 2),
    (("download-reset:1-2",), "done", 2),
    (("download-500:1",), "done", 2),
    (("expired-url:1",), "done", 2),
    (("expired-url:*",), "held", 2),
    (("foreign-redirect:1",), "done", 2),
    (("weak-etag:*", "truncated:1:cut"), "done", 2),
    (("no-range:*", "truncated:1:cut"), "done", 2),
    (("wrong-range:*", "truncated:1:cut"), "done", 2),
    (("changed-etag:*", "truncated:1:cut"), "done", 2),
    (("upload-500:1",), "done", 2),
    (("upload-413:*",), "failed", 0),
]
STATUSES = {"done": 0, "failed": 1, "held": 4, "stalled": 5}


@pytest.mark.parametrize(("faults", "status", "accepted"), TABLE, ids=[" ".join(row[0]) for row in TABLE])
def test_a_fault(
    stage: Set, faults: tuple[str, ...], status: str, accepted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run meets a fault as promised, no shot is paid twice, and the next run mends what can be mended."""
    monkeypatch.setattr(client, "Timeouts", _QUICK)
    monkeypatch.setattr(download, "Timeouts", _QUICK)
    if faults[0].startswith("processing"):
        monkeypatch.setattr("runner.providers.hosted.session.DEADLINE_SECONDS", 1.0)
    for fault in faults:
        stage.simulator.faults.add(fault)
    outcome = stage.run(only=("plate",))

    assert (outcome.status, outcome.exit_status) == (status, STATUSES[status]), outcome
    assert len(stage.accepted) == accepted
    assert max(Counter(entry["body"]["prompt"] for entry in stage.accepted).values(), default=1) == 1
    if status == "done":
        assert outcome.made == 2

    posts = stage.posts
    held, failed = len(outcome.held), len(outcome.failures)
    stage.simulator.faults.clear()
    again = stage.run(only=("plate",))
    if status == "done":
        assert (again.made, stage.posts) == (0, posts)
    if status == "held":
        lasting = accepted < 2 or faults[0].startswith(("tagless", "null-url", "odd-url"))
        assert again.status == ("held" if lasting else "done")
        assert stage.posts == posts
        assert len(again.held) <= held
    if status == "failed" and not again.failures:
        assert stage.posts == posts + failed


def test_every_fault_is_in_the_table() -> None:
    """Nothing that the simulator can do is left out, but for what no run asks for."""
    named = {fault.partition(":")[0] for faults, _, _ in TABLE for fault in faults}

    assert FAULTS.keys() - named == {"cancel-late", "cancel-400", "cancel-500"}
