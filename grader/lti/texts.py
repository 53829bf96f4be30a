"""Texts that platforms send: whatever they are, and what people are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_LONGEST_NAME: Final = 200


def printable(value: Any) -> str:
    """Return a text without what no text has; nothing for what is none."""
    return "".join(filter(str.isprintable, value)) if isinstance(value, str) else ""


def full_name(said: Mapping[str, Any]) -> str:
    """Return what somebody is called; nothing where the platform keeps that to itself."""
    parts = (printable(said.get("given_name")), printable(said.get("family_name")))
    return (printable(said.get("name")) or " ".join(filter(None, parts)))[:_LONGEST_NAME]
