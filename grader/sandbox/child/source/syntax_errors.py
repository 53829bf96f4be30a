"""Saying what stands where Python cannot read a file: what it is, and what to type instead."""

from __future__ import annotations

import itertools
import keyword
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
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
    **{"《": "<", "》": ">", "＿": "_", "＄": "$", "？": "?"},
}
# strings in whichever quotes, comments, words, and what is none of them
_PIECE: Final = re.compile(
    r"[#＃].*"
    r"|(?P<triple>\"{3}|'{3})(?:[^\\]|\\[\s\S])*?(?:(?P=triple)|\Z)"
    r"|\"(?:[^\"\\\n]|\\.)*+\"?|'(?:[^'\\\n]|\\.)*+'?"
    r"|[“”„＂][^“”„＂\n]*[“”„＂]|[‘’‚＇][^‘’‚＇\n]*[‘’‚＇]"
    r"|[0-9０-９]+|[^\W\d]\w*|[^\w\s\"'#]|\u3000"
)
_FULL_WIDTH: Final = re.compile(r"[０-９Ａ-Ｚａ-ｚ]")
_MOST_SHOWN: Final = 12
_MOST_ODD: Final = 1_000
_MOST_READ: Final = 200_000
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
        or _odd_character(error, source)
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


def _odd_ones(source: str) -> Iterator[tuple[str, int, int]]:
    """Give what was typed into code that is none, with its place in its line, and the line."""
    start, line = 0, 1
    for found in _PIECE.finditer(source, 0, _MOST_READ):
        line += source.count("\n", start, found.start())
        start = found.start()
        before = source.rfind("\n", 0, start)
        for piece, place in _odd_in(found[0]):
            yield piece, start + place - before, line


def _odd_in(piece: str) -> Iterator[tuple[str, int]]:
    if piece == "\u3000":
        yield piece, 0
    elif piece[0] in _INSTEAD:  # a string in such quotes begins and ends with one
        yield piece[0], 0
        if len(piece) > 1 and piece[0] != "＃":
            yield piece[-1], len(piece) - 1
    elif piece[0] in "\"'":
        if len(piece) == 1 or piece[-1] != piece[0]:  # not closed, perhaps since by such a quote
            yield from ((each[0], each.start()) for each in re.finditer("[“”‘’＂＇]", piece))
    elif _FULL_WIDTH.search(piece):
        plain = _plain(piece)
        if plain[0].isdigit() or keyword.iskeyword(plain):  # names may be written so
            yield piece, 0


def _odd_character(error: SyntaxError, source: str) -> str:
    """Return which character outside of ASCII Python stumbles over, and others to type anew."""
    number = error.lineno or 0
    lines = source.split("\n")
    if not 0 < number <= len(lines):
        return ""
    odd = list(itertools.islice(_odd_ones(source), _MOST_ODD))
    first = _first(error, lines[number - 1], [each[:2] for each in odd if each[2] == number])
    if first is None:
        return ""
    piece, place = first
    if piece in _INSTEAD or _FULL_WIDTH.search(piece):
        remedy = f"type {_plain(piece)} instead"
    elif unicodedata.category(piece) in ("Zs", "Zl", "Zp"):
        remedy = "type a plain space instead"
    elif unicodedata.category(piece) in ("Cf", "Cc"):
        remedy = "it cannot be seen; delete it, or type the line anew"
    else:
        return ""
    name = "full-width characters"
    if not _FULL_WIDTH.search(piece):
        name = unicodedata.name(piece, "a character without a name").lower()
    shown = f"`{piece}` ({name})" if piece.isprintable() and not piece.isspace() else f"({name})"
    wide = unicodedata.east_asian_width(piece[0]) in "FW"
    origin = "Chinese keyboards type" if wide else "editors and web pages put there"
    others = [f"`{each}` → `{_plain(each)}`" for each in dict.fromkeys(one for one, *_ in odd)]
    others = [each for each in others if not each.startswith(f"`{piece}`")][:_MOST_SHOWN]
    likewise = f"; likewise {', '.join(others)}" if others else ""
    where = f"line {number}, character {place}"
    return f"In {where} stands {shown}, which {origin}: {remedy}{likewise}."


def _first(error: SyntaxError, line: str, odd: Sequence[tuple[str, int]]) -> tuple[str, int] | None:
    """Return the character that Python names, or another of the line, and its place."""
    told = re.search(r"\bU\+([0-9A-F]+)", error.msg or "")
    if told is None:
        return odd[0] if odd else None
    character = chr(int(told[1], 16))
    for piece, place in odd:
        if piece.startswith(character):
            return piece, place
    return character, line.find(character) + 1


def _plain(piece: str) -> str:
    """Return what to type in place of characters of an input method."""
    return _INSTEAD.get(piece) or unicodedata.normalize("NFKC", piece)


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
