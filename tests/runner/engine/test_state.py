"""State folder, locks, scratch folders, local files, and the clock's virtual twin."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from runner.clock import RealClock, VirtualClock
from runner.copying import digest
from runner.delivery import deliver
from runner.errors import BusyError, MediaError, StoreError, UsageError
from runner.localfiles import LocalFiles, snapshot
from runner.locks import reading_lock, run_lock, store_lock
from runner.project import RunOptions
from runner.state import create, scratch, state_folder
from tests.runner.engine.fakes import World


def test_the_state_lies_beside_the_recipe_or_where_the_user_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`.reel` beside the recipe, unless REEL_HOME names another folder."""
    monkeypatch.delenv("REEL_HOME", raising=False)
    assert state_folder(tmp_path / "film.toml") == tmp_path / ".reel"
    monkeypatch.setenv("REEL_HOME", "elsewhere")
    assert state_folder(tmp_path / "film.toml") == Path.cwd() / "elsewhere"


def test_a_state_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A file in the way is named, with the way out."""
    (tmp_path / ".reel").write_text("in the way")

    with pytest.raises(StoreError, match="set REEL_HOME"):
        create(tmp_path / ".reel")


def test_one_run_a_recipe(tmp_path: Path) -> None:
    """Whoever comes second is told at once which process runs the recipe; another recipe is free."""
    recipe = tmp_path / "film.toml"
    with run_lock(tmp_path, recipe):
        with pytest.raises(BusyError, match=f"film.toml is being run by process {os.getpid()} already"):
            run_lock(tmp_path, recipe).__enter__()
        with run_lock(tmp_path, tmp_path / "other.toml"):
            pass
    with run_lock(tmp_path, recipe):
        pass


def test_a_lock_dies_with_its_owner(tmp_path: Path) -> None:
    """A killed process leaves no lock behind."""
    code = (
        "import os, signal, sys; from pathlib import Path; from runner.locks import run_lock\n"
        "with run_lock(Path(sys.argv[1]), Path(sys.argv[1]) / 'film.toml'):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code, tmp_path], cwd=root, check=False).returncode == -9

    with run_lock(tmp_path, tmp_path / "film.toml"):
        pass


def test_what_a_dying_process_held_is_waited_for(tmp_path: Path) -> None:
    """A child of a killed run may hold its lock for a moment more; a child that never lets go is an error."""
    recipe = tmp_path / "film.toml"
    with run_lock(tmp_path, recipe):
        pass
    [lock] = tmp_path.glob("*.lock")
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    lock.write_text(f"{gone.pid}\n")
    descriptor = os.open(lock, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)

    with pytest.raises(BusyError):
        run_lock(tmp_path, recipe, pause=lambda: None).__enter__()
    with run_lock(tmp_path, recipe, pause=lambda: fcntl.flock(descriptor, fcntl.LOCK_UN)):
        assert lock.read_text() == f"{os.getpid()}\n"
    os.close(descriptor)


def test_the_store_is_shared_by_runs_and_plans(tmp_path: Path) -> None:
    """Runs and plans go side by side; while somebody clears the store up, both are refused."""
    with reading_lock(tmp_path):
        assert list(tmp_path.iterdir()) == []
    with store_lock(tmp_path), store_lock(tmp_path), reading_lock(tmp_path):
        pass
    descriptor = os.open(tmp_path / "store.lock", os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)

    with pytest.raises(BusyError, match="cleared up"):
        store_lock(tmp_path).__enter__()
    with pytest.raises(BusyError, match="cleared up"):
        reading_lock(tmp_path).__enter__()
    os.close(descriptor)


def test_a_lock_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A folder of locks that is gone comes out as words."""
    with pytest.raises(StoreError, match="cannot be opened"):
        store_lock(tmp_path / "gone").__enter__()


def test_scratch_folders_of_the_dead_are_cleared_and_of_the_living_not(tmp_path: Path) -> None:
    """A new run removes what killed runs left behind, and leaves alone what somebody holds."""
    create(tmp_path)
    dead = tmp_path / "tmp" / "dead"
    dead.mkdir()
    (dead / "half.part").write_text("half")
    (dead / "lock").touch()

    with scratch(tmp_path, "first") as first:
        assert not dead.exists()
        with scratch(tmp_path, "second") as second:
            assert first.is_dir()
            assert second.is_dir()
        assert not second.exists()
    assert not first.exists()


