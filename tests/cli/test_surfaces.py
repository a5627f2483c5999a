"""The surfaces for programs: what `--json` prints fits a schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.conftest import Reel


def table(required: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object that has these fields and no others."""
    return {
        "type": "object", "properties": required, "required": list(required), "additionalProperties": False,
    }  # fmt: skip


def listed(items: dict[str, Any]) -> dict[str, Any]:
    """The schema of a list."""
    return {"type": "array", "items": items}


TEXT = {"type": "string", "minLength": 1}
MAYBE_TEXT = {"type": ["string", "null"]}
NUMBER = {"type": "number", "minimum": 0}
MAYBE_NUMBER = {"type": ["number", "null"], "minimum": 0}
PLACE = {"type": "integer", "minimum": 1}
COUNT = {"type": "integer", "minimum": 0}
DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
VERDICTS = ["run", "reuse", "wait", "attach", "held"]

FINDINGS = listed(
    table(
        {
            "code": {"type": "string", "pattern": "^RM[0-9]{3}$"},
            "severity": {"enum": ["error", "warning", "note"]},
            "file": TEXT,
            "line": PLACE,
            "column": PLACE,
            "end_line": PLACE,
            "end_column": PLACE,
            "message": TEXT,
            "help": MAYBE_TEXT,
        }
    )
)
PLAN = table({
    "recipe": TEXT,
    "instances": listed(
        table({
            "address": TEXT,
            "step": TEXT,
            "shot": MAYBE_TEXT,
            "take": PLACE,
            "uses": TEXT,
            "provider": MAYBE_TEXT,
            "model": MAYBE_TEXT,
            "verdict": {"enum": VERDICTS},
            "reason": table({
                "code": TEXT,
                "text": TEXT,
                "changes": listed(table({"field": TEXT, "before": True, "after": True})),
            }),
            "seconds": MAYBE_NUMBER,
            "price_usd": MAYBE_NUMBER,
            "key": {"anyOf": [DIGEST, {"type": "null"}]},
            "uploads": listed(table({"path": TEXT, "bytes": COUNT, "digest": DIGEST})),
        })
    ),
    "totals": table({
        **dict.fromkeys(VERDICTS, COUNT),
        "price_usd": MAYBE_NUMBER,
        "film_seconds": MAYBE_NUMBER,
        "film_frames": {"type": ["integer", "null"]},
        "critical_path_seconds": NUMBER,
    }),
})  # fmt: skip
EVENT = {
    "type": "object",
    "required": ["event", "at"],
    "properties": {"event": TEXT, "at": {"type": "string", "pattern": "^20.*Z$"}},
}
RUN_FINISHED = {
    "type": "object",
    "required": ["event", "at", "status", "outputs"],
    "properties": {
        "event": {"const": "run_finished"},
        "status": {
            "enum": ["done", "failed", "held", "stalled", "refused", "gated", "interrupted"],
        },
        "outputs": {"type": "object", "additionalProperties": listed({"type": "string", "pattern": "^/"})},
    },
}
HEALTH = listed(
    table({"name": TEXT, "state": {"enum": ["ok", "warn", "fail"]}, "text": TEXT, "advice": MAYBE_TEXT})
)


def fits(schema: dict[str, Any], text: str) -> Any:
    """The data in a text, once it is known to fit the schema."""
    data = json.loads(text)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == []
    return data


def test_findings_fit_their_schema(reel: Reel, tiny: Path) -> None:
    """`reel check --json` prints findings as promised, with places counted from 1."""
    tiny.write_text(tiny.read_text("utf-8").replace("${plate.video}", "${plait.video}"), "utf-8")

    ended = reel("check", "tiny.toml", "--json")

    findings = fits(FINDINGS, ended.out)
    assert ended.status == 2
    assert [(one["file"], one["line"], one["severity"]) for one in findings] == [("tiny.toml", 33, "error")]
    assert "plait" in findings[0]["message"]
    assert findings[0]["end_column"] - findings[0]["column"] == len("plait")


