"""Runs: what is made, in what order, what is reused, and what becomes of failures."""

from __future__ import annotations

import os
import stat
from fractions import Fraction
from pathlib import Path

import anyio
import pytest

from dsl.values import Derived, Match, RemoteMedia
from runner.clock import VirtualClock
from runner.errors import MediaError, StoreError, UsageError
from runner.events import (
    Delivered,
    Event,
    InstanceBlocked,
    InstanceFailed,
    InstanceFinished,
    InstanceProgressed,
    InstanceReused,
    InstanceStarted,
    RunFinished,
    RunStarted,
)
from runner.job import Job
from runner.journal import Journal
from runner.project import Outcome, RunOptions
from runner.store import Store
from tests.runner.engine.fakes import World, clips, local, made, untouched

pytestmark = pytest.mark.anyio


async def run(world: World, options: RunOptions | None = None, *, only: tuple[str, ...] = ()) -> Outcome:
    world.events.clear()
    world.provider.jobs.clear()
    world.cut.clear()
    return await world.project(options, only=only).run([world.note])


async def run_virtually(world: World, clock: VirtualClock, options: RunOptions) -> Outcome:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(clock.drive)
        outcome = await run(world, options)
        tasks.cancel_scope.cancel()
    return outcome


def two_shots(world: World) -> World:
    """Two plates, restyled, cut together; the second begins on the first's last frame."""
    board = world.file("board.png")
    chained = Derived(made("plate/010"), "last_frame")
    (
        world.recipe.add("plate/010", {"input_image": board, "prompt": "walks"})
        .add("plate/020", {"input_image": chained, "prompt": "stops"})
        .add("restyle/010", {"input_video": made("plate/010"), "prompt": "gouache"})
        .add("restyle/020", {"input_video": made("plate/020"), "prompt": "gouache"})
        .film("film", clips("restyle/010", "restyle/020", on_missing="slug"))
        .deliver("film", "film")
    )
    return world


async def test_a_run_makes_and_delivers(world: World) -> None:
    """Everything is made once, and the last event says where the film lies, absolute."""
    outcome = await run(two_shots(world))

    target = world.folder / "out" / "FLM_film.mp4"
    assert (outcome.status, outcome.exit_status) == ("done", 0)
    assert outcome.outputs == {"film": (target,)}
    assert (outcome.made, outcome.reused) == (5, 0)
    assert sorted(world.provider.rendered) == ["plate/010", "plate/020", "restyle/010", "restyle/020"]
    assert "stops" in target.read_text()
    assert isinstance(world.events[0], RunStarted)
    assert isinstance(world.events[-1], RunFinished)
    assert world.events[-1].outputs == outcome.outputs


async def test_a_second_run_does_nothing(world: World) -> None:
    """Running again starts nothing, and leaves the deliverable as it lies."""
    await run(two_shots(world))
    target = world.folder / "out" / "FLM_film.mp4"
    before = untouched(target)

    outcome = await run(world)

    assert (outcome.made, outcome.reused, outcome.exit_status) == (0, 5, 0)
    assert world.of(InstanceStarted) == []
    assert world.derived == ["last_frame"]
    assert outcome.outputs == {"film": (target,)}
    assert [event.changed for event in world.of(Delivered)] == [False]
    assert untouched(target) == before


async def test_the_journal_has_every_event_before_a_view_sees_it(world: World) -> None:
    """When a view hears of an event, another connection finds it in the journal; progress is not kept."""
    seen: list[tuple[str, bool]] = []

    def look(event: Event) -> None:
        journal = Journal.read(world.folder / ".reel" / "journal.sqlite")
        kept = journal.events()
        journal.close()
        named = type(event).__name__
        seen.append((named, any(row["event"].replace("_", "") == named.lower() for row in kept)))

    world.provider.takes["plate/010"] = 0.0
    await two_shots(world).project().run([look])

    assert len(seen) > 8
    assert all(kept for _, kept in seen)


