"""`bpgrade doctor --server`: whether a server can run on this machine, and does."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.server_folder import named
from grader.language import gettext as _
from grader.language import translated

if TYPE_CHECKING:
    from grader.server.operations.examination import HealthCheck


def look_over(data: Path | None, *, as_json: bool) -> int:
    """Show what is found of a server and its folder; return the exit code."""
    data = named(data)
    from grader.server.operations.examination import examine

    found = []
    for finding in examine(data):
        found.append(finding)
        if not as_json:
            _show(finding)
    holds = all(finding.holds for finding in found)
    if as_json:
        findings = [asdict(finding) for finding in found]
        document = {"schema": "bpgrade-doctor-server/1", "holds": holds, "findings": findings}
        click.echo(json.dumps(document))
    return 0 if holds else 3


def _show(finding: HealthCheck) -> None:
    mark = click.style(_("yes"), "green") if finding.holds else click.style(_("no"), "red")
    click.echo(f"{mark}  {translated(finding.name)}: {translated(finding.told)}")
    if finding.remedy:
        click.echo(f"     -> {translated(finding.remedy)}")
