"""The container files: what they start are commands that there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest
import yaml

from grader.cli.serve import command

FOLDER = Path(__file__).parent.parent / "containers"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))


@pytest.mark.parametrize("service", ["server", "worker", "the image"])
def test_what_a_container_starts_is_a_command(service: str):
    if service == "the image":
        text = (FOLDER / "Containerfile").read_text("utf-8")
        found = re.search(r"^CMD (\[.*\])$", text, re.MULTILINE)
        assert found
        words = json.loads(found[1])
    else:
        words = COMPOSE["services"][service]["command"]
    assert words[0] == "serve"
    with command.make_context("serve", words[1:]) as context:  # parsed, not run
        assert isinstance(context, click.Context)
        assert context.params["data"] == Path("/data")
        assert context.params["worker"] is (service == "worker")


def test_what_is_cached_is_kept_with_the_data_where_the_user_can_write():
    text = (FOLDER / "Containerfile").read_text("utf-8")
    [folder] = re.findall(r"^VOLUME (\S+)$", text, re.MULTILINE)
    assert re.search(rf"^ENV XDG_CACHE_HOME={folder}/\w+$", text, re.MULTILINE)
    assert re.search(rf"install -d -o grading -g grading -m 700 {folder}$", text, re.MULTILINE)
    assert "--uid 999 " in text  # docs/server.md says so


def test_nothing_is_reached_but_through_the_proxy_and_no_privileges_are_given():
    for name, service in COMPOSE["services"].items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
        if name != "database":
            assert service["cap_drop"] == ["ALL"]
            assert service["security_opt"] == ["no-new-privileges:true"]
    assert COMPOSE["services"]["server"]["volumes"][1].endswith(":ro")  # the solutions