async def test_progress_is_shown_and_not_kept(world: World) -> None:
    """Progress reaches the views, in parts from 0 to 1, and no row of the journal."""
    world.recipe.add("clip", {"prompt": "a"}).deliver("clip", "clip")

    def advance(job: Job) -> None:
        for part in (0.2, 0.2, 0.201, 1.0, 1.0):
            job.progress(part)

    world.provider.work = advance

    await run(world)

    assert [event.part for event in world.of(InstanceProgressed)] == [0.2, 1.0]
    journal = Journal.read(world.folder / ".reel" / "journal.sqlite")
    assert "instance_progressed" not in {row["event"] for row in journal.events()}
    journal.close()


async def test_an_edit_runs_only_what_depends_on_it(world: World) -> None:
    """A new prompt for one shot renders that shot, what depends on it, and the film."""
    await run(two_shots(world))
    world.recipe.add("plate/020", {"input_image": Derived(made("plate/010"), "last_frame"), "prompt": "runs"})

    outcome = await run(world)

    assert world.provider.rendered == ["plate/020", "restyle/020"]
    assert (outcome.made, outcome.reused) == (3, 2)


async def test_identical_bytes_stop_an_edit_from_spreading(world: World) -> None:
    """Where an edit makes the very same bytes, what depends on them is reused although it had to wait."""
    world.recipe.add("plate", {"prompt": "a"}).film("film", clips("plate")).deliver("film", "film")
    await run(world)
    world.provider.version = 2  # It is in the key, and the fake's output does not depend on it.
    assert world.project().plan().totals.counts["wait"] == 1

    outcome = await run(world)

    assert world.provider.rendered == ["plate"]
    assert world.cut == []
    assert [event.address for event in world.of(InstanceReused)] == ["film"]
    assert (outcome.made, outcome.reused) == (1, 1)


async def test_equal_work_is_done_once(world: World) -> None:
    """Two instances with the same key share one attempt, and each has its result."""
    board = world.file("board.png")
    for shot in ("010", "020"):
        world.recipe.add(f"plate/{shot}", {"input_image": board, "prompt": "same"})
        world.recipe.deliver(f"clip{shot}", f"plate/{shot}")

    outcome = await run(world)

    assert len(world.provider.jobs) == 1
    assert (outcome.made, outcome.reused) == (1, 1)
    assert [event.shared_with for event in world.of(InstanceReused)] == ["plate/010"]
    assert set(outcome.outputs) == {"clip010", "clip020"}


async def test_lanes_are_kept_to_their_limits(world: World) -> None:
    """Local work runs one job a core, hosted jobs as many as allowed, both at once."""
    clock = world.clock = world.provider.clock = world.hosted.clock = VirtualClock()
    for index in range(6):
        world.recipe.add(f"local/{index}", {"prompt": str(index)})
        world.recipe.add(f"far/{index}", {"prompt": str(index)}, provider="hosted")
        world.provider.takes[f"local/{index}"] = 10
        world.hosted.takes[f"far/{index}"] = 10
        world.recipe.deliver(f"a{index}", f"local/{index}").deliver(f"b{index}", f"far/{index}")

    await run_virtually(world, clock, RunOptions(local_jobs=2, jobs=3))

    assert (world.provider.most, world.hosted.most) == (2, 3)
    assert clock.elapsed() == 30


async def test_the_critical_path_goes_first(world: World) -> None:
    """With one core, the chain that the film waits for longest is begun before what was written earlier."""
    clock = world.clock = world.provider.clock = VirtualClock()
    world.recipe.add("single", {"prompt": "s"}).add("head", {"prompt": "h"})
    world.recipe.add("tail", {"input_video": made("head")})
    world.recipe.deliver("single", "single").deliver("tail", "tail")

    await run_virtually(world, clock, RunOptions(local_jobs=1))

    assert world.provider.rendered[0] == "head"


