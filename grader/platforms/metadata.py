"""Reading what a platform says of a submission; what cannot be read counts as not said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any


def read_object(path: Path) -> Mapping[str, Any]:
    """Return the JSON object in a file; an empty one where there is none."""
    try:
        return as_object(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return {}


def as_object(text: str) -> Mapping[str, Any]:
    """Return the JSON object in a text; an empty one where it is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def moment(value: object) -> datetime | None:
    """Return the moment that an ISO 8601 text or a Unix time says; None where it says none."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value, UTC)
        except (OverflowError, OSError, ValueError):
            return None
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def decimal(text: str | None, otherwise: Fraction) -> Fraction:
    """Return the number in a text, exactly; `otherwise` where there is none."""
    try:
        return Fraction(text.strip()) if text else otherwise
    except (ValueError, ZeroDivisionError):
        return otherwise
