"""The sound of films: positions, crossfades, replaced sound, beds, gain and loudness."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from runner.media import steps
from runner.media.loudness import Loudness, measure
from runner.media.probe import probe
from tests.runner.media.studio import Studio, ffmpeg, job, source, waves

pytestmark = pytest.mark.anyio


def tone(studio: Studio, seconds: float, level: float, frequency: int = 480) -> Path:
    """A steady tone in stereo, as WAV."""
    wave = f"{level}*sin(2*PI*{frequency}*t)"
    return studio.make(
        f"{frequency}-{level}-{seconds}.wav",
        "-f",
        "lavfi",
        "-i",
        f"aevalsrc='{wave}|{wave}':s=48000:d={seconds}",
        "-c:a",
        "pcm_f32le",
    )


def amplitude(path: Path, start: int, length: int = 4800) -> float:
    """The amplitude of a tone, from its power over a stretch of samples."""
    part = waves(path)[start : start + length]
    return math.sqrt(2 * sum(sample * sample for sample in part) / length)


async def test_sound_of_another_clip_replaces_the_own(studio: Studio, tmp_path: Path) -> None:
    """`sound` is heard in the clip's place, cut where longer, and silence follows where it is shorter."""
    clip = source(studio.moving("usual.mp4"))
    long, short = source(tone(studio, 2, 0.5)), source(tone(studio, 0.2, 0.5))
    clips = [{"source": clip, "transition": "cut", "sound": sound} for sound in (long, short)]

    path = await steps.concat(job(tmp_path / "job", {"clips": clips}))

    assert len(waves(path)) == 48_000
    assert amplitude(path, 12_000) == pytest.approx(0.5, abs=0.02)
    assert amplitude(path, 26_000) == pytest.approx(0.5, abs=0.02)
    assert amplitude(path, 40_000) < 0.005


async def test_mute_and_gain(studio: Studio, tmp_path: Path) -> None:
    """A muted clip is silent, and a gain of -6 dB halves."""
    clip, sound = source(studio.moving("usual.mp4")), source(tone(studio, 2, 0.5))
    clips = [
        {"source": clip, "transition": "cut", "sound": sound, "mute": True},
        {"source": clip, "transition": "cut", "sound": sound, "gain": -6.0206},
    ]

    path = await steps.concat(job(tmp_path / "job", {"clips": clips}))

    assert amplitude(path, 10_000) < 0.005
    assert amplitude(path, 34_000) == pytest.approx(0.25, abs=0.02)


async def test_crossfade_is_where_the_dissolve_is(studio: Studio, tmp_path: Path) -> None:
    """Over a dissolve into silence, a tone falls in a straight line: to half in the middle."""
    clip, sound = source(studio.moving("usual.mp4")), source(tone(studio, 2, 0.6))
    clips = [
        {"source": clip, "transition": "cut", "sound": sound},
        {"source": clip, "transition": "dissolve 6f", "mute": True},
    ]

    path = await steps.concat(job(tmp_path / "job", {"clips": clips}))

    assert amplitude(path, 6000) == pytest.approx(0.6, abs=0.02)
    assert amplitude(path, 18_000 - 480, 960) == pytest.approx(0.3, abs=0.03)
    assert amplitude(path, 25_500) < 0.005


async def test_mono_is_as_loud_on_both_sides(studio: Studio, tmp_path: Path) -> None:
    """A mono sound goes to both channels, and none of its loudness is lost."""
    mono = studio.make("mono.wav", "-i", tone(studio, 2, 0.5), "-af", "pan=mono|c0=c0", "-ar", "44100")
    clips = [{"source": source(studio.moving("usual.mp4")), "transition": "cut", "sound": source(mono)}]

    path = await steps.concat(job(tmp_path / "job", {"clips": clips}))

    for channel in ("c0", "c1"):
        side = studio.make(f"{channel}-{tmp_path.name}.wav", "-i", path, "-af", f"pan=mono|c0={channel}")
        assert amplitude(side, 8000) == pytest.approx(0.5, abs=0.02)