async def test_a_failure_stops_its_dependents_and_nothing_else(world: World) -> None:
    """A failed shot blocks its restyle, the other shot is finished, and the exit status is 1."""
    two_shots(world)
    world.recipe.film("film", clips("restyle/010", "restyle/020"))
    world.provider.bad["plate/020"] = MediaError("the lens broke\nlast line of ffmpeg")

    outcome = await run(world)

    assert (outcome.status, outcome.exit_status) == ("failed", 1)
    assert [(f.address, f.message) for f in outcome.failures] == [
        ("plate/020", "the lens broke\nlast line of ffmpeg")
    ]
    assert [event.address for event in world.of(InstanceBlocked)] == ["restyle/020", "film"]
    assert "restyle/010" in [event.address for event in world.of(InstanceFinished)]
    assert outcome.outputs == {}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device"), "no space left on device"),
        (ValueError("odd"), "ValueError: odd"),
        (ExceptionGroup("several", [MediaError("first"), ValueError()]), "first"),
    ],
)
async def test_any_exception_fails_only_its_step(world: World, error: Exception, words: str) -> None:
    """A full disk, a bug in a plug-in or a failed task group fails the step, with words and no traceback."""
    world.recipe.add("bad", {"prompt": "b"}).add("good", {"prompt": "g"})
    world.recipe.deliver("bad", "bad").deliver("good", "good")
    world.provider.bad["bad"] = error

    outcome = await run(world)

    assert [failure.message for failure in outcome.failures] == [words]
    assert list(outcome.outputs) == ["good"]


async def test_a_failed_instance_is_tried_again_by_the_next_run(world: World) -> None:
    """What failed is run again; what was finished is not."""
    two_shots(world)
    world.provider.bad["restyle/020"] = MediaError("bad luck")
    await run(world)
    world.provider.bad.clear()

    outcome = await run(world)

    assert world.provider.rendered == ["restyle/020"]
    assert outcome.exit_status == 0


async def test_a_slug_stands_for_a_missing_clip(world: World) -> None:
    """With `on_missing = "slug"` the film is cut with a slug, named, and the run does not end well."""
    two_shots(world)
    world.provider.bad["plate/020"] = MediaError("the lens broke")

    outcome = await run(world)

    assert (outcome.exit_status, outcome.missing) == (1, ("restyle/020",))
    assert "slug for restyle/020, 4 s" in (world.folder / "out" / "FLM_film.mp4").read_text()
    assert [event.missing for event in world.of(Delivered)] == [("restyle/020",)]

    world.provider.bad.clear()
    outcome = await run(world)
    assert (outcome.exit_status, outcome.missing) == (0, ())
    assert "slug" not in (world.folder / "out" / "FLM_film.mp4").read_text().replace(
        '"on_missing": "slug"', ""
    )


async def test_a_film_with_the_same_slug_is_not_cut_twice(world: World) -> None:
    """While a clip goes on failing, the film with its slug is reused and still counts as incomplete."""
    two_shots(world)
    world.provider.bad["plate/020"] = MediaError("the lens broke")
    await run(world)

    outcome = await run(world)

    assert world.cut == []
    assert (outcome.exit_status, outcome.missing) == (1, ("restyle/020",))


async def test_a_dropped_clip_is_left_out(world: World) -> None:
    """With `on_missing = "drop"` the film is cut without it, begins with a cut, and the clip is named."""
    two_shots(world)
    parts = clips("restyle/010", "restyle/020", on_missing="drop")
    world.recipe.film(
        "film",
        {
            **parts,
            "clips": [
                {"source": made("restyle/010"), "transition": "fade 1s"},
                {"source": made("restyle/020"), "transition": "dissolve 1s"},
            ],
        },
    )
    world.provider.bad["restyle/010"] = MediaError("the lens broke")

    outcome = await run(world)

    text = (world.folder / "out" / "FLM_film.mp4").read_text()
    assert outcome.missing == ("restyle/010",)
    assert "dissolve" not in text
    assert text.count('"transition": "cut"') == 1


