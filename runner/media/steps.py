"""The local kinds of step, as the engine calls them: a job in, the path of a file in its folder out."""

from __future__ import annotations

from runner.media.control import control_video
from runner.media.cut import cut as concat
from runner.media.frames import frame
from runner.media.trim import trim

__all__ = ["concat", "control_video", "frame", "trim"]