async def test_bed_lies_under_the_whole(studio: Studio, tmp_path: Path) -> None:
    """A bed is heard under every clip, beside the clip's own sound, and ends with the film."""
    clip, bed = source(studio.moving("usual.mp4")), source(tone(studio, 3, 0.3, 960))
    silent = source(studio.plain("white.mp4", "white"))

    path = await steps.concat(job(tmp_path / "job", {"clips": [silent, clip], "bed": bed}))

    assert len(waves(path)) == 48_000
    assert amplitude(path, 10_000) == pytest.approx(0.3, abs=0.02)
    assert amplitude(path, 34_000) > 0.31


async def test_film_without_any_sound_has_no_sound(studio: Studio, tmp_path: Path) -> None:
    """Where nothing sounds, no empty track is made up."""
    path = await steps.concat(job(tmp_path / "job", {"clips": [source(studio.plain("white.mp4", "white"))]}))

    assert probe(path).sound is None


@pytest.mark.parametrize(("level", "target"), [(0.02, -16), (0.5, -23), (0.9, -30)])
async def test_loudness_is_met(level: float, target: float, studio: Studio, tmp_path: Path) -> None:
    """A film is brought to its loudness within half a unit, up or down."""
    sound = source(tone(studio, 2, level))
    clips = [{"source": source(studio.moving("two.mp4", 2)), "transition": "cut", "sound": sound}]

    path = await steps.concat(job(tmp_path / "job", {"clips": clips, "loudness": target}))

    assert (await _measured(path, tmp_path)).integrated == pytest.approx(target, abs=0.5)


async def test_peaks_are_held_while_loudness_is_met(studio: Studio, tmp_path: Path) -> None:
    """Sharp peaks in a quiet sound stay under -1 dBTP, though the gain would take them far above."""
    wave = "0.03*sin(2*PI*300*t)+if(lt(mod(t,0.5),0.002),0.8*sin(2*PI*2000*t),0)"
    peaky = studio.make(
        "peaky.wav", "-f", "lavfi", "-i", f"aevalsrc='{wave}|{wave}':s=48000:d=2", "-c:a", "pcm_f32le"
    )
    clips = [{"source": source(studio.moving("two.mp4", 2)), "transition": "cut", "sound": source(peaky)}]

    path = await steps.concat(job(tmp_path / "job", {"clips": clips, "loudness": -16}))

    found = await _measured(path, tmp_path)
    assert found.integrated == pytest.approx(-16, abs=0.5)
    assert found.peak <= -1


async def test_silence_stays_silence(studio: Studio, tmp_path: Path) -> None:
    """Silence is not raised to any loudness."""
    sound = source(tone(studio, 1, 0))
    clips = [{"source": source(studio.moving("usual.mp4")), "transition": "cut", "sound": sound}]

    path = await steps.concat(job(tmp_path / "job", {"clips": clips, "loudness": -16}))

    assert max(map(abs, waves(path))) < 0.001


async def test_gain_never_clips(studio: Studio, tmp_path: Path) -> None:
    """A gain that would go over the top is held under it."""
    sound = source(tone(studio, 2, 0.5))
    clips = [
        {"source": source(studio.moving("usual.mp4")), "transition": "cut", "sound": sound, "gain": 20.0}
    ]

    path = await steps.concat(job(tmp_path / "job", {"clips": clips}))

    assert max(map(abs, waves(path))) < 1
    assert amplitude(path, 12_000) > 0.7


async def _measured(path: Path, folder: Path) -> Loudness:
    raw = folder / "decoded.f32"
    raw.write_bytes(ffmpeg("-i", path, "-vn", "-ar", "48000", "-ac", "2", "-f", "f32le", "-"))
    return await measure(raw)