async def test_a_clip_whose_own_sound_is_missing_is_missing(world: World) -> None:
    """A slug takes the place of picture and sound, and is silent."""
    world.recipe.add("plate/010", {"prompt": "a"}).add("restyle/010", {"prompt": "b"}).add(
        "restyle/020", {"prompt": "c"}
    )
    sound = Derived(made("plate/010"), "audio")
    world.recipe.film(
        "film",
        {
            "clips": [
                {"source": made("restyle/010"), "transition": "cut", "sound": sound},
                {"source": made("restyle/020"), "transition": "cut"},
            ],
            "on_missing": "slug",
        },
    ).deliver("film", "film")
    world.provider.bad["plate/010"] = MediaError("silence")

    outcome = await run(world)

    assert outcome.missing == ("restyle/010",)
    assert '"sound"' not in (world.folder / "out" / "FLM_film.mp4").read_text()


@pytest.mark.parametrize("on_missing", ["slug", "drop"])
async def test_a_film_of_nothing_is_not_cut(world: World, on_missing: str) -> None:
    """If every clip is missing the film fails, and says so."""
    world.recipe.add("a", {"prompt": "a"}).film("film", clips("a", on_missing=on_missing)).deliver(
        "film", "film"
    )
    world.provider.bad["a"] = MediaError("no")

    outcome = await run(world)

    assert [failure.message for failure in outcome.failures] == ["no", "every clip of film is missing"]


async def test_a_slug_needs_a_length(world: World) -> None:
    """A clip whose length nobody declared cannot be slugged; the film fails with words that help."""
    world.recipe.add("a", {"prompt": "a"}, seconds=None).add("b", {"prompt": "b"})
    world.recipe.film("film", clips("a", "b", on_missing="slug")).deliver("film", "film")
    world.provider.bad["a"] = MediaError("no")

    outcome = await run(world)

    assert outcome.failures[-1].address == "film"
    assert "length is not declared" in outcome.failures[-1].message


async def test_nothing_is_paid_for_a_slug(world: World) -> None:
    """A film that shows a slug is never the input of a hosted step, not even through a local one."""
    world.recipe.add("a", {"prompt": "a"}).add("b", {"prompt": "b"})
    world.recipe.film("film", clips("a", "b", on_missing="slug")).film("cut", clips("film"))
    world.recipe.add("big", {"input_video": made("cut")}, provider="hosted").deliver("big", "big")
    world.provider.bad["a"] = MediaError("no")

    outcome = await run(world)

    assert world.hosted.jobs == []
    assert outcome.failures[-1].message == "its input shows a slug for a, and nothing is paid for a slug"


async def test_derived_outputs_are_made_once_and_shared(world: World) -> None:
    """A frame that two steps ask for is taken out once, in a run and ever after."""
    frame = Derived(made("plate"), "last_frame")
    world.recipe.add("plate", {"prompt": "p"}).add("a", {"input_image": frame, "prompt": "a"})
    world.recipe.add("b", {"input_image": frame, "prompt": "b"}).deliver("a", "a").deliver("b", "b")
    await run(world)
    world.recipe.add("b", {"input_image": frame, "prompt": "other"})

    await run(world)

    assert world.derived == ["last_frame"]
    assert world.provider.rendered == ["b"]


async def test_a_derived_output_that_fails_fails_who_asked(world: World) -> None:
    """If a frame cannot be taken out, its consumers fail with the reason; the video stays."""
    world.bad_derive = True
    two_shots(world)

    outcome = await run(world)

    assert [(f.address, f.message) for f in outcome.failures] == [
        ("plate/020", "no last_frame can be taken out")
    ]


