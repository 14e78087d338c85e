"""The documentation site builds without a warning: every link leads somewhere, every page stands in the navigation."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from documents.blocks import ROOT
from prodworthy.pack import load_packs

sys.path.insert(0, str(ROOT / "docs"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site. A page in no navigation, an unknown anchor or directive is a warning, and a warning an error."""
    out = tmp_path_factory.mktemp("site")
    options = ["--quiet", "--fail-on-warning", "--doctree-dir", str(tmp_path_factory.mktemp("doctrees"))]
    command = [sys.executable, "-m", "sphinx", *options, str(ROOT / "docs"), str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return out


def test_every_page_that_is_written_is_on_the_site(site: Path) -> None:
    written = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    assert {path for path in written if not (site / path).is_file()} == set()


def test_every_rule_has_a_page_with_its_facts(site: Path) -> None:
    for packed in load_packs().by_code.values():
        page = (site / "reference" / "rules" / f"{packed.page.stem}.html").read_text(encoding="utf-8")
        assert f"{packed.rule.code} {packed.rule.name}" in page
        assert all(f"CWE-{number}" in page for number in packed.rule.cwe)


def test_links_and_anchors_lead_somewhere(site: Path) -> None:
    pages = {path: Page(path) for path in sorted(site.rglob("*.html"))}
    broken = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.exists() or (
                parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors
            ):
                broken.append(f"{path.relative_to(site)}: {link}")
    assert len(pages) > 100
    assert broken == []


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    loaded = {asset for path in site.rglob("*.html") for asset in Page(path).assets}
    assert {asset for asset in loaded if urlsplit(asset).netloc} == set()


def test_links_of_the_repository_are_those_of_the_site() -> None:
    from _generate.links import relinked

    text = "[a](docs/secrets.md#x), [b](rules/prodworthy_rules/limits/unbounded_output.md), [c](LICENSE), [d](no.md)"
    told = relinked(
        f"{text}\n```\n[a](docs/secrets.md)\n```\n", ROOT / "CHANGELOG.md", "project/changelog.md"
    )
    assert told.splitlines() == [
        "[a](../secrets.md#x), [b](../reference/rules/unbounded_output.md), c, [d](no.md)",
        "```",
        "[a](docs/secrets.md)",
        "```",
    ]
    linked = relinked(text, ROOT / "CHANGELOG.md", "project/changelog.md", "https://example.org/tree")
    assert "[c](https://example.org/tree/LICENSE)" in linked


def test_generated_pages_are_the_same_each_time_and_leave_nothing_out() -> None:
    import _generate

    first, second = dict(_generate.pages()), dict(_generate.pages())
    assert first == second
    assert not any(re.search(r"<[\w.]+ object at 0x|PydanticUndefined", text) for text in first.values())


def test_every_key_of_the_configuration_is_described() -> None:
    from _generate import settings

    ((_, text),) = settings.pages()
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    assert {"`extend`", "`vault`", "`access-env`"} <= {row[0] for row in rows}
    assert [row[0] for row in rows if len(row) < 3 or not row[-1].strip()] == []


class Page(HTMLParser):
    """The links, anchors and assets of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = {"", "top"}
        self.assets: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if "id" in known:
            self.anchors.add(known["id"])
        if tag == "a" and "href" in known:
            self.links.append(known["href"])
        if tag in ("script", "img", "iframe") and "src" in known:
            self.assets.append(known["src"])
        if tag == "link" and known.get("rel") in ("stylesheet", "icon", "preload"):
            self.assets.append(known["href"])
