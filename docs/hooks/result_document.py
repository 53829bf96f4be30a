"""Writes the tables of the result document's fields from its JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SCHEMA = Path(__file__).parent.parent / "result.schema.json"
_PLACE = "<!-- fields: {} -->"
_WORDS = {"integer": "whole number", "null": "nothing (`null`)", "string": "text"}


def on_page_markdown(markdown: str, page: Any, **_: object) -> str:
    """Put a table for each part of the document where the page says so."""
    if page.file.src_uri != "result.md":
        return markdown
    schema = json.loads(_SCHEMA.read_text("utf-8"))
    for name, part in {"document": schema, **schema["$defs"]}.items():
        if "properties" in part:
            table = "\n".join(_table(part["properties"], schema["$defs"]))
            place = _PLACE.format(name)
            if place not in markdown:
                raise ValueError(f"result.md has no place for the fields of {name}: {place}")
            markdown = markdown.replace(place, table)
    return markdown


def _table(properties: dict[str, Any], parts: dict[str, Any]) -> Iterator[str]:
    yield "| field | holds | |"
    yield "| --- | --- | --- |"
    for name, field in properties.items():
        text = field.get("description") or parts[_part(field)]["description"]
        if "examples" in field:
            text += f" Example: `{field['examples'][0]}`."
        yield f"| `{name}` | {_kind(field, parts)} | {text} |"


def _kind(field: dict[str, Any], parts: dict[str, Any]) -> str:
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "$ref" in field:
        part = _part(field)
        inner = parts[part]
        return f"[{part}](#{part})" if "properties" in inner else _words(inner["type"])
    if field["type"] == "array":
        return f"list of {_kind(field['items'], parts)}"
    return _words(field["type"])


def _part(field: dict[str, Any]) -> str:
    name: str = field.get("$ref", field.get("items", {}).get("$ref", "")).rpartition("/")[2]
    return name


def _words(kinds: str | list[str]) -> str:
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " or ".join(_WORDS.get(kind, kind) for kind in kinds)