def test_a_scratch_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A name that is taken by a living run is an error with words."""
    create(tmp_path)
    with scratch(tmp_path, "run"), pytest.raises(StoreError, match="cannot be made"):
        scratch(tmp_path, "run").__enter__()


def test_a_local_file_is_read_again_when_it_changed(tmp_path: Path) -> None:
    """The digest is kept as long as the file is the same, and no longer."""
    path, files = tmp_path / "board.png", LocalFiles()
    path.write_text("one")
    first = files.digest(path)
    assert first == digest(path)
    assert files.digest(path) == first

    path.write_text("other")
    assert files.digest(path) == digest(path) != first


def test_a_snapshot_is_of_the_file_that_was_counted(tmp_path: Path) -> None:
    """A file that changed or went away is refused, and no copy is left."""
    path, target = tmp_path / "board.png", tmp_path / "copy"
    path.write_text("one")
    wanted = digest(path)[0]
    snapshot(path, wanted, target)
    assert target.read_text() == "one"
    target.unlink()

    path.write_text("two")
    with pytest.raises(MediaError, match="was changed while"):
        snapshot(path, wanted, target)
    path.unlink()
    with pytest.raises(MediaError, match="is gone"):
        snapshot(path, wanted, target)
    assert not target.exists()


def test_a_delivery_checks_what_it_copies(tmp_path: Path) -> None:
    """Bytes that are not what their digest says are not delivered, and what lay there stays."""
    source, target = tmp_path / "object", tmp_path / "out" / "film.mp4"
    source.write_text("good")
    wanted = digest(source)[0]
    assert deliver(source, wanted, target, mode=0o644).changed
    assert not deliver(source, wanted, target, mode=0o644).changed
    source.write_text("damaged")

    with pytest.raises(MediaError, match="was damaged"):
        deliver(source, "00" * 32, target, mode=0o644)

    assert target.read_text() == "good"
    assert [path.name for path in target.parent.iterdir()] == ["film.mp4"]


def test_a_link_in_the_way_is_replaced_and_not_followed(tmp_path: Path) -> None:
    """A deliverable never writes through a link that lies under its name."""
    source, target, victim = tmp_path / "object", tmp_path / "film.mp4", tmp_path / "victim"
    source.write_text("film")
    victim.write_text("mine")
    target.symlink_to(victim)

    deliver(source, digest(source)[0], target, mode=0o644)

    assert victim.read_text() == "mine"
    assert not target.is_symlink()


@pytest.mark.parametrize("options", [RunOptions(jobs=0), RunOptions(local_jobs=0)])
def test_at_least_one_job_must_be_allowed(world: World, options: RunOptions) -> None:
    """A run in which nothing may run is refused."""
    with pytest.raises(UsageError, match="at least one job"):
        world.project(options)


@pytest.mark.anyio
async def test_a_recipe_that_is_running_is_refused(world: World) -> None:
    """A second run of the same recipe ends at once, and leaves the first in peace."""
    world.recipe.add("a", {"prompt": "a"}).deliver("a", "a")
    create(world.folder / ".reel")

    with run_lock(world.folder / ".reel" / "locks", world.folder / "film.toml"), pytest.raises(BusyError):
        await world.project().run()

    assert world.provider.jobs == []


@pytest.mark.anyio
async def test_virtual_time_jumps_from_sleeper_to_sleeper() -> None:
    """Hours pass at once, in order, and everybody wakes at their own moment."""
    clock = VirtualClock()
    woken: list[tuple[str, float]] = []

    async def sleep(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.elapsed()))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(clock.drive)
        async with anyio.create_task_group() as sleepers:
            for name, seconds in (("b", 7200.0), ("a", 60.0), ("c", 7200.0), ("now", 0.0)):
                sleepers.start_soon(sleep, name, seconds)
        tasks.cancel_scope.cancel()

    assert [seconds for _, seconds in woken] == [0.0, 60.0, 7200.0, 7200.0]
    assert [name for name, _ in woken[:2]] == ["now", "a"]
    assert (clock.now() - VirtualClock().now()).total_seconds() == 7200


@pytest.mark.anyio
async def test_the_real_clock_goes_on() -> None:
    """The machine's clock tells UTC, never goes back, and lets time pass."""
    clock = RealClock()
    before = clock.elapsed()

    await clock.sleep(0)

    assert clock.elapsed() >= before
    assert clock.now().utcoffset() is not None
