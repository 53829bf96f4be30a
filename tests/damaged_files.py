"""Submissions that an editor or git would mend or refuse: made of bytes when they are needed."""

from __future__ import annotations

import functools
import gzip
import json
import random

from corpus_case import CORPUS, CorpusCase

EXERCISE = "exercise3"


def plain(name: str = "right_plain") -> str:
    return (CORPUS / EXERCISE / f"{name}.py").read_text(encoding="utf-8")


def notebook() -> bytes:
    cell = {"cell_type": "code", "execution_count": None, "outputs": [], "source": [plain()]}
    return json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5}).encode()


def right_files() -> dict[str, bytes]:
    """Return the bytes of files that get full marks, by name."""
    text = plain()
    german = "# Übung 3: Rückwärts, Größe\n"
    chinese = "# 第三次作业:反向传播\n"
    return {
        "crlf_bom.py": b"\xef\xbb\xbf" + plain("right_einsum").replace("\n", "\r\n").encode(),
        "crlf_non_ascii.py": plain("right_non_ascii_comments").replace("\n", "\r\n").encode(),
        "cr_only.py": text.replace("\n", "\r").encode(),
        "mixed_line_ends.py": text.replace("\n", "\r\n", 20).encode(),
        "bom_and_declaration.py": b"\xef\xbb\xbf# -*- coding: utf-8 -*-\n" + text.encode(),
        "latin_1_declared.py": ("# -*- coding: latin-1 -*-\n" + german + text).encode("latin-1"),
        "cp1252_declared.py": ("# coding=cp1252\n" + german + text).encode("cp1252"),
        "gbk_declared.py": ("# coding: gbk\n" + chinese + text).encode("gbk"),
        "gbk.py": (text + chinese).encode("gbk"),
        "gbk_called_utf_8.py": ("# coding: utf-8\n" + chinese + text).encode("gbk"),
        "shift_jis.py": ("# 平均を計算する\n" + text).encode("cp932"),
        "latin_1.py": ("# Übung 3, Größe\n" + text).encode("latin-1"),
        "utf_16.py": text.encode("utf-16"),
        "no_newline_at_the_end.py": text.rstrip("\n").encode(),
        "form_feeds.py": text.replace("\n\n\n", "\n\f\n\n").encode(),
        "trailing_blanks.py": text.replace("\n", " \t \n").encode(),
        "many_comments.py": text.encode() + b"# nothing here\n" * 60_000,
        "long_line.py": (text + "table = [" + "1, " * 100_000 + "]\n").encode(),
        "Übung 3 (final) [2]; rm -rf.py": text.encode(),
        "-exercise3.py": text.encode(),
        "two\nlines.py": text.encode(),
        "no_suffix": text.encode(),
    }


def unreadable_files() -> dict[str, tuple[bytes, str]]:
    """Return files that are no Python: bytes, and what the feedback must match."""
    text = plain()
    noise = random.Random(1).randbytes(20_000)
    return {
        "nul_byte.py": (text.encode() + b"x = '\0'\n", "(?i)nul"),
        "nul_bytes_only.py": (bytes(1000), "(?i)nul"),
        "binary.py": (noise, "."),
        "binary_without_nul.py": (noise.replace(b"\0", b""), "."),
        "picture.py": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + noise, "."),
        "compressed.py": (gzip.compress(text.encode(), mtime=0), "."),
        "utf_16_without_mark.py": (text.encode("utf-16-le"), "."),
        "unknown_declaration.py": (b"# coding: klingon\n" + text.encode(), "klingon"),
        "codec_that_is_no_encoding.py": (b"# coding: rot13\n" + text.encode(), "rot"),
        "too_large.py": (text.encode() + b"# nothing here\n" * 400_000, "(?i)larger|large|big"),
        "notebook.py": (notebook(), "null|notebook"),
        "web_page.py": (b"<!DOCTYPE html>\n<html><body>exercise 3</body></html>\n", "line 1"),
        "no_break_space.py": (text.replace("    ", " \u00a0  ", 1).encode(), r"U\+00A0"),
        "typographic_quotes.py": ((text + "print(“done”)\n").encode(), r"U\+201C"),
        "many_parentheses.py": (b"x = " + b"(" * 5000 + b")" * 5000 + b"\n", "parenthes"),
    }


@functools.cache
def damaged_files() -> list[tuple[CorpusCase, bytes]]:
    """Return all files, each with what must become of it."""
    files = [(CorpusCase(name, EXERCISE), content) for name, content in right_files().items()]
    for name, (content, pattern) in unreadable_files().items():
        files.append((CorpusCase(name, EXERCISE, every="error", feedback=[pattern]), content))
    for name, content in {"empty.py": b"", "blank.py": b"\n \n", "comment.py": b"# todo"}.items():
        files.append((CorpusCase(name, EXERCISE, every="not_implemented"), content))
    # what the compiler makes of it depends on the version of Python: an error, or a crash
    case = CorpusCase("deep_expression.py", EXERCISE, every="error|out_of_memory|died")
    files.append((case, b"x = " + b"-" * 100_000 + b"1\n"))
    return files
