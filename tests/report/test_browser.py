"""Pages in a real browser: they fit, say nothing to the console, ask for nothing, and axe-core finds no violation."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from report.readiness_project import assessed, checked, make, written

from prodworthy import report
from prodworthy.readiness.trend import read_point

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Scheme = Literal["light", "dark"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with playwright.sync_playwright() as started:
        own = started.chromium.executable_path
        found = own if Path(own).exists() else next(filter(None, map(shutil.which, NAMES)), None)
        if found is None:
            pytest.skip(f"no browser: neither playwright's own nor one of {', '.join(NAMES)} on PATH")
        launched = started.chromium.launch(executable_path=found, args=["--no-sandbox"] if root else [])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    project, out = make(tmp_path_factory.mktemp("demo")), tmp_path_factory.mktemp("pages")
    result, first = checked(project), out / "first.json"
    first.write_text(written("json", assessed(project), result))
    (out / "report.html").write_text(written("html", assessed(project, [read_point(first)]), result))
    findings = io.StringIO()
    report.write("html", result, findings)
    (out / "findings.html").write_text(findings.getvalue())
    return {"report": out / "report.html", "findings": out / "findings.html"}


@pytest.mark.parametrize(
    ("name", "scheme", "width"),
    [
        ("report", "light", 1280),
        ("report", "dark", 1280),
        ("report", "light", 400),
        ("report", "dark", 400),
        ("findings", "light", 400),
        ("findings", "dark", 1280),
    ],
)
def test_a_page_fits_is_quiet_and_accessible(
    browser: Browser, pages: dict[str, Path], name: str, scheme: Scheme, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(pages[name].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.fonts.size") == 0
    judged = axe.Axe().run(page).response
    assert [(v["id"], v["impact"], v["nodes"][0]["html"]) for v in judged["violations"]] == []
    assert len(judged["passes"]) > 20
    assert said == []
    assert asked == [pages[name].as_uri()]
    page.close()


def test_light_and_dark_are_two_looks_and_paper_is_light(browser: Browser, pages: dict[str, Path]) -> None:
    seen = {}
    looks: list[tuple[Scheme, Literal["screen", "print"]]]
    looks = [("light", "screen"), ("dark", "screen"), ("dark", "print")]
    for scheme, media in looks:
        page = browser.new_page(color_scheme=scheme)
        page.goto(pages["report"].as_uri())
        page.emulate_media(media=media)
        seen[scheme, media] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.close()
    assert seen["light", "screen"] == seen["dark", "print"] == "rgb(255, 255, 255)"
    assert seen["dark", "screen"] != seen["light", "screen"]


def test_nothing_that_matters_is_cut_off_at_400_pixels(browser: Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": 400, "height": 900})
    page.goto(pages["report"].as_uri())
    outside = page.evaluate(
        """() => [...document.querySelectorAll("main *")]
            .filter(e => e.getClientRects().length && !e.closest("thead"))
            .map(e => [e.tagName, e.className, e.getBoundingClientRect()])
            .filter(([, , box]) => box.right > 400.5 || box.left < -0.5)
            .map(([tag, name, box]) => `${tag}.${name} ${box.left}-${box.right}`)"""
    )
    assert outside == []
    page.close()
