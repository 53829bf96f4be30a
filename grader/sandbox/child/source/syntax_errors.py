"""Saying what stands where Python cannot read a file: what it is, and what to type instead."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import Final

_CONFLICT: Final = re.compile(r"^(<{7}|={7}|>{7}|\|{7})(?: |$)", re.MULTILINE)
_FENCE: Final = re.compile(r"^[ \t]*(```|~~~)", re.MULTILINE)
_PROMPT: Final = re.compile(r"^[ \t]*(>>>|In \[\d+\]:)", re.MULTILINE)
_TRACEBACK: Final = re.compile(r"^Traceback \(most recent call last\):", re.MULTILINE)
_HTML: Final = re.compile(r"\s*<(?:!doctype|html|\?xml)", re.IGNORECASE)
_INSTEAD: Final = {
    **dict.fromkeys("“”„‟«»＂″", '"'),
    **dict.fromkeys("‘’‚‛‹›＇′", "'"),
    **dict.fromkeys("–—−‒―﹣－", "-"),
    **dict.fromkeys("×∗⋅·✕＊", "*"),
    **dict.fromkeys("÷∕／", "/"),
    **{"，": ",", "、": ",", "：": ":", "；": ";", "。": ".", "．": ".", "…": "..."},
    **{"（": "(", "）": ")", "［": "[", "］": "]", "【": "[", "】": "]", "｛": "{", "｝": "}"},
    **{"＝": "=", "＋": "+", "＜": "<", "＞": ">", "≤": "<=", "≥": ">=", "≠": "!=", "＃": "#"},
    **{"％": "%", "＠": "@", "｜": "|", "＆": "&", "！": "!", "～": "~", "＾": "^", "²": "**2"},
}
_CODE: Final = re.compile(
    r"\s*(?:@\w|(?:async +def|def|class|import|from|return|if|for|while|with|try|print)\b"
    r"|[\w.\[\], ]+(?:=|\())"
)
_SENTENCE: Final = re.compile(r"\s*(?:[-*] +)?\w+(?:['’]\w+)?,? +[\w`*'’]+")
_NEWER: Final = (
    ((3, 14), re.compile(r"\b[tT][\"']"), "a t-string"),
    ((3, 14), re.compile(r"^\s*except\s+\w[\w.]*\s*,\s*\w[\w.]*\s*:"), "`except` without brackets"),
    (
        (3, 13),
        re.compile(r"^\s*(?:def|class|type)\s+\w+\s*\[[^\]]*="),
        "a default of a type",
    ),
    ((3, 12), re.compile(r"^\s*type\s+\w+\s*(?:\[.*\])?\s*="), "a `type` statement"),
    ((3, 12), re.compile(r"^\s*(?:async\s+def|def|class)\s+\w+\s*\["), "type parameters"),
    (
        (3, 12),
        re.compile(r"\b(?:[rR]?[fF]|[fF][rR])[\"']"),
        "such a quote in an f-string",
    ),
)


def explain(error: SyntaxError, source: str) -> str:
    """Return what is wrong where it can be told, in one or two sentences; else nothing."""
    line = error.lineno or 0
    lines = source.split("\n")
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return (
        _whole(source, line)
        or _odd_character(error, lines)
        or _newer(error, text)
        or _tabs(error, text)
    )


def _whole(source: str, line: int) -> str:
    """Return what a source is that is not, or not only, a program."""
    if _HTML.match(source):
        return "This is a web page, no program: save the code itself, as plain text."
    if (found := _CONFLICT.search(source)) and source.count(found[1]) < 20:
        return (
            f"Line {_line_of(source, found)} is a mark of a conflict that git could not resolve"
            f" (`{found[1]}`): keep one of the versions, and delete the lines with the marks."
        )
    if found := _FENCE.search(source):
        return (
            f"Line {_line_of(source, found)} is a mark of Markdown (`{found[1]}`): delete it, and"
            " what is no code around it."
        )
    if (found := _TRACEBACK.search(source)) and _line_of(source, found) <= line + 1:
        return f"Line {_line_of(source, found)} begins an error message that was pasted: delete it."
    if found := _PROMPT.search(source):
        return (
            f"Line {_line_of(source, found)} has a prompt (`{found[1]}`) that was pasted from a"
            " console: delete the prompts, and the answers below them."
        )
    if _is_text(source):
        return "This is text, no program: keep only the code in this file."
    return ""


def _is_text(source: str) -> bool:
    """Return whether no line of a source looks like a program's, and some are sentences."""
    lines = [line for line in source.splitlines() if line.strip() and line.lstrip()[0] != "#"]
    return any(map(_SENTENCE.match, lines)) and not any(map(_CODE.match, lines))


def _line_of(source: str, found: re.Match[str]) -> int:
    return source.count("\n", 0, found.start(1) if found.re.groups else found.start()) + 1


def _odd_character(error: SyntaxError, lines: list[str]) -> str:
    """Return which character outside of ASCII Python stumbles over, where it is one."""
    number = error.lineno or 0
    if not 0 < number <= len(lines):
        return ""
    told = re.search(r"\bU\+([0-9A-F]+)", error.msg or "")
    line = lines[number - 1]
    character = chr(int(told[1], 16)) if told else ""
    if not character:
        first = re.search(r"[^\x00-\x7f]", line.partition("#")[0])
        if first is None or first[0] not in _INSTEAD:
            return ""
        character = first[0]
    place = line.find(character) + 1
    name = unicodedata.name(character, "a character without a name").lower()
    where = f"line {number}, character {place}"
    shown = f"`{character}` (" if character.isprintable() and not character.isspace() else "("
    if character in _INSTEAD:
        remedy = f"type {_INSTEAD[character]} instead"
    elif unicodedata.category(character) in ("Zs", "Zl", "Zp"):
        remedy = "type a plain space instead"
    elif unicodedata.category(character) in ("Cf", "Cc"):
        remedy = "it cannot be seen; delete it, or type the line anew"
    else:
        return ""
    return f"In {where} stands {shown}{name}), which editors and web pages put there: {remedy}."


def _newer(error: SyntaxError, text: str) -> str:
    f_string = "f-string" in (error.msg or "")
    for version, pattern, what in _NEWER:
        if sys.version_info[:2] >= version or not pattern.search(text):
            continue
        if "f-string" in what and not (f_string or "unterminated" in (error.msg or "")):
            continue
        own = ".".join(map(str, sys.version_info[:2]))
        needed = ".".join(map(str, version))
        return f"Python {own} graded this, and {what} needs Python {needed}."
    return ""


def _tabs(error: SyntaxError, text: str) -> str:
    indentation = text[: len(text) - len(text.lstrip())]
    if isinstance(error, TabError) or ("\t" in indentation and " " in indentation):
        return "The indentation mixes tabs and spaces: use four spaces for each level, everywhere."
    return ""
