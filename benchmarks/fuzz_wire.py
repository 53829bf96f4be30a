"""Fuzz what the trusted side does with a worker's bytes, guided by coverage.

    pip install atheris        # Linux; not among the extras, since few Pythons have wheels of it
    python benchmarks/fuzz_wire.py [--minutes 10]

Prints executions, crashes and peak memory. Exits with 1 after a crash: an exception that is no
named outcome, more than `MEMORY` megabytes, or more than `SECONDS` for one input.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

MEMORY = 1024
SECONDS = 5
LONGEST = 4096
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))


def fuzz(arguments: list[str]) -> None:
    """Run the fuzzer in this process, which it ends."""
    import atheris

    with atheris.instrument_imports(include=["grader", "wire_target"]):
        import wire_target

    def one_input(data: bytes) -> None:
        if not data:
            return
        mode, rest = data[0] % 6, data[1:]
        if mode == 0:
            wire_target.decode_and_encode(rest)
        elif mode == 1:
            wire_target.grade_answers(wire_target.frame(rest))
        elif mode == 2:
            loaded = wire_target.frame(wire_target.LOADED)
            wire_target.grade_answers(loaded + wire_target.frame(rest))
        elif mode == 3:
            wire_target.grade_answers(rest)
        elif mode == 4:
            wire_target.decode_objects(rest)
        else:
            wire_target.use_objects(wire_target.frame(wire_target.LOADED) + rest)

    atheris.Setup([sys.argv[0], *arguments], one_input)
    atheris.Fuzz()


def write_seeds(folder: Path) -> None:
    """Write messages to start from: those that a right submission's process sends."""
    import numpy as np
    import wire_target

    array = np.arange(4.0).reshape(2, 2)
    values = [None, True, 3, 2.5, 1j, "text", b"bytes", 10**30, array, (array[0], array)]
    description = {"kind": "error", "message": "text", "line": 3, "traceback": "", "type": "E"}
    messages = [
        *(["done", 2, value, [0], ["a warning"]] for value in values),
        ["done", 2, [*values, tuple(values), dict(zip("abc", values, strict=False))], [], []],
        ["failed", 2, description],
        ["callback", 1, 0, [array]],
        ["loaded", 1, ["forward"], [["forward", "submission.py", 3]], [["cell", description]], []],
    ]
    packed = [wire_target.encode(message, max_bytes=1 << 20) for message in messages]
    for number, message in enumerate(packed):
        for mode in range(3):
            (folder / f"{number}-{mode}").write_bytes(bytes([mode]) + message)
        stream = wire_target.frame(wire_target.LOADED) + wire_target.frame(message)
        (folder / f"{number}-3").write_bytes(b"\3" + stream)
    write_object_seeds(folder)
    write_table_seeds(folder)


def write_table_seeds(folder: Path) -> None:
    """Write what a session sends that answers with tables, dates and figures."""
    import datetime

    import numpy as np
    import pandas as pd
    import wire_target

    from grader.sandbox.child.figures.figure import Axes, Bars, Figure, Line

    days = pd.to_datetime(["2024-02-29", None])
    frame = pd.DataFrame(
        {
            **{"int": [1, 2], "float": [1.5, np.nan], "text": ["é", None], "day": days},
            **{"Int64": pd.array([1, None], dtype="Int64"), "span": days - days[0]},
            **{"zone": days.tz_localize("Europe/Berlin"), "kind": pd.Categorical(["a", "b"])},
            **{"bin": pd.cut([1, 9], 2), "object": [[1], datetime.date(2024, 1, 2)]},
            "month": pd.period_range("2024-01", periods=2, freq="M"),
            "set": [{1, "a"}, frozenset((2,))],
        }
    )
    line = Line(np.ones(2), np.ones(2), "a", "#ff0000")
    bars = Bars(np.ones(1), np.ones(1), np.ones(1), np.zeros(1))
    values = [
        *(frame[[name]] for name in frame),
        *(frame["int"], frame.set_index(["text", "int"]).index, frame["text"].array),
        *(
            pd.Timestamp("2024", tz="UTC"),
            pd.NA,
            np.array(["a", "é"]),
            frame["text"].to_numpy(dtype=object),
        ),
        Figure("title", (Axes("chart", lines=(line,), bars=(bars,)),)),
    ]
    for number, value in enumerate(values):
        message = wire_target.encode(["done", 2, value, [], []], max_bytes=1 << 20)
        for mode in (0, 2, 4):
            (folder / f"table-{number}-{mode}").write_bytes(bytes([mode]) + message)


def write_object_seeds(folder: Path) -> None:
    """Write what a session sends that answers with objects."""
    import wire_target

    handles = [wire_target.Handle(number, f"an object {number}") for number in (0, 1, 1, 2)]
    values = [handles[0], handles, {"a": handles[0], "b": [1.0]}, ("text", handles[0]), 3, True]
    every = [["done", 2, value, [], []] for value in values]
    packed = [wire_target.encode(message, max_bytes=1 << 20) for message in every]
    for number, message in enumerate(packed):
        (folder / f"object-{number}-4").write_bytes(b"\4" + message)
    for first in values:
        asked = [first, values[0], handles[1], 2, True, "text", [handles[2]], ()]
        stream = b"".join(
            wire_target.frame(
                wire_target.encode(["done", number, value, [], []], max_bytes=1 << 20)
            )
            for number, value in enumerate(asked, 2)
        )
        (folder / f"object-{len(stream)}-5").write_bytes(b"\5" + stream)


def main() -> int:
    """Fuzz in a process of its own and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as folder:
        write_seeds(Path(folder))
        options = [
            f"-max_total_time={minutes * 60:.0f}",
            f"-rss_limit_mb={MEMORY}",
            f"-timeout={SECONDS}",
            f"-max_len={LONGEST}",
            f"-artifact_prefix={folder}/crash-",
            "-print_final_stats=1",
            folder,
        ]
        done = subprocess.run(
            [sys.executable, __file__, "--fuzz", *options],
            stderr=subprocess.PIPE,
            text=True,
            errors="backslashreplace",
            check=False,
        )
    if done.returncode:
        print("\n".join(done.stderr.splitlines()[-60:]))
    statistics = dict(re.findall(r"stat::(\w+):\s+(\d+)", done.stderr))
    print(
        f"{minutes:g} minutes: {statistics.get('number_of_executed_units', '?')} executions,"
        f" {1 if done.returncode else 0} crashes,"
        f" peak memory {statistics.get('peak_rss_mb', '?')} MB"
    )
    return 1 if done.returncode else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--fuzz"]:
        fuzz(sys.argv[2:])
    else:
        sys.exit(main())