async def test_a_derived_output_can_be_delivered(world: World) -> None:
    """A frame or sound is delivered with an extension of its own."""
    world.recipe.add("plate", {"prompt": "p"})
    world.recipe.deliver("still", Derived(made("plate"), "first_frame"))
    world.recipe.deliver("sound", Derived(world.file("clip.mp4", "video 2 x"), "audio"))

    first = await run(world)
    second = await run(world)

    assert {path.name for paths in first.outputs.values() for path in paths} == {
        "FLM_still.png",
        "FLM_sound.wav",
    }
    assert second.outputs == first.outputs
    assert sorted(world.derived) == ["audio", "first_frame"]


async def test_a_file_of_the_authors_can_be_delivered(world: World) -> None:
    """An output that a shot supplies is copied out as it is."""
    world.recipe.deliver("clip", world.file("drone.mov", "video 3 drone"))

    outcome = await run(world)
    again = await run(world)

    assert (world.folder / "out" / "FLM_clip.mp4").read_text() == "video 3 drone"
    assert again.outputs == outcome.outputs
    assert [event.changed for event in world.of(Delivered)] == [False]


async def test_a_deliverable_is_a_copy_with_usual_permissions(world: World) -> None:
    """What is delivered may be edited by its user without harm to the store."""
    world.recipe.add("plate", {"prompt": "p"}).deliver("clip", "plate")
    await run(world)
    target = world.folder / "out" / "FLM_clip.mp4"

    assert target.stat().st_nlink == 1
    assert stat.S_IMODE(target.stat().st_mode) & 0o600 == 0o600
    target.write_text("edited")
    outcome = await run(world)

    assert world.provider.jobs == []
    assert target.read_text() != "edited"
    assert outcome.exit_status == 0


async def test_a_deliverable_that_cannot_be_written_is_said(world: World) -> None:
    """A folder in the way fails the delivery with words, and what was made is kept."""
    world.recipe.add("plate", {"prompt": "p"}).deliver("clip", "plate")
    (world.folder / "out" / "FLM_clip.mp4").mkdir(parents=True)

    outcome = await run(world)

    assert outcome.exit_status == 1
    assert outcome.failures[0].message.startswith('the output "clip" could not be delivered: is a directory')
    assert outcome.made == 1
    assert [path.name for path in (world.folder / "out").iterdir()] == ["FLM_clip.mp4"]


async def test_the_wrong_kind_of_media_is_refused(world: World) -> None:
    """A renderer that gives an image where a video is wanted has failed, and nothing is published."""
    world.recipe.add("plate", {"prompt": "p"}).deliver("clip", "plate")
    world.provider.work = lambda job: (job.folder / "still").write_text("image 0 a still")
    world.provider.instead = "still"

    outcome = await run(world)

    assert [f.message for f in outcome.failures] == ["what was made is image (png), and video was asked for"]
    assert list((world.folder / ".reel" / "objects").iterdir()) == []


@pytest.mark.parametrize("name", ["absent", "../../../film.toml", "/etc/hostname"])
async def test_a_result_outside_the_jobs_folder_is_refused(world: World, name: str) -> None:
    """A renderer cannot make reelmake publish a file that is not its own."""
    (world.folder / "film.toml").write_text("video 4 not yours")
    world.recipe.add("plate", {"prompt": "p"}).deliver("clip", "plate")
    world.provider.instead = name

    outcome = await run(world)

    assert "no file of the job" in outcome.failures[0].message


async def test_only_what_is_asked_for_is_run(world: World) -> None:
    """`--only` runs an instance and what it needs, and delivers nothing that needs more."""
    two_shots(world).recipe.deliver("restyle", "restyle/010")

    outcome = await run(world, only=("restyle/010",))

    assert sorted(world.provider.rendered) == ["plate/010", "restyle/010"]
    assert set(outcome.outputs) == {"restyle"}


async def test_a_view_that_breaks_is_dropped(world: World) -> None:
    """A view that raises hears no more, the others do, and the run goes on."""
    heard: list[Event] = []

    def broken(event: Event) -> None:
        heard.append(event)
        raise RuntimeError

    outcome = await two_shots(world).project().run([broken, world.note])

    assert outcome.exit_status == 0
    assert len(heard) == 1
    assert isinstance(world.events[-1], RunFinished)


