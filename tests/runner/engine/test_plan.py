"""Plans: each verdict with its reason, prices and totals, and that nothing is touched."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import anyio
import pytest

from dsl.values import Derived, Match
from runner.errors import MediaError, StoreError
from runner.events import InstanceFinished
from runner.job import Rendition
from runner.journal import Journal, Scope
from runner.plan import Plan, plan_json
from runner.project import RunOptions
from tests.runner.engine.fakes import World, clips, made


def run(world: World, options: RunOptions | None = None) -> None:
    world.events.clear()
    anyio.run(world.project(options).run, [world.note])


def verdicts(plan: Plan) -> dict[str, str]:
    return {str(address): planned.verdict for address, planned in plan.instances.items()}


def reason(plan: Plan, address: str) -> tuple[str, str]:
    found = next(each.reason for name, each in plan.instances.items() if str(name) == address)
    return found.code, found.text


def changes(plan: Plan, address: str) -> list[tuple[str, object, object]]:
    found = next(each.reason for name, each in plan.instances.items() if str(name) == address)
    return [(change.field, change.before, change.after) for change in found.changes]


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_ino, b"" if path.is_dir() else path.read_bytes())
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def story(world: World) -> World:
    """Three shots, each restyled, cut into a film."""
    board = world.file("board.png")
    for shot in ("010", "020", "030"):
        world.recipe.add(f"plate/{shot}", {"input_image": board, "prompt": f"shot {shot}"})
        world.recipe.add(f"restyle/{shot}", {"input_video": made(f"plate/{shot}")})
    world.recipe.film("film", clips("restyle/010", "restyle/020", "restyle/030")).deliver("film", "film")
    return world


def test_a_new_recipe_runs_and_waits(story: World) -> None:
    """What can be made at once is `run` and new; what needs it waits and says for whom."""
    plan = story.project().plan()

    assert verdicts(plan) == {
        "plate/010": "run",
        "restyle/010": "wait",
        "plate/020": "run",
        "restyle/020": "wait",
        "plate/030": "run",
        "restyle/030": "wait",
        "film": "wait",
    }
    assert reason(plan, "plate/010") == ("new", "not made yet")
    assert reason(plan, "restyle/010") == ("upstream", "waits for plate/010")
    assert reason(plan, "film") == ("upstream", "waits for restyle/010, restyle/020 and restyle/030")
    assert plan.totals.counts == {"run": 3, "reuse": 0, "wait": 4, "attach": 0, "held": 0}


def test_after_a_run_everything_is_up_to_date(story: World) -> None:
    """All is reused, costs nothing and takes no time."""
    run(story)

    plan = story.project().plan()

    assert set(verdicts(plan).values()) == {"reuse"}
    assert reason(plan, "film") == ("up to date", "up to date")
    assert plan.totals.critical_path_seconds == 0
    assert plan.totals.price == 0


def test_one_changed_prompt_touches_its_shot_and_the_film(story: World) -> None:
    """Only that shot is run, its dependents and the film wait, and the change is told."""
    run(story)
    board = story.file("board.png")
    story.recipe.add("plate/020", {"input_image": board, "prompt": "shot 020, at night"})

    plan = story.project().plan()

    assert {name for name, verdict in verdicts(plan).items() if verdict != "reuse"} == {
        "plate/020",
        "restyle/020",
        "film",
    }
    assert verdicts(plan)["plate/020"] == "run"
    assert reason(plan, "plate/020") == ("changed", "changed: prompt")
    assert changes(plan, "plate/020") == [("prompt", "shot 020", "shot 020, at night")]
    assert (verdicts(plan)["restyle/020"], verdicts(plan)["film"]) == ("wait", "wait")
    assert changes(plan, "film") == []


def test_a_changed_file_is_told_by_name_and_digest(story: World) -> None:
    """An edited picture changes who uses it, and the plan shows its name with both digests."""
    run(story)
    story.file("board.png", "image 0 repainted")

    found = changes(story.project().plan(), "plate/010")

    [(field, before, after)] = found
    assert field == "input_image"
    assert isinstance(before, str)
    assert isinstance(after, str)
    assert before.startswith("board.png (")
    assert after.startswith("board.png (")
    assert before != after


def test_a_change_of_input_after_the_fact_is_told(world: World) -> None:
    """Where an input was made anew in an interrupted run, the plan says that it is another one now."""
    world.recipe.add("plate", {"prompt": "a"}).add("restyle", {"input_video": made("plate")})
    world.recipe.deliver("clip", "restyle")
    run(world)
    world.recipe.add("plate", {"prompt": "b"})
    world.provider.bad["restyle"] = MediaError("no")
    run(world)
    world.recipe.add("restyle", {"input_video": made("plate"), "prompt": "new"})

    plan = world.project().plan()

    assert verdicts(plan) == {"plate": "reuse", "restyle": "run"}
    assert reason(plan, "restyle") == ("changed", "changed: prompt")


def test_a_waiting_instance_tells_what_is_known_to_have_changed(story: World) -> None:
    """A film that waits says which of its own fields changed besides."""
    run(story)
    board = story.file("board.png")
    story.recipe.add("plate/020", {"input_image": board, "prompt": "night"})
    story.recipe.film("film", clips("restyle/010", "restyle/020", "restyle/030", fps=25))

    assert changes(story.project().plan(), "film") == [("fps", None, 25)]


def test_an_inserted_clip_is_one_change(story: World) -> None:
    """A shot put between others shows as one clip more, not as every clip after it."""
    run(story)
    story.recipe.add("restyle/015", {"prompt": "insert"})
    story.recipe.film("film", clips("restyle/010", "restyle/015", "restyle/020", "restyle/030"))
    run(story)
    story.recipe.film("film", clips("restyle/010", "restyle/020", "restyle/030", loudness=-16))

    found = changes(story.project().plan(), "film")

    assert [field for field, _, _ in found] == ["clips[1]", "loudness"]
    assert found[0][2] is None
    assert "restyle/015" in json.dumps(found[0][1])


def test_another_provider_version_is_a_change(world: World) -> None:
    """What the provider says of itself is compared like a field."""
    world.recipe.add("plate", {"prompt": "a"}).deliver("clip", "plate")
    run(world)
    world.provider.version = 2

    plan = world.project().plan()

    assert changes(plan, "plate") == [("version", 1, 2)]


def test_going_back_compares_with_what_was_there_last(world: World) -> None:
    """After an edit and its undoing, the next edit is compared with the undone one."""
    for prompt in ("a", "b", "a"):
        world.recipe.add("plate", {"prompt": prompt})
        world.recipe.deliveries.clear()
        world.recipe.deliver("clip", "plate")
        run(world)
    world.recipe.add("plate", {"prompt": "c"})

    assert changes(world.project().plan(), "plate") == [("prompt", "a", "c")]
    assert world.provider.rendered == ["plate", "plate"]


@pytest.mark.parametrize("how", ["gone", "shorter", "altered"])
def test_a_missing_object_is_made_again(world: World, how: str) -> None:
    """An object that is gone, cut short or tampered with is `run`, reason missing; the plan moves nothing."""
    world.recipe.add("plate", {"prompt": "a"}).deliver("clip", "plate")
    run(world)
    digest = world.of(InstanceFinished)[0].digest
    stored = world.folder / ".reel" / "objects" / digest[:2] / digest
    stored.chmod(0o600)
    if how == "gone":
        stored.unlink()
    else:
        text = stored.read_bytes()
        stored.write_bytes(text[:-1] if how == "shorter" else text[:-1] + b"?")
    before = snapshot(world.folder)

    plan = world.project().plan()

    assert verdicts(plan) == {"plate": "run"}
    assert reason(plan, "plate")[0] == "missing"
    assert snapshot(world.folder) == before


def test_an_object_that_was_only_touched_is_still_good(world: World) -> None:
    """A restored backup has other times, and is recognised by its bytes."""
    world.recipe.add("plate", {"prompt": "a"}).deliver("clip", "plate")
    run(world)
    digest = world.of(InstanceFinished)[0].digest
    os.utime(world.folder / ".reel" / "objects" / digest[:2] / digest)

    assert verdicts(world.project().plan()) == {"plate": "reuse"}


def test_a_failed_instance_is_planned_again_with_its_reason(world: World) -> None:
    """What failed is `run`, reason `failed before`, at full price, with the first line of why."""
    world.recipe.add("plate", {"prompt": "a"}, provider="hosted").deliver("clip", "plate")
    world.hosted.bad["plate"] = MediaError("the lens broke\nffmpeg said much")
    run(world)

    plan = world.project().plan()

    assert reason(plan, "plate") == ("failed before", "failed before: the lens broke")
    assert plan.totals.price == Decimal("0.25")
    world.recipe.add("plate", {"prompt": "b"}, provider="hosted")
    assert reason(world.project().plan(), "plate") == ("changed", "changed: prompt")


def test_a_refused_instance_says_so(world: World) -> None:
    """What a provider refused for its content is told apart from what failed."""
    world.recipe.add("plate", {"prompt": "a"}).deliver("clip", "plate")
    world.provider.bad["plate"] = MediaError("no")
    run(world)
    journal = Journal.open(world.folder / ".reel" / "journal.sqlite")
    scope = Scope("film.toml", "plate", "fake")
    seen = journal.seen(scope)
    assert seen is not None
    journal.add_seen(scope, replace(seen, state="refused", message="not this picture"))
    journal.commit()
    journal.close()

    plan = world.project().plan()

    assert reason(plan, "plate") == ("refused before", "refused before: not this picture")


def test_equal_work_is_planned_once(world: World) -> None:
    """The second of two equal instances attaches to the first, and is not priced."""
    for shot in ("010", "020"):
        world.recipe.add(f"plate/{shot}", {"prompt": "same"}, provider="hosted").deliver(
            shot, f"plate/{shot}"
        )

    plan = world.project().plan()

    assert verdicts(plan) == {"plate/010": "run", "plate/020": "attach"}
    assert reason(plan, "plate/020") == ("shared", "the same work as plate/010")
    assert plan.totals.price == Decimal("0.25")


def test_prices_are_summed_over_run_and_wait(world: World) -> None:
    """Hosted work is priced, waiting or not; local work is free; one unknown price makes the sum unknown."""
    world.recipe.add("a", {"prompt": "a"}, provider="hosted")
    world.recipe.add("b", {"input_video": made("a")}, provider="hosted")
    world.recipe.film("film", clips("a", "b")).deliver("film", "film")

    assert world.project().plan().totals.price == Decimal("0.50")
    world.hosted.cost = None
    plan = world.project().plan()
    assert plan.totals.price is None
    assert [planned.price for planned in plan.instances.values()] == [None, None, Decimal(0)]


def test_uploads_are_listed_for_hosted_providers_only(world: World) -> None:
    """Every file that would leave the machine is listed once; local work uploads nothing."""
    board = world.file("board.png", "image 0 board")
    world.recipe.add("far", {"input_image": board, "refs": [board]}, provider="hosted").deliver("a", "far")
    world.recipe.add("near", {"input_image": board}).deliver("b", "near")

    plan = plan_json(world.project().plan())

    far, near = plan["instances"]
    assert [(upload["path"], upload["bytes"]) for upload in far["uploads"]] == [
        (str(world.folder / "board.png"), 13)
    ]
    assert len(far["uploads"][0]["digest"]) == 64
    assert near["uploads"] == []


def test_the_film_is_the_first_delivered_cut(world: World) -> None:
    """Length and frames are those of the first delivered concat, else of the first delivered video."""
    world.recipe.add("a", {"prompt": "a"}, seconds=Fraction(3))
    world.recipe.deliver("a", "a")
    assert world.project().plan().totals.film_seconds == Fraction(3)
    assert world.project().plan().totals.film_frames == 72

    world.recipe.film("film", clips("a")).deliver("film", "film")
    assert world.project().plan().totals.film_frames == 96


def test_the_json_surface_is_what_the_house_says(world: World) -> None:
    """The plan as JSON has exactly the fields of the contract, with numbers as numbers."""
    world.recipe.add("plate/010", {"prompt": "a"}, provider="hosted").deliver("clip", "plate/010")

    plan = json.loads(json.dumps(plan_json(world.project().plan())))

    [instance] = plan["instances"]
    key = instance.pop("key")
    assert len(key) == 64
    assert instance == {
        "address": "plate/010",
        "step": "plate",
        "shot": "010",
        "take": 1,
        "uses": "image-to-video",
        "provider": "hosted",
        "model": "model-1",
        "verdict": "run",
        "reason": {"code": "new", "text": "not made yet", "changes": []},
        "seconds": 4.0,
        "price_usd": 0.25,
        "uploads": [],
    }
    assert plan["recipe"] == str(world.folder / "film.toml")
    assert plan["totals"] == {
        "run": 1,
        "reuse": 0,
        "wait": 0,
        "attach": 0,
        "held": 0,
        "price_usd": 0.25,
        "film_seconds": 4.0,
        "film_frames": 96,
        "critical_path_seconds": 90.0,
    }


def test_the_critical_path_is_the_longest_chain(world: World) -> None:
    """Chains side by side count once, the longest; once work has been seen, its own pace counts."""
    world.recipe.add("a", {"prompt": "a"}, seconds=Fraction(10)).add("b", {"input_video": made("a")})
    world.recipe.add("c", {"prompt": "c"}).deliver("b", "b").deliver("c", "c")

    guess = world.project().plan().totals.critical_path_seconds
    assert guess == pytest.approx(0.5 + 1.5 + 0.5 + 0.6)

    run(world)
    world.provider.version = 2
    assert 0 < world.project().plan().totals.critical_path_seconds < guess


def test_a_plan_changes_nothing_on_disk(story: World) -> None:
    """Neither on a fresh folder nor after a run does planning leave a trace."""
    before = snapshot(story.folder)
    story.project().plan()
    assert snapshot(story.folder) == before

    run(story)
    before = snapshot(story.folder)
    story.project().plan()
    assert snapshot(story.folder) == before


def test_a_plan_works_while_a_run_goes_on(story: World) -> None:
    """While another process has the journal open, and after it was killed, a plan reads what is committed."""
    run(story)
    writer = Journal.open(story.folder / ".reel" / "journal.sqlite")
    assert set(verdicts(story.project().plan()).values()) == {"reuse"}
    writer.close()


def test_a_plan_works_in_a_read_only_folder(story: World) -> None:
    """A state folder that may only be read is enough for a plan."""
    run(story)
    state = story.folder / ".reel"
    for path in (state, *state.rglob("*")):
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        assert set(verdicts(story.project().plan()).values()) == {"reuse"}
    finally:
        for path in (state, *state.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)


def test_order_alone_does_not_make_a_key_wait(world: World) -> None:
    """`needs` orders work; what is made does not depend on it, so neither does the key."""
    world.recipe.add("first", {"prompt": "f"}).add("then", {"prompt": "t"}, needs=("first",)).deliver(
        "a", "then"
    )

    assert verdicts(world.project().plan()) == {"first": "run", "then": "run"}


def test_a_derived_input_does_not_have_to_be_taken_out_for_the_key(world: World) -> None:
    """The key of a shot that continues another follows from the other's content alone."""
    world.recipe.add("plate", {"prompt": "p"}).deliver("a", "plate")
    run(world)
    world.recipe.add("next", {"input_image": Derived(made("plate"), "last_frame")}).deliver("b", "next")

    plan = world.project().plan()

    assert verdicts(plan) == {"plate": "reuse", "next": "run"}
    assert world.derived == []
    world.derive_version = 2
    other = world.project().plan()
    assert [p.key for p in plan.instances.values()][1] != [p.key for p in other.instances.values()][1]


