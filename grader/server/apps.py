"""The server as Django knows it."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ServerConfig(AppConfig):
    """The one application of the server."""

    name = "grader.server"
    label = "server"

    def import_models(self) -> None:
        """Take in the models of every folder of the server."""
        super().import_models()
        import_module("grader.server.lti.models")
