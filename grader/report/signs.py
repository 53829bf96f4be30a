"""Text for an output that cannot hold every sign: the nearest that it can hold."""

from __future__ import annotations

import unicodedata
from typing import Final

# What task texts and reports draw and write with; letters lose their accents by themselves.
_NEAREST: Final = {
    **dict.fromkeys("─━═┄‐‑‒–—−", "-"),
    **dict.fromkeys("│┃║", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼", "+"),
    **dict.fromkeys("‘’‚′", "'"),
    **dict.fromkeys("“”„″", '"'),
    **dict.fromkeys("·•∙", "-"),
    **{"╱": "/", "╲": "\\", "╳": "X", "…": "...", "×": "x", "→": "->", "←": "<-", "⇒": "=>"},
    **{"≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "±": "+/-", "√": "sqrt", "∞": "infinity"},
    **{"Σ": "sum", "∑": "sum", "Δ": "Delta", "δ": "delta", "σ": "sigma", "π": "pi", "ε": "epsilon"},
    **{"∂": "d", "∇": "nabla", "✓": "+", "✗": "x", "○": "o", "\u00a0": " "},
}


def with_signs_of(text: str, encoding: str) -> str:
    r"""Return `text` with each sign that `encoding` lacks as the nearest that it has.

    What has none is spelled as an escape.

    Examples
    --------
    >>> with_signs_of("x ─w1─ y … naïve ⟂", "ascii")
    'x -w1- y ... naive \\u27c2'
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = "".join(_nearest(character, encoding) for character in text)
    return text


def _nearest(character: str, encoding: str) -> str:
    for candidate in (character, _NEAREST.get(character, ""), _bare(character)):
        try:
            candidate.encode(encoding)
        except UnicodeEncodeError:
            continue
        if candidate:
            return candidate
    return character.encode("ascii", "backslashreplace").decode("ascii")


def _bare(character: str) -> str:
    parts = unicodedata.normalize("NFKD", character)
    return "".join(part for part in parts if not unicodedata.combining(part))
