"""Texts that other programs wrote: their encodings, and tables for spreadsheets."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from pathlib import Path

import pytest
from handed_zips import unflagged
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.archive import Hand
from grader.batch.records import RosterEntry
from grader.batch.roster import Roster, read_roster
from grader.errors import UsageError
from grader.grading.submission import submission_from_bytes
from grader.text.encoding import codec_of, decoded
from grader.text.tables import guarded, read_lines, table_text, unguarded

TEXTS = {
    "gb18030": (
        "李小明", "王喆", "李小明_2026002.py\n王芳_2026003.py", "# 作业\nx = 1\n", "# “均值”\n",
        "学号,姓名,邮箱,班级\n2026001,李小明,li@example.cn,1班\n",
        "def mean(x):\n    return sum(x) / len(x)  # 均值\n",
    ),
    "big5": ("陳小明_001.py\n林志玲_002.py", "學號,姓名\n1,陳小明\n"),
    "cp932": ("山田太郎_001.py\n佐藤花子_002.py", "# 平均を計算する\nx = 1\n"),
    "cp949": ("김철수_001.py\n이영희_002.py", "학번,이름\n1,김철수\n"),
    "cp1252": ("id,name\n1,Jürgen Müller\n2,Peña Muñoz\n", "# é\nx = 1\n", "Zoë Björk", "Ñandú"),
    "cp1251": ("ИВАНОВ ПЕТР", "ид,имя\n1,Иванов Иван\n", "# среднее"),
    "utf-8-sig": ("李小明", "plain", ""),
    "utf-16": ("id,name\n1,李小明\n",),
    "utf-16-le": ("id,name\n1,李小明\n",),
    "utf-32": ("id,name\n1,李小明\n",),
}  # fmt: skip


@pytest.mark.parametrize(("codec", "text"), [(one, text) for one in TEXTS for text in TEXTS[one]])
def test_a_text_is_read_in_the_encoding_it_was_written_in(codec: str, text: str) -> None:
    found = decoded(text.encode(codec))
    assert found is not None
    assert found.text == text


def test_names_in_a_zip_may_be_of_ms_dos() -> None:
    data = "Müller_exercise1.py\nJosé_exercise1.py".encode("cp437")
    assert codec_of(data, names=True) == "cp437"
    assert decoded(data) != decoded(data, names=True)


@pytest.mark.parametrize("codec", ["cp1250", "cp850", "big5", "gb18030"])
def test_what_the_caller_knows_wins(codec: str) -> None:
    name = {"cp1250": "Jiří Dvořák", "cp850": "Ødegård"}.get(codec, "華明")
    found = decoded(name.encode(codec), lambda text: text.count(name), names=True)
    assert found is not None
    assert found.text == name


@pytest.mark.parametrize(
    ("declared", "codec", "called"),
    [("", "gbk", "GBK"), ("# coding: utf-8\n", "gbk", "GBK"), ("", "cp932", "Shift-JIS"),
     ("", "utf-16", "UTF-16"), ("# coding: gbk\n", "gbk", ""), ("", "utf-8", "")],
)  # fmt: skip
def test_a_source_is_read_and_its_encoding_told(declared: str, codec: str, called: str) -> None:
    source = f"{declared}# 平均\nname = '平均'\n"
    found = submission_from_bytes("a.py", source.encode(codec))
    assert found.source == source
    told = [one for one in found.remarks if f"it is saved in {called}" in one]
    assert len(told) == len(found.remarks) == bool(called)


def _zip(folder: Path, names: dict[str, str]) -> Path:
    """Write a zip of files by their names and the encodings of these."""
    path = folder / "hand.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, codec in names.items():
            info = unflagged(name, codec) if codec else zipfile.ZipInfo(name)
            archive.writestr(info, b"pass\n")
    return path


@pytest.mark.parametrize(
    ("names", "people"),
    [
        ({"李小明/exercise1.py": "gb18030", "诚/exercise1.py": "gb18030"}, ""),
        ({"李小明/exercise1.py": "", "王芳/exercise1.py": "utf-8"}, ""),
        ({"李小明/exercise1.py": "utf-8", "exercise1_Müller.py": "cp437"}, ""),
        ({"山田太郎/exercise1.py": "cp932", "表子/exercise1.py": "cp932"}, ""),
        ({"Müller/exercise1.py": "cp437", "José/exercise1.py": "cp437"}, ""),
        ({"Ødegård/exercise1.py": "cp850"}, "Ødegård"),
        ({"陳華/exercise1.py": "big5"}, "陳華"),
        ({"模糊/exercise1.py": "gb18030"}, "模糊"),
        ({"Jiří/exercise1.py": "cp1250"}, "Jiří"),
    ],
)
def test_names_in_zips_are_read_as_they_were_meant(tmp_path, names, people: str) -> None:
    roster = Roster([RosterEntry("1", people, ("1",))]) if people else None
    hand = Hand(_zip(tmp_path, names), roster.mentioned if roster else None)
    entries, left_over = hand.entries()
    assert {one.path for one in entries} == set(names)
    assert not left_over
    assert {hand.read(one) for one in entries} == {b"pass\n"}


def test_a_folder_that_such_a_zip_was_unpacked_into(tmp_path: Path) -> None:
    own = tmp_path / os.fsdecode("李小明_2026002".encode("gb18030"))
    try:
        own.mkdir()
    except OSError:
        pytest.skip("this disk takes names in Unicode alone")
    (own / "exercise1.py").write_bytes(b"pass\n")
    hand = Hand(tmp_path)
    ((entry,), _) = hand.entries()
    assert entry.path == "李小明_2026002/exercise1.py"
    assert hand.read(entry) == b"pass\n"


def test_a_zip_in_a_zip_has_an_encoding_of_its_own(tmp_path: Path) -> None:
    inner = _zip(tmp_path, {"作业/exercise1.py": "gb18030"})
    data = inner.read_bytes()
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.writestr("ada.zip", data)
    hand = Hand(tmp_path / "outer.zip")
    ((entry,), _) = hand.entries()
    assert entry.path == "ada.zip/作业/exercise1.py"
    assert hand.read(entry) == b"pass\n"


@pytest.mark.parametrize("data", [b"\x80\x81\x82\xff\xfe\x01\x02", bytes(range(256))])
def test_bytes_that_are_no_text_are_told(data: bytes) -> None:
    assert decoded(data) is None


@given(st.binary(max_size=60))
def test_any_bytes_are_a_text_or_none(data: bytes) -> None:
    found = decoded(data, names=True)
    assert found is None or isinstance(found.text, str)


CELLS = st.text(st.sampled_from("=+-@;'\t\r\n\0,\"a1 ＝李"), max_size=8)


@given(CELLS)
def test_no_cell_is_a_formula_by_any_separator_and_guards_are_few(text: str) -> None:
    shown = guarded(text)
    for cell in shown.split(";"):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
    assert shown.replace("'", "") == text.replace("\r", " ").replace("\0", "").replace("'", "")
    assert guarded(unguarded(shown)) == shown


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=4))
def test_a_table_is_read_as_it_was_written(tmp_path_factory, rows) -> None:
    path = tmp_path_factory.mktemp("tables") / "t.csv"
    path.write_bytes(table_text(("One", "two words"), rows).encode())
    titles, lines = read_lines(path, "")
    assert titles == ("one", "two_words")
    kept = [row for row in rows if any(guarded(cell).strip() for cell in row)]
    plain = [[unguarded(guarded(cell)).strip() for cell in row] for row in kept]
    assert [[line["one"], line["two_words"]] for line in lines] == plain


SEPARATED = "学号;姓名;小组\n2026001;李小明;甲\n2026002;王芳;甲\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_roster_is_read_as_any_spreadsheet_saves_it(tmp_path, codec, separator, end) -> None:
    path = tmp_path / "class.csv"
    path.write_bytes(SEPARATED.replace(";", separator).replace("\n", end).encode(codec))
    people = read_roster(path).people
    assert [(one.id, one.name, one.group) for one in people] == [
        ("2026001", "李小明", "甲"),
        ("2026002", "王芳", "甲"),
    ]


@pytest.mark.parametrize(
    ("header", "person"),
    [
        ("学号,姓名,邮箱,班级", ("7", "李小明")),
        ("sep=;\nid;name", ("7", "李小明")),
        ("Matrikelnummer;Vorname;Nachname", ("7", "李小明 a@example.cn")),
        ("學號,姓名,電子郵件", ("7", "李小明")),
        ("Student_ID,Full Name,E-Mail", ("7", "李小明")),
    ],
)
def test_headers_in_several_languages(tmp_path, header: str, person) -> None:
    separator = ";" if ";" in header else ","
    path = tmp_path / "class.csv"
    path.write_text(
        f"{header}\n{separator.join(('7', '李小明', 'a@example.cn', '1班'))}\n", "utf-8"
    )
    (found,) = read_roster(path).people
    assert (found.id, found.name) == person


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04...", "a spreadsheet or a zip"),
        (bytes(range(256)), "not text in any known encoding"),
        (b"colour,size\n1,2\n", "no column of ids or names"),
        (b"id,name\n", "has nobody in it"),
    ],
)
def test_a_roster_that_is_none_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "class.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=told):
        read_roster(path)


def test_what_is_written_has_the_mark_and_line_ends_that_excel_reads() -> None:
    text = table_text(("a", "b"), [("1", "=x")])
    assert text.encode().startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(text[1:], newline=""))) == [["a", "b"], ["1", "'=x"]]
