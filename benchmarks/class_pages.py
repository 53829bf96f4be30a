"""How long the pages of a class take to write, and the class page to open in Chromium.

A page is open when its `load` event has come and a frame has been drawn with the script done.
Needs Chromium and `pip install '.[dev]'`.

Example
-------
    python benchmarks/class_pages.py 1000 10000
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from made_class import ROOT, make
from playwright.sync_api import sync_playwright

from grader.course import find_course
from grader.report.pages.folder import write_pages

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
SEARCH = """() => {
  const field = document.querySelector("input[type=search]");
  const start = performance.now();
  field.value = "zhang";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  document.body.getBoundingClientRect();
  return performance.now() - start;
}"""


def open_seconds(url: str, times: int) -> tuple[float, float, float]:
    """Return medians: seconds until a page is drawn, those of processor time in its main thread
    (which other programs change little), and those that a search in it takes."""
    opened, busy, searched = [], [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for _ in range(times):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            start = time.perf_counter()
            page.goto(url, wait_until="load", timeout=120_000)
            page.evaluate(DRAWN)
            opened.append(time.perf_counter() - start)
            metrics = session.send("Performance.getMetrics")["metrics"]
            busy.append(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))
            searched.append(page.evaluate(SEARCH) / 1000)
            page.close()
        browser.close()
    return statistics.median(opened), statistics.median(busy), statistics.median(searched)


def main() -> None:
    """Measure classes of the sizes on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("students", nargs="*", type=int, default=[1000])
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    course = find_course(ROOT, Path())
    for students in options.students:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            make(out, students, attempts=1)
            start, processor = time.perf_counter(), time.process_time()
            index = write_pages(out, course)
            wall, spent = time.perf_counter() - start, time.process_time() - processor
            size = index.stat().st_size / 1e6
            empty = out / "empty.html"
            empty.write_text("<!doctype html><input type=search>", encoding="utf-8")
            nothing, _, _ = open_seconds(empty.as_uri(), options.times)
            seconds, busy, search = open_seconds(index.as_uri(), options.times)
        print(
            f"{students} students: written in {wall:.1f} s ({spent:.1f} s of processor),"
            f" class page {size:.1f} MB, open after {seconds:.2f} s"
            f" (an empty one after {nothing:.2f} s), {busy:.2f} s of processor in its main thread;"
            f" a search takes {search:.3f} s"
        )


if __name__ == "__main__":
    main()