async def test_an_unavailable_provider_is_refused_before_anything_begins(world: World) -> None:
    """The run ends before a folder is made; where all is there already it is not needed and not asked for."""
    world.recipe.add("a", {"prompt": "a"}, provider="hosted").deliver("a", "a")
    world.hosted.why_not = "hosted rendering is not in this release; reel rehearse shows the film"

    with pytest.raises(UsageError, match="reel rehearse"):
        await run(world)
    assert not (world.folder / ".reel").exists()

    world.hosted.why_not = None
    await run(world)
    world.hosted.why_not = "gone"
    assert (await run(world)).exit_status == 0


async def test_a_local_file_that_changes_during_the_run_is_not_used(world: World) -> None:
    """A file edited after it was counted fails the steps that read it, and the next run takes it as it is."""
    board = world.file("board.png", "image 0 before")
    world.recipe.add("first", {"prompt": "f"}).add(
        "plate", {"input_image": board, "prompt": "p"}, needs=("first",)
    ).deliver("clip", "plate")
    world.provider.work = lambda _: world.file("board.png", "image 0 after!")

    outcome = await run(world)

    assert outcome.failures[0].address == "plate"
    assert "was changed while reelmake was running" in outcome.failures[0].message
    world.provider.work = None
    assert (await run(world)).exit_status == 0
    assert "after!" in (world.folder / "out" / "FLM_clip.mp4").read_text()


async def test_local_files_reach_the_job_as_copies_with_names_that_say_nothing(world: World) -> None:
    """A job reads a private copy named by its digest, and never the user's own file."""
    world.recipe.add("plate", {"input_image": world.file("board.png")}).deliver("clip", "plate")
    await run(world)

    given = world.provider.jobs[0].params["input_image"]
    assert given.path.name == given.digest
    assert given.path != local(world.folder, "board.png").path
    assert given.facts.media == "image"


async def test_a_provider_is_handed_urls_and_local_work_is_not(world: World) -> None:
    """A provider is given the URL as it is; a local step says what to do instead."""
    url = RemoteMedia("https://example.com/board.mp4", "video")
    world.recipe.add("shown", {"input_video": url})
    world.recipe.add("cut", {"input_video": url}, provider=None, uses="trim")
    world.recipe.deliver("shown", "shown").deliver("cut", "cut")

    outcome = await run(world)

    assert [job.params["input_video"] for job in world.provider.jobs] == [url]
    assert [failure.address for failure in outcome.failures] == ["cut"]
    assert "save the file beside the recipe" in outcome.failures[-1].message


async def test_damage_to_a_stored_input_is_repaired_in_the_same_run(world: World) -> None:
    """An object that is damaged is set aside, made anew where that is free, and never used."""
    await run(two_shots(world))
    digest = next(e.digest for e in world.of(InstanceFinished) if e.address == "plate/010")
    stored = world.folder / ".reel" / "objects" / digest[:2] / digest
    before = stored.stat()
    stored.chmod(0o600)
    text = stored.read_bytes()
    stored.write_bytes(bytes(reversed(text)))
    os.utime(stored, ns=(before.st_mtime_ns, before.st_mtime_ns))
    world.recipe.add("restyle/010", {"input_video": made("plate/010"), "prompt": "noir"})

    outcome = await run(world)

    assert outcome.exit_status == 0
    assert world.provider.rendered == ["plate/010", "restyle/010"]
    assert (world.folder / ".reel" / "corrupt" / digest).is_file()


