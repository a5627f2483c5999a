"""What the ffmpeg at hand can do, so that what it lacks is found before any money is spent."""

from __future__ import annotations

import re
import subprocess
from functools import cache

from runner.errors import MediaError
from runner.media.ffmpeg import environment, executable

FILTERS = frozenset({
    "afade", "aformat", "alimiter", "amix", "anullsrc", "apad", "aresample", "asetpts", "atrim", "color",
    "crop", "drawtext", "ebur128", "edgedetect", "fade", "format", "fps", "gblur", "lut", "pad", "scale",
    "setparams", "setpts", "setsar", "sidedata", "split", "tpad", "trim", "volume", "xfade",
})  # fmt: skip
ENCODERS = frozenset({"libx264", "aac", "png", "pcm_s16le", "pcm_f32le", "rawvideo"})


def version() -> str:
    """The version of ffmpeg, such as `9.0.2`, as it names itself.

    Raises:
        MediaError: If ffmpeg is missing or does not run.
    """
    found = re.match(r"ffmpeg version (\S+)", _ask(executable(), "-version"))
    return found[1] if found else "unknown"


def has_filter(name: str) -> bool:
    """Whether ffmpeg has a filter. Raises MediaError as `version`."""
    return name in _listed(executable(), "-filters")


def has_encoder(name: str) -> bool:
    """Whether ffmpeg has an encoder. Raises MediaError as `version`."""
    return name in _listed(executable(), "-encoders")


def missing() -> tuple[str, ...]:
    """The filters and encoders that reelmake uses and this ffmpeg lacks. Raises MediaError as `version`."""
    filters = (f"filter {name}" for name in sorted(FILTERS) if not has_filter(name))
    encoders = (f"encoder {name}" for name in sorted(ENCODERS) if not has_encoder(name))
    return (*filters, *encoders)


@cache
def _listed(program: str, what: str) -> frozenset[str]:
    # A row is flags, a name, and words about it: " T.. xfade   VV->V   Cross fade one video with another".
    return frozenset(re.findall(r"^ [A-Z.|]{2,7} +(\w+) ", _ask(program, what), re.MULTILINE))


@cache
def _ask(program: str, what: str) -> str:
    try:
        answer = subprocess.run(
            [program, "-hide_banner", "-nostdin", what],
            capture_output=True, check=True, timeout=30, env=environment(), stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise MediaError(f'the ffmpeg at "{program}" does not run: {error}') from error
    return answer.stdout.decode(errors="replace")
