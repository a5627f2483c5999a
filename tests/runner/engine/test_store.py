"""The store: complete or not there, damage noticed, nothing left behind."""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from pathlib import Path

import pytest

from runner import copying
from runner.artifact import Artifact, MediaFacts
from runner.copying import copy
from runner.errors import StoreError
from runner.state import create
from runner.store import Store


@pytest.fixture
def root(tmp_path: Path) -> Path:
    create(tmp_path / ".reel")
    return tmp_path / ".reel"


def publish(root: Path, text: bytes = b"a clip") -> Artifact:
    made = root / "tmp" / "made"
    made.write_bytes(text)
    digest, size = Store(root).publish(made, root / "tmp")
    return Artifact(digest, size, MediaFacts("video", "mp4"))


def stored(root: Path, artifact: Artifact) -> Path:
    return root / "objects" / artifact.digest[:2] / artifact.digest


def test_an_object_is_named_by_its_digest_and_read_only(root: Path) -> None:
    """What is published lies under its digest, complete, read-only, and the original stays."""
    artifact = publish(root)

    path = stored(root, artifact)
    assert path.read_bytes() == b"a clip"
    assert artifact.digest == sha256(b"a clip").hexdigest()
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert (root / "tmp" / "made").exists()
    assert list(root.rglob("*.part")) == []


def test_publishing_twice_is_harmless(root: Path) -> None:
    """The same bytes are the same object."""
    assert publish(root) == publish(root)
    assert len(list((root / "objects").glob("*/*"))) == 1


def test_publishing_heals_a_damaged_object(root: Path) -> None:
    """Bytes made anew replace a damaged object of their digest."""
    artifact = publish(root)
    stored(root, artifact).chmod(0o600)
    stored(root, artifact).write_bytes(b"damage")

    publish(root)

    assert Store(root).path(artifact.digest) == stored(root, artifact)


def test_damage_is_noticed_when_the_bytes_are_read(root: Path) -> None:
    """An object with one bit turned and its times kept is set aside, and counts as missing."""
    artifact = publish(root)
    path = stored(root, artifact)
    before = path.stat()
    path.chmod(0o600)
    path.write_bytes(b"b clip")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    store = Store(root)
    assert store.present(artifact)

    assert store.path(artifact.digest) is None

    assert not store.present(artifact)
    assert (root / "corrupt" / artifact.digest).read_bytes() == b"b clip"


def test_looking_only_moves_nothing(root: Path) -> None:
    """A store opened to look treats damage as missing, and leaves it where it is."""
    artifact = publish(root)
    stored(root, artifact).chmod(0o600)
    stored(root, artifact).write_bytes(b"b clip")
    store = Store(root, writable=False)

    assert not store.present(artifact)
    assert store.path(artifact.digest) is None
    assert stored(root, artifact).exists()


def test_bytes_are_verified_once_a_process(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second read of an object hashes nothing."""
    artifact = publish(root)
    store = Store(root)
    assert store.verified(artifact.digest) is None
    assert store.path(artifact.digest)
    monkeypatch.setattr("runner.store.digest", lambda _: pytest.fail("hashed again"))

    assert store.path(artifact.digest) == store.verified(artifact.digest)


def test_absent_is_absent(root: Path) -> None:
    """What was never published is not there, in whatever way one asks."""
    artifact = Artifact("00" * 32, 1, MediaFacts("video", "mp4"))

    assert not Store(root).present(artifact)
    assert Store(root).path(artifact.digest) is None


@pytest.mark.parametrize("error", [28, 122, 27], ids=["ENOSPC", "EDQUOT", "EFBIG"])
def test_a_full_disk_is_said_and_leaves_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    """When writing fails half-way, words come out, and neither object nor part remains."""
    written = 0

    def write(_: int, block: memoryview) -> int:
        nonlocal written
        if written:
            raise OSError(error, os.strerror(error))
        written = 3
        return min(3, len(block))

    monkeypatch.setattr(os, "write", write)
    monkeypatch.setattr(copying, "_clone", lambda *_: None)

    with pytest.raises(StoreError, match="the store cannot take what was made"):
        publish(root)

    assert list((root / "objects").glob("*/*")) == []
    assert list(root.rglob("*.part")) == []


def test_short_writes_are_completed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system may take a block in pieces; the copy and its digest are whole all the same."""
    real = os.write
    monkeypatch.setattr(os, "write", lambda file, block: real(file, block[:2]))
    monkeypatch.setattr(copying, "_clone", lambda *_: None)

    artifact = publish(root, b"a longer clip")

    assert stored(root, artifact).read_bytes() == b"a longer clip"
    assert artifact.digest == sha256(b"a longer clip").hexdigest()


def test_a_copy_never_overwrites_or_follows(tmp_path: Path) -> None:
    """A target that exists, or a source that is a link, is refused."""
    source, target, link = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    source.write_text("x")
    target.write_text("mine")
    link.symlink_to(source)

    with pytest.raises(FileExistsError):
        copy(source, target)
    with pytest.raises(OSError, match="symbolic links"):
        copy(link, tmp_path / "d")

    assert target.read_text() == "mine"
    assert not (tmp_path / "d").exists()
