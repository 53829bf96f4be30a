"""The server as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ServerConfig(AppConfig):
    """The one application of the server."""

    name = "grader.server"
    label = "server"