def test_no_findings_are_an_empty_list(reel: Reel, tiny: Path) -> None:
    """A recipe with nothing to remark is an empty list and status 0."""
    tiny.write_text(
        'schema = "reelmake/1"\n[steps.card]\nuses = "text-to-image"\nprompt = "a pier"\n', "utf-8"
    )

    ended = reel("check", "tiny.toml", "--json")

    assert (ended.status, json.loads(ended.out)) == (0, [])


def test_annotations_for_github(reel: Reel, tiny: Path) -> None:
    """`--format github` writes one workflow command a finding."""
    tiny.write_text(tiny.read_text("utf-8").replace("${plate.video}", "${plait.video}"), "utf-8")

    ended = reel("check", "tiny.toml", "--format", "github")

    assert ended.status == 2
    assert ended.out.startswith("::error file=tiny.toml,line=33,")
    assert len(ended.out.splitlines()) == 1


@pytest.mark.parametrize("provider", ["oxen", "animatic"])
def test_a_plan_fits_its_schema(provider: str, reel: Reel, tiny: Path) -> None:
    """`reel plan --json` prints the plan as promised, also for a provider that is not available."""
    ended = reel("plan", "tiny.toml", "--json", "--provider", provider)

    plan = fits(PLAN, ended.out)
    assert ended.status == 0
    assert plan["recipe"] == str(tiny)
    assert {one["address"] for one in plan["instances"]} == {
        "plate/010", "trimmed/010", "plate/020", "trimmed/020", "plate/030", "trimmed/030", "film",
    }  # fmt: skip
    assert (plan["totals"]["price_usd"] is None) == (provider == "oxen")
    assert plan["totals"]["film_frames"] == 25 + 25 + 25 - 5
    uploads = {upload["path"] for one in plan["instances"] for upload in one["uploads"]}
    assert uploads == ({str(tiny.parent / "board.jpg")} if provider == "oxen" else set())


def test_a_plan_changes_nothing(reel: Reel, tiny: Path) -> None:
    """`reel plan` leaves the folder as it was."""
    before = sorted(tiny.parent.rglob("*"))

    reel("plan", "tiny.toml", "--provider", "animatic")

    assert sorted(tiny.parent.rglob("*")) == before


def test_events_fit_their_schema(reel: Reel, tiny: Path) -> None:
    """`reel rehearse --json` prints one event a line, run_finished last, and nothing else."""
    ended = reel("rehearse", "tiny.toml", "--json", "--proxy", "64")

    lines = ended.out.splitlines()
    assert ended.status == 0
    events = [fits(EVENT, line) for line in lines]
    last = fits(RUN_FINISHED, lines[-1])
    film = tiny.parent / "out/rehearsal/TNY_film.mp4"
    assert last["status"] == "done"
    assert last["outputs"] == {"film": [str(film)]}
    assert film.is_file()
    assert events[0]["event"] == "run_started"
    assert {event["event"] for event in events} >= {"instance_started", "instance_finished", "delivered"}


def test_a_recipe_as_json(reel: Reel, tiny: Path) -> None:
    """`reel show --json` gives the recipe as it was understood."""
    del tiny

    whole = json.loads(reel("show", "tiny.toml", "--json").out)
    expanded = json.loads(reel("show", "tiny.toml", "--json", "--expanded").out)
    one = json.loads(reel("show", "tiny.toml", "plate/020", "--json").out)

    assert (whole["title"], whole["slate"], whole["seed"]) == ("Tiny", "TNY", 0)
    assert whole["shots"] == ["010", "020", "030"]
    assert whole["steps"] == ["plate", "trimmed", "film"]
    assert whole["outputs"] == [{"name": "film", "stem": "TNY_film", "source": "${film.video}"}]
    assert expanded == whole | {"instances": expanded["instances"]}
    assert [instance for instance in expanded["instances"] if instance["address"] == "plate/020"] == one
    assert one[0]["params"] == {
        "input_image": "${trimmed/010.last_frame}", "prompt": "it lifts off, dusk",
    }  # fmt: skip


def test_health_as_json(reel: Reel) -> None:
    """`reel doctor --json` lists what was looked at."""
    ended = reel("doctor", "--json")

    names = [one["name"] for one in fits(HEALTH, ended.out)]
    assert names[:5] == ["python", "ffmpeg", "font", "state", "disk"]
    assert set(names[5:]) >= {"provider animatic", "provider oxen"}
