"""Checks of the receipt: printed text, answered questions, files that are read and written."""

import pytest


@pytest.mark.function("receipt")
@pytest.mark.points(1)
@pytest.mark.visible
def test_open(student):
    """The file prints `open` when it is run"""
    assert "open" in student.printed_while_loading.split()


@pytest.mark.function("receipt")
@pytest.mark.points(2)
def test_receipt(student):
    """The receipt has a line for each price, and the total"""
    student.receipt({"bread": 2.5, "milk": 1.25})
    assert student.printed == "bread: 2.50\nmilk: 1.25\ntotal: 3.75\n"


@pytest.mark.function("receipt")
@pytest.mark.points(1)
def test_receipt_like_the_reference(student, reference):
    """The receipt of many prices is right"""
    prices = {f"part {number}": number / 3 for number in range(30)}
    student.receipt(prices)
    reference.receipt(prices)
    assert student.printed.splitlines() == reference.printed.splitlines()


@pytest.mark.function("ask_total")
@pytest.mark.points(3)
def test_ask_total(student):
    """The sum of what is typed is printed"""
    student.answering(["2.5", 4, ""]).ask_total()
    assert "6.5" in student.printed.splitlines()[-1]


@pytest.mark.function("ask_total")
@pytest.mark.points(1)
def test_ask_nothing(student):
    """An empty answer at once gives 0"""
    student.answering([""]).ask_total()
    assert float(student.printed.split()[-1]) == 0.0


@pytest.mark.function("report")
@pytest.mark.points(3)
def test_report(student):
    """The file has the names in capital letters"""
    student.report("names.txt")
    assert student.file("names.txt").split() == ["BREAD", "MILK", "SALT", "TEA", "RICE"]


@pytest.mark.function("report")
@pytest.mark.points(1)
def test_report_ends_with_a_newline(student):
    """The last line ends, too"""
    student.report("lines.txt")
    assert student.file("lines.txt", binary=True)[-1:] == b"\n"


@pytest.mark.function("average")
@pytest.mark.points(2)
def test_average(student, reference, compare):
    """The average of the prices is right"""
    compare.close(student.average(), reference.average())
