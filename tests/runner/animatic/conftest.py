"""Small pictures and a small clip to preview from."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.job import Input
from tests.runner.animatic.stage import Stage, ffmpeg, given


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Where jobs are rendered."""
    return Stage(tmp_path)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of inputs, made once."""
    return tmp_path_factory.mktemp("inputs")


@pytest.fixture(scope="session")
def spot(made: Path) -> Input:
    """A bright square in the middle of a dark picture, with some of the picture to spare above and below."""
    path = made / "spot.png"
    square = "color=0x303030:s=320x240,drawbox=x=140:y=100:w=40:h=40:color=white:t=fill"
    ffmpeg("-f", "lavfi", "-i", square, "-frames:v", "1", path)
    return given(path)


@pytest.fixture(scope="session")
def busy(made: Path) -> Input:
    """A picture with fine detail everywhere."""
    path = made / "busy.png"
    ffmpeg("-f", "lavfi", "-i", "cellauto=s=320x180:rule=110:seed=3:scroll=0:full=1", "-frames:v", "1", path)
    return given(path)


@pytest.fixture(scope="session")
def warm(made: Path) -> Input:
    """A picture that is all of warm colours."""
    path = made / "warm.png"
    ffmpeg("-f", "lavfi", "-i", "gradients=s=320x180:c0=0x401000:c1=0xffc060:seed=1:x0=0:y0=0:x1=319:y1=179",
           "-frames:v", "1", path)  # fmt: skip
    return given(path)


@pytest.fixture(scope="session")
def footage(made: Path) -> Input:
    """Half a second of something moving, at 25 frames a second, with sound."""
    path = made / "footage.mp4"
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=0.6", "-f", "lavfi", "-i", "sine=440:d=0.6:r=48000",
        "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", path,
    )  # fmt: skip
    return given(path)
