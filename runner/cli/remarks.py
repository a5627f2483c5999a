"""Warnings and notes beside other output: on standard error, so that what was asked for stays clean."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import rich_click as click

from dsl.diagnostics import Diagnostic
from runner.cli.ending import colour


def remark(findings: Sequence[Diagnostic], sources: Mapping[str, str]) -> None:
    """Print warnings with their pictures; notes are left to `reel check`."""
    from runner.views.findings import pictures

    warnings = [finding for finding in findings if finding.severity == "warning"]
    if warnings:
        click.echo(pictures(warnings, sources, colour=colour(sys.stderr)) + "\n", err=True)
