"""What files are: sniffed, probed, proved, located."""

from __future__ import annotations

import contextlib
import resource
import struct
import zlib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from runner.errors import MediaError
from runner.facts import RecipeFacts
from runner.media import ffmpeg
from runner.media.probe import frame_times, probe
from runner.media.prove import prove
from runner.media.sniff import recognise, sniff
from tests.runner.media.studio import Studio, instants

M3U8 = b"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
FFCONCAT = b"ffconcat version 1.0\nfile /etc/passwd\n"
DASH = b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"></MPD>'
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
HOSTILE = {
    "m3u8": M3U8, "ffconcat": FFCONCAT, "dash": DASH, "svg": SVG, "html": b"<!doctype html><title>x</title>",
    "text": b"once upon a time", "empty": b"", "heic": b"\0\0\0\x18ftypheic\0\0\0\0",
    "utf-16": "﻿#!".encode("utf-16"),
}  # fmt: skip


def png(width: int, height: int) -> bytes:
    """The beginning of a PNG of any size, which is all that a header says."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_media_is_refused(kind: str, tmp_path: Path) -> None:
    """Playlists, manifests, vector pictures and texts called clip.mp4 are not media."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(HOSTILE[kind])

    assert sniff(path) is None
    with pytest.raises(MediaError, match="not an image, video or audio file"):
        probe(path)


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["m3u8", "ffconcat", "dash"])
async def test_forced_demuxer_follows_no_playlist(kind: str, studio: Studio, tmp_path: Path) -> None:
    """Even where a playlist came past the sniffing, ffmpeg opens nothing that it names."""
    canary = studio.plain("white.mp4", "white")
    path = tmp_path / "clip.mp4"
    path.write_bytes(HOSTILE[kind].replace(b"/etc/passwd", bytes(canary)))
    facts = probe(canary)

    with pytest.raises(MediaError) as caught:
        await ffmpeg.run(ffmpeg.output([ffmpeg.source(path, facts)], "-", f="null"))

    assert canary.name not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "media", "container"),
    [
        ("a.png", "image", "png"), ("a.jpg", "image", "jpg"), ("a.gif", "image", "gif"),
        ("a.bmp", "image", "bmp"), ("a.webp", "image", "webp"), ("a.wav", "audio", "wav"),
        ("a.mp3", "audio", "mp3"), ("a.flac", "audio", "flac"), ("a.ogg", "audio", "ogg"),
        ("a.aac", "audio", "aac"), ("a.m4a", "audio", "m4a"), ("a.mp4", "video", "mp4"),
        ("a.mov", "video", "mov"), ("a.mkv", "video", "mkv"), ("a.webm", "video", "webm"),
        ("a.avi", "video", "avi"), ("a.ts", "video", "ts"),
    ],
)  # fmt: skip
def test_media_is_known_by_its_bytes(name: str, media: str, container: str, studio: Studio) -> None:
    """Every container that reelmake opens is known by its first bytes, and its facts are right."""
    part = {"image": ["-frames:v", "1", "-update", "1"], "audio": ["-vn"], "video": []}[media]
    codec = {"webm": ["-c:v", "libvpx"], "webp": ["-c:v", "libwebp"]}.get(container, [])
    clip = studio.moving("usual.mp4")
    path = studio.make(name, "-i", clip, *part, *codec)

    facts = probe(path)

    assert (media, container) == sniff(path)
    assert (media, container) == (facts.media, facts.container)
    assert (facts.width, facts.height) == ((None, None) if media == "audio" else (160, 90))
    if facts.seconds is not None:
        assert float(facts.seconds) == pytest.approx(0.5, abs=0.06)


def test_frames_and_rate_are_exact(studio: Studio) -> None:
    """The number of frames is what a decoder gives, for every sort of clip, and the rate what was meant."""
    rates = {
        "usual": "24",
        "ntsc": "24000/1001",
        "fast": "60",
        "web": "30",
        "silent": "25",
        "fragments": "24",
    }
    for name, path in studio.odd().items():
        facts = probe(path)
        assert (name, len(instants(path))) == (name, facts.frames)
        assert facts.frames == len(frame_times(path, facts))
        if name in rates:
            assert facts.frames is not None
            assert (name, Fraction(rates[name])) == (name, facts.fps)
            assert facts.seconds == facts.frames / Fraction(rates[name])


def test_size_is_as_shown(studio: Studio) -> None:
    """A camera's rotation and pixels that are not square are part of the size."""
    rotated, wide = probe(studio.odd()["rotated"]), probe(studio.odd()["wide pixels"])

    assert (rotated.width, rotated.height) == (90, 160)
    assert (wide.width, wide.height) == (160, 90)


def test_photograph_taken_upright_is_upright(studio: Studio, tmp_path: Path) -> None:
    """A JPEG whose camera noted that it stood on its side is as wide as it is shown."""
    data = studio.make(
        "p.jpg", "-i", studio.moving("usual.mp4"), "-frames:v", "1", "-update", "1"
    ).read_bytes()
    tags = struct.pack(">HHHIHH", 1, 0x0112, 3, 1, 6, 0)
    exif = b"Exif\0\0MM\0*" + struct.pack(">I", 8) + tags + bytes(4)
    path = tmp_path / "upright.jpg"
    path.write_bytes(data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:])

    assert (probe(path).width, probe(path).height) == (90, 160)


