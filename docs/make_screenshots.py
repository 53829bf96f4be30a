"""Take pictures of the pages: the class, and what a student gets.

Needs Chromium (Debian's, or CHROMIUM=/path/to/it) and `pip install '.[dev]'`. The fonts are those
of the machine; the pictures in docs/ were taken with Inter and JetBrains Mono installed, those in
Chinese with Noto Sans CJK (Debian's fonts-noto-cjk) too.

Example
-------
    python docs/make_screenshots.py
    python docs/make_screenshots.py --lang zh
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

import grader
from grader.course import find_course
from grader.language import find_language, reading
from grader.report.pages.folder import write_pages
from grader.report.pages.one_result import write_page

ROOT = Path(__file__).parent.parent
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COLOURS = 256


def shoot(browser: Browser, url: str, path: Path, width: int, height: int) -> None:
    """Save what a window of so many points shows, as a small PNG."""
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme="light", device_scale_factor=1.5
    )
    page.goto(url)
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    page.close()


def main() -> None:
    """Make a class, write its pages and take the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "docs", metavar="DIR")
    parser.add_argument("--students", type=int, default=120)
    parser.add_argument("--lang", metavar="TAG", default="en", help="en, zh: class.zh.png")
    options = parser.parse_args()
    if CHROMIUM is None:
        raise SystemExit("there is no chromium: apt-get install chromium, or set CHROMIUM")
    sys.path.insert(0, str(ROOT / "benchmarks"))
    from made_class import make

    course = find_course(ROOT, Path())
    language = find_language(options.lang)
    if language is None:
        raise SystemExit(f"there is no language {options.lang}")
    end = "" if language == "en" else f".{options.lang}"
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        reading(language),
    ):
        out = Path(folder)
        make(out / "class", options.students, attempts=3)
        index = write_pages(out / "class", course)
        student = out / "student.html"
        write_page(student, grader.grade(ROOT / "docs" / "examples" / "exercise3.py"), course)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        shoot(browser, index.as_uri(), options.output / f"class{end}.png", 1120, 980)
        shoot(browser, student.as_uri(), options.output / f"student{end}.png", 900, 1440)
        browser.close()


if __name__ == "__main__":
    main()
