"""Films, cut by the real ffmpeg."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import anyio
import pytest

from runner.artifact import MediaFacts
from runner.errors import MediaError
from runner.job import Input, Rendition, Slug
from runner.media.ffmpeg import executable
from runner.media.film import film_of
from runner.media.probe import probe
from runner.media.prove import prove
from runner.media.steps import concat
from tests.runner.media.studio import Studio, hashes, instants, job, lights, source, steps_of, waves

pytestmark = pytest.mark.anyio

TRIALS = max(1, int(6 * float(os.environ.get("REEL_TRIALS", "1"))))


@pytest.mark.parametrize("seed", range(TRIALS))
async def test_any_clips_become_one_even_film(seed: int, studio: Studio, tmp_path: Path) -> None:
    """Clips of every sort make a film of exactly the frames laid out, whole, even, with sound as long."""
    rng = random.Random(seed)
    odd = list(studio.odd().items())
    chosen = [source(path) for name, path in rng.choices(odd, k=rng.randint(2, 5)) if name != "one frame"]
    clips = [
        {"source": clip, "transition": rng.choice(["cut", "dissolve 0.1s", "dissolve 3f", "fade 0.2s"])}
        for clip in [source(studio.odd()["usual"]), *chosen]
    ]
    work = job(
        tmp_path / "job",
        {"clips": clips, "fps": rng.choice([24, 25, 29.97]), "fit": rng.choice(["pad", "crop"])},
    )
    film = film_of(work)

    path = await concat(work)

    times = instants(path)
    facts = probe(path)
    await prove(path, facts)
    assert (film.frames, film.frames) == (len(times), facts.frames)
    assert times[0] == 0
    assert len(steps_of(times)) == 1
    assert len(waves(path)) == film.samples
    assert abs(film.samples - Fraction(48_000 * film.frames) / film.frame.fps) <= 1


async def test_sound_and_picture_stay_together(studio: Studio, tmp_path: Path) -> None:
    """Over twelve clips of four rates, each click sounds within a frame of its flash, and nothing drifts."""
    kinds = [("24000/1001", 44_100), ("25", 48_000), ("30", 22_050), ("24", 32_000)]
    clips = [
        {
            "source": source(
                studio.clapper(f"clap{index % 4}.mp4", fps=kinds[index % 4][0], rate=kinds[index % 4][1])
            ),
            "transition": ["cut", "dissolve 2f", "dissolve 0.1s"][index % 3],
        }
        for index in range(12)
    ]

    path = await concat(job(tmp_path / "job", {"clips": clips, "fps": 24}))

    light = lights(path)
    flashes = [i / 24 for i in range(1, len(light)) if light[i] > 120 >= light[i - 1]]
    loud = [i for i, sample in enumerate(waves(path)) if abs(sample) > 0.2]
    clicks = [at / 48_000 for before, at in zip([-48_000, *loud], loud, strict=False) if at - before > 9600]
    assert (len(flashes), len(clicks)) == (12, 12)
    assert all(abs(click - flash) < 1 / 24 for click, flash in zip(clicks, flashes, strict=True))


async def test_dissolve_mixes_in_equal_steps(studio: Studio, tmp_path: Path) -> None:
    """A dissolve of 5 frames shows a sixth more of the new clip in each, and half of both in the middle."""
    white, black = source(studio.plain("white.mp4", "white")), source(studio.plain("black.mp4", "black"))
    clips = [{"source": white, "transition": "cut"}, {"source": black, "transition": "dissolve 5f"}]

    light = lights(await concat(job(tmp_path / "job", {"clips": clips})))

    assert len(light) == 19
    assert pytest.approx(light[:7], abs=2) == [235.0] * 7
    assert [235 - 219 * k / 6 for k in range(1, 6)] == pytest.approx(light[7:12], abs=4)
    assert pytest.approx(light[12:], abs=2) == [16.0] * 7


@pytest.mark.parametrize(("count", "overlap", "frames"), [(2, 12, 12), (3, 6, 24), (2, 1, 23)])
async def test_clip_may_be_all_dissolve(
    count: int, overlap: int, frames: int, studio: Studio, tmp_path: Path
) -> None:
    """A clip whose two dissolves meet, or that is one dissolve, leaves no frame out and none over."""
    clip = source(studio.plain("white.mp4", "white"))
    clips = [{"source": clip, "transition": f"dissolve {overlap}f"} for _ in range(count)]

    light = lights(await concat(job(tmp_path / "job", {"clips": clips})))

    assert light == pytest.approx([235.0] * frames, abs=1)


async def test_fade_comes_up_from_black_and_shortens_nothing(studio: Studio, tmp_path: Path) -> None:
    """A fade begins in black and silence, ends in the clip, and the film keeps its length."""
    clip = source(studio.moving("usual.mp4"))

    path = await concat(job(tmp_path / "job", {"clips": [{"source": clip, "transition": "fade 6f"}]}))

    light, wave = lights(path), waves(path)
    assert len(light) == 12
    assert light[0] == pytest.approx(16, abs=1)
    assert light[1] < light[3] < light[6]
    assert max(map(abs, wave[:1000])) < 0.05 < max(map(abs, wave[12_000:]))


async def test_the_same_clip_may_return(studio: Studio, tmp_path: Path) -> None:
    """A-B-A is a film of three clips."""
    a, b = source(studio.plain("white.mp4", "white")), source(studio.plain("black.mp4", "black"))

    light = lights(await concat(job(tmp_path / "job", {"clips": [a, b, a]})))

    assert pytest.approx(light, abs=2) == [235.0] * 12 + [16.0] * 12 + [235.0] * 12


async def test_the_same_cut_gives_the_same_bytes(studio: Studio, tmp_path: Path) -> None:
    """Two runs of one cut decode to the same frames and the same sound."""
    clips = [
        {"source": source(studio.odd()[name]), "transition": "dissolve 3f"}
        for name in ("usual", "web", "rotated")
    ]

    first = await concat(job(tmp_path / "1", {"clips": clips, "loudness": -20}))
    second = await concat(job(tmp_path / "2", {"clips": clips, "loudness": -20}))

    assert hashes(first) == hashes(second)
    assert first.read_bytes() == second.read_bytes()


async def test_slug_stands_for_a_missing_clip(studio: Studio, tmp_path: Path) -> None:
    """A slug is black, as long as the clip would have been, bears its address, and is silent."""
    missing = Slug("plate/020", Fraction(1, 2))
    clips = [
        {"source": missing, "transition": "cut"},
        {"source": source(studio.moving("usual.mp4")), "transition": "cut"},
    ]

    path = await concat(job(tmp_path / "job", {"clips": clips, "size": "320x180"}))

    light = lights(path)
    assert len(light) == 24
    assert 16 < light[5] < 40
    assert max(map(abs, waves(path)[:23_000])) < 0.01


async def test_film_of_slugs_alone_can_be_cut(tmp_path: Path) -> None:
    """Where every clip is missing, the film still has its length."""
    path = await concat(
        job(tmp_path / "job", {"clips": [{"source": Slug("a/1", Fraction(1, 4))}], "size": "64x64"})
    )

    assert len(lights(path)) == 6
    assert probe(path).sound is None


async def test_rehearsal_scales_the_size_asked_for(studio: Studio, tmp_path: Path) -> None:
    """In a rehearsal 1920x1080 becomes 160x90 at a short side of 90."""
    params = {"clips": [source(studio.plain("white.mp4", "white"))], "size": "1920x1080"}
    work = job(tmp_path / "job", params, rendition=Rendition(short_side=90), rehearsal=True)

    facts = probe(await concat(work))

    assert (facts.width, facts.height) == (160, 90)


@pytest.mark.parametrize(("fit", "edge"), [("pad", 16), ("crop", 235)])
async def test_another_shape_is_padded_or_cropped(
    fit: str, edge: int, studio: Studio, tmp_path: Path
) -> None:
    """An upright film shows a wide clip between bars, or fills itself with its middle."""
    work = job(
        tmp_path / "job",
        {"clips": [source(studio.plain("white.mp4", "white"))], "size": "90x160", "fit": fit},
    )

    path = await concat(work)

    top = studio.make(
        f"top-{fit}-{tmp_path.parent.name}-{tmp_path.name}.mkv", "-i", path, "-vf", "crop=iw:16:0:0"
    )
    assert lights(top)[0] == pytest.approx(edge, abs=2)


async def test_too_short_clip_says_which(studio: Studio, tmp_path: Path) -> None:
    """A clip shorter than its dissolves is named by its place, with both lengths."""
    clip = source(studio.plain("white.mp4", "white"))
    clips = [{"source": clip, "transition": "cut"}, {"source": clip, "transition": "dissolve 13f"}]

    with pytest.raises(MediaError, match=r"clip 1 of 2 is 12 frames long and its dissolves take 13"):
        await concat(job(tmp_path / "job", {"clips": clips}))


async def test_film_is_never_silently_short(studio: Studio, tmp_path: Path) -> None:
    """Where no frame of a clip can be decoded, there is no film but an error."""
    whole = source(studio.moving("usual.mp4"))
    data = bytearray(whole.path.read_bytes())
    start = data.index(b"mdat") + 4
    end = data.index(b"moov") - 4
    data[start:end] = bytes(end - start)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)

    with pytest.raises(MediaError):
        await concat(job(tmp_path / "job", {"clips": [whole, replace(whole, path=broken)]}))


async def test_a_damaged_clip_is_not_concealed(studio: Studio, tmp_path: Path) -> None:
    """A clip whose parts add up, and whose pictures do not decode, is named, and no film is made of it."""
    whole = studio.moving("whole.mp4", 1.0)
    data = bytearray(whole.read_bytes())
    middle = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 3
    for at in range(middle, middle + 400):
        data[at] ^= 0x5A
    hurt = tmp_path / "hurt.mp4"
    hurt.write_bytes(data)

    with pytest.raises(MediaError, match=r"^clip 2 of 3 could not be read to its end without an error"):
        await concat(job(tmp_path / "job", {"clips": [source(whole), source(hurt), source(whole)]}))


async def test_no_text_enters_the_graph(tmp_path: Path) -> None:
    """An address made to break out of a filter is drawn as it is, and colours nothing."""
    evil = Slug("a',drawbox=c=white:t=fill,drawtext=text='%{pts}:[x]\\\\;", Fraction(1, 4))

    path = await concat(job(tmp_path / "job", {"clips": [{"source": evil}], "size": "320x180"}))

    assert all(light < 40 for light in lights(path))


async def test_cancelled_cut_leaves_no_process(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a cut is cancelled in its middle, the encoder and the clip that feeds it are gone at once."""
    held = tmp_path / "held"
    os.mkfifo(held)
    program = tmp_path / "ffmpeg"
    program.write_text(f'#!/bin/sh\nexec 9>"{held}"\nexec "{executable()}" "$@"\n')
    program.chmod(0o755)
    clips = [source(studio.moving("long.mp4", 8, size="640x360"))] * 4
    work = job(tmp_path / "job", {"clips": clips})
    monkeypatch.setenv("REEL_FFMPEG", str(program))

    reader = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    with anyio.CancelScope() as scope:
        await concat(replace(work, progress=lambda part: scope.cancel() if part > 0.15 else None))
    os.set_blocking(reader, True)

    assert scope.cancelled_caught
    assert os.read(reader, 1) == b""  # It returns when nobody holds the other end any more.
    os.close(reader)


def test_film_is_worked_out_before_anything_is_opened(tmp_path: Path) -> None:
    """Sizes become even, the first clip gives size and rate, and samples follow frames without drift."""
    facts = MediaFacts("video", "mp4", 101, 67, Fraction(24000, 1001), 48, Fraction(1001, 500))
    clips = [Input(tmp_path / "clip", "0", facts)] * 3

    film = film_of(job(tmp_path / "job", {"clips": clips}))

    assert (film.frame.width, film.frame.height, film.frame.fps) == (102, 68, Fraction(24000, 1001))
    assert (film.frames, film.samples, film.sounds) == (144, 288_288, False)
    assert [film.sample(cut.place.start) for cut in film.cuts] == [0, 96_096, 192_192]
