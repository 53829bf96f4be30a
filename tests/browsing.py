"""Pages in a real browser: fixtures, and what any page is held to."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

import pytest
from made_batch import CHROMIUM

_SHOWN = 2000  # characters of each frame

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


_SHELL = shutil.which("chromium-headless-shell") or CHROMIUM
"""Chromium without its own windows, which take as long as all pages; or Chromium itself."""


@contextlib.contextmanager
def running(program: str | None) -> Iterator:
    """Run a browser."""
    playwright = pytest.importorskip("playwright.sync_api", reason="there is no playwright here")
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def browser() -> Iterator:
    with running(_SHELL) as launched:
        yield launched


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator:
    """Show what the pages had on them where a test fails."""
    report = yield
    if report.failed and "browser" in getattr(item, "funcargs", {}):
        for context in item.funcargs["browser"].contexts:
            for page in context.pages:
                for frame in page.frames:
                    report.sections.append((f"page {frame.url}", _shown(frame)))
    return report


def _shown(frame) -> str:
    try:
        return frame.locator("body").inner_text(timeout=1000)[:_SHOWN]
    except Exception as error:  # the browser may be what has failed
        return f"not to be read: {error}"


@pytest.fixture
def page(browser) -> Iterator:
    """An empty page; whatever it complains of, or asks of a network, fails the test."""
    context = browser.new_context(viewport={"width": 1100, "height": 900}, color_scheme="light")
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    trouble: list[str] = []
    opened.on("console", lambda message: trouble.append(message.text))
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.on("dialog", lambda dialog: trouble.append(dialog.message))
    opened.on(
        "request",
        lambda request: request.url.startswith("file:") or trouble.append(request.url),
    )
    yield opened
    assert trouble == []
    context.close()


def assert_accessible(page) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    told = [
        f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes'][:3]]}"
        for one in found
    ]
    assert told == []


def colour(page, selector: str, name: str = "background-color") -> str:
    return page.locator(selector).first.evaluate(f"(e) => getComputedStyle(e)['{name}']")


def write_code(place, code: str) -> None:
    """Put code in the place of what is in the editor of a page, or of a frame."""
    place.locator(".ace_text-input").wait_for(state="attached")
    place.locator(".editor").evaluate("(one, code) => one.env.editor.setValue(code)", code)