def test_sound_is_counted(studio: Studio) -> None:
    """Samples are those of the sound that was put in, without what an encoder adds."""
    clip, wave = (
        probe(studio.moving("usual.mp4")),
        probe(studio.make("a.wav", "-i", studio.moving("usual.mp4"))),
    )

    assert clip.sound is not None
    assert wave.sound is not None
    assert (clip.sound.sample_rate, clip.sound.channels, clip.sound.samples) == (44_100, 1, 22_050)
    assert wave.sound.samples == 22_050
    assert wave.seconds == Fraction(1, 2)


def test_bombs_are_refused_by_their_header(tmp_path: Path) -> None:
    """A picture too large to open is refused before memory is spent on it."""
    path = tmp_path / "bomb.png"
    path.write_bytes(png(50_000, 50_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(
        MediaError, match=r"50000 x 50000 pixels; reelmake opens pictures of up to 40 megapixels"
    ):
        probe(path)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.anyio
async def test_bombs_are_refused_by_ffmpeg_too(studio: Studio) -> None:
    """A picture that is larger than its facts say is not decoded."""
    bomb = studio.make(
        "bomb.png", "-f", "lavfi", "-i", "color=red:s=8192x8192", "-frames:v", "1", "-update", "1"
    )
    facts = probe(studio.make("a.png", "-i", studio.moving("usual.mp4"), "-frames:v", "1", "-update", "1"))

    with pytest.raises(MediaError):
        await ffmpeg.run(ffmpeg.output([ffmpeg.source(bomb, facts)], "-", f="null", xerror=None))


@pytest.mark.parametrize(
    "head", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8X", png(0, 4)]
)
def test_cut_header_is_words(head: bytes, tmp_path: Path) -> None:
    """A still whose header is cut short or senseless is an error in words."""
    path = tmp_path / "still"
    path.write_bytes(head)

    with pytest.raises(MediaError, match="is not a whole"):
        probe(path)


@pytest.mark.anyio
async def test_truncated_faststart_is_noticed(studio: Studio, tmp_path: Path) -> None:
    """An MP4 with its index in front is refused wherever it is cut, though it would play; whole it passes."""
    path = studio.make("front.mp4", "-i", studio.moving("usual.mp4"), "-c", "copy", "-movflags", "+faststart")
    data = path.read_bytes()
    await prove(path, probe(path))

    for part in (0.3, 0.9, 0.999):
        cut = tmp_path / f"{part}.mp4"
        cut.write_bytes(data[: int(len(data) * part)])
        with pytest.raises(MediaError, match="cut short"):
            await prove(cut, probe(path))
        with pytest.raises(MediaError, match="cut short"):
            probe(cut)


@pytest.mark.anyio
async def test_damage_within_is_noticed(studio: Studio, tmp_path: Path) -> None:
    """A file whose boxes add up but whose data are damaged does not pass a strict decode."""
    path = studio.moving("usual.mp4")
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 400
    data[start : start + 2000] = b"\x55" * 2000
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(data)

    with pytest.raises(MediaError):
        await prove(damaged, probe(path))


def test_bytes_at_random_are_never_a_traceback(studio: Studio, tmp_path: Path) -> None:
    """A damaged file is probed or refused in words."""
    path = tmp_path / "damaged.mp4"
    data = studio.moving("usual.mp4").read_bytes()
    index = data.index(b"moov")
    for at in range(index, len(data), 37):
        path.write_bytes(data[:at] + b"\xff\xff\xff" + data[at + 3 :])
        with contextlib.suppress(MediaError):
            assert probe(path).seconds


def test_first_bytes_of_all_zero_or_noise_are_nothing() -> None:
    """No short run of one byte is taken for media."""
    assert [byte for byte in range(256) if recognise(bytes([byte]) * 64)] == []


def test_files_are_found_under_the_roots(studio: Studio, tmp_path: Path) -> None:
    """A path is found under the folder or an allowed root, and says why where it is not."""
    folder, other = tmp_path / "recipe", tmp_path / "other"
    (folder / "sub").mkdir(parents=True)
    other.mkdir()
    clip = studio.moving("usual.mp4").read_bytes()
    (folder / "clip").write_bytes(clip)
    (other / "clip").write_bytes(clip)
    (folder / "notes.mp4").write_text("no film")
    (folder / "link").symlink_to(other / "clip")
    (folder / "ring").symlink_to(folder / "ring")
    facts, wider = RecipeFacts((), probe=False), RecipeFacts((other,), probe=True)

    found = facts.locate(folder, "sub/../clip")

    assert not isinstance(found, str)
    assert (found.path, found.media) == ((folder / "clip").resolve(), "video")
    assert [
        facts.locate(folder, text) for text in ("../other/clip", str(other / "clip"), "link", "../other/none")
    ] == ["outside"] * 4
    assert [facts.locate(folder, text) for text in ("none", "ring", "a\0b", "x" * 5000)] == ["missing"] * 4
    assert [facts.locate(folder, text) for text in ("notes.mp4", "sub", ".")] == ["not_media"] * 3
    assert not isinstance(wider.locate(folder, "link"), str)
    assert facts.length(found.path) is None
    assert wider.length(found.path) == Fraction(1, 2)
    assert wider.length(folder / "notes.mp4") is None


def test_lengths_of_stills_are_none(tmp_path: Path) -> None:
    """A still lasts no time that could be counted."""
    path = tmp_path / "a.png"
    path.write_bytes(png(4, 4))

    assert replace(RecipeFacts((), probe=True)).length(path) is None