def test_an_unsettled_length_waits_without_one(world: World) -> None:
    """A length that follows from an input still to be made is not known, and neither is the film's."""
    world.recipe.add("plate", {"prompt": "p"}, seconds=None)
    world.recipe.add(
        "restyle",
        {"input_video": made("plate"), "num_frames": Match("input_video", 24.0, 9, 721)},
        seconds=None,
    ).deliver("clip", "restyle")

    plan = world.project().plan()

    assert plan_json(plan)["instances"][1]["seconds"] is None
    assert plan.totals.film_seconds is None
    run(world)
    assert world.project().plan().totals.film_frames == 96


def test_rehearsals_are_compared_with_rehearsals(world: World) -> None:
    """A film's rehearsal does not count as its earlier version, nor the other way round."""
    world.recipe.add("a", {"prompt": "a"}).film("film", clips("a", size="1280x720")).deliver("film", "film")
    run(world)

    plan = world.project(RunOptions(provider="animatic", rendition=Rendition(90))).plan()

    assert reason(plan, "a")[0] == "changed"
    run(world, RunOptions(provider="animatic"))
    world.recipe.film("film", clips("a", size="640x360"))
    assert changes(world.project().plan(), "film") == [("size", "1280x720", "640x360")]
    larger = world.project(RunOptions(provider="animatic", rendition=Rendition(360))).plan()
    assert [field for field, _, _ in changes(larger, "film")] == ["size"]


def test_a_local_input_that_cannot_be_read_is_an_error_with_words(world: World) -> None:
    """A file that went away between check and plan is named."""
    board = world.file("board.png")
    board.path.unlink()
    world.recipe.add("plate", {"input_image": board}).deliver("clip", "plate")

    with pytest.raises(MediaError, match=r"board\.png cannot be read: no such file"):
        world.project().plan()


def test_a_damaged_journal_is_an_error_with_words(world: World) -> None:
    """A journal that is not one is named, and the user is told what to do."""
    world.recipe.add("plate", {"prompt": "a"}).deliver("clip", "plate")
    (world.folder / ".reel").mkdir()
    (world.folder / ".reel" / "journal.sqlite").write_bytes(b"not a journal " * 100)

    with pytest.raises(StoreError, match="move it out of the way"):
        world.project().plan()