async def test_what_was_paid_for_is_not_made_anew_unasked(world: World) -> None:
    """A damaged object of a hosted provider fails its instance, with words about the price."""
    world.recipe.add("far", {"prompt": "f"}, provider="hosted").add("near", {"input_video": made("far")})
    world.recipe.deliver("near", "near")
    await run(world)
    digest = next(e.digest for e in world.of(InstanceFinished) if e.address == "far")
    stored = world.folder / ".reel" / "objects" / digest[:2] / digest
    stamp = stored.stat().st_mtime_ns
    stored.chmod(0o600)
    stored.write_bytes(b"x" * stored.stat().st_size)
    os.utime(stored, ns=(stamp, stamp))
    world.recipe.add("near", {"input_video": made("far"), "prompt": "edited"})

    outcome = await run(world)

    assert len(world.hosted.jobs) == 1
    assert "costs" in outcome.failures[0].message
    assert world.project().plan().totals.price == world.hosted.cost


@pytest.mark.parametrize("good", range(1, 6))
async def test_a_journal_that_cannot_go_on_ends_the_run(
    world: World, monkeypatch: pytest.MonkeyPatch, good: int
) -> None:
    """A disk that is full for the journal ends the run with words; nobody was told what it does not hold."""
    two_shots(world)
    commits = 0
    real = Journal.commit

    def commit(journal: Journal) -> None:
        nonlocal commits
        commits += 1
        if commits > good:
            raise StoreError("the disk is full")
        real(journal)

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "commit", commit)
        with pytest.raises(StoreError, match="the disk is full"):
            await run(world)

    told = [event.key for event in world.of(InstanceFinished)]
    journal = Journal.read(world.folder / ".reel" / "journal.sqlite")
    assert all(journal.made(key) for key in told)
    journal.close()
    assert list((world.folder / ".reel" / "tmp").iterdir()) == []
    assert (await run(world)).exit_status == 0
    assert not {event.key for event in world.of(InstanceFinished)} & set(told)


async def test_a_store_that_is_full_fails_the_step(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the store cannot take what was made, that step fails and the rest goes on."""
    world.recipe.add("big", {"prompt": "b"}).add("small", {"prompt": "s"})
    world.recipe.deliver("big", "big").deliver("small", "small")
    real = Store.publish

    def publish(store: Store, made_of: Path, scratch: Path) -> tuple[str, int]:
        if '"b"' in made_of.read_text():
            raise StoreError("the store cannot take what was made: no space left on device")
        return real(store, made_of, scratch)

    monkeypatch.setattr(Store, "publish", publish)

    outcome = await run(world)

    assert [failure.address for failure in outcome.failures] == ["big"]
    assert list(outcome.outputs) == ["small"]


async def test_nothing_is_left_behind(world: World) -> None:
    """After a run, failures included, the scratch folder is empty and all that is private is private."""
    two_shots(world)
    world.provider.bad["restyle/020"] = MediaError("no")
    await run(world)

    state = world.folder / ".reel"
    assert list((state / "tmp").iterdir()) == []
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert list(world.folder.rglob("*.part")) == []


async def test_the_state_can_live_elsewhere_and_be_shared(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With REEL_HOME two recipes share what was made, and keep their histories apart."""
    monkeypatch.setenv("REEL_HOME", str(tmp_path / "home"))
    two_shots(world)
    await run(world)
    other = World(tmp_path / "other", clock=world.clock)
    other.folder.mkdir()
    two_shots(other)

    outcome = await run(other)

    assert outcome.reused == 5
    assert other.provider.jobs == []
    assert not (other.folder / ".reel").exists()


async def test_a_film_of_unknown_length_is_settled_when_its_input_is_there(world: World) -> None:
    """A length that follows from an input is a number by the time the job is made."""
    world.recipe.add("plate", {"prompt": "p"}, seconds=None)
    world.recipe.add(
        "restyle",
        {"input_video": made("plate"), "num_frames": Match("input_video", 24.0, 9, 721)},
        seconds=None,
    ).deliver("clip", "restyle")

    await run(world)

    assert world.provider.jobs[-1].params["num_frames"] == 97
    assert world.of(InstanceFailed) == []
    planned = world.project().plan()
    assert planned.totals.film_seconds == Fraction(4)
