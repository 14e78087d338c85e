"""Small projects over all frameworks: each has its defect found where it is announced, and its clean twin none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from pages.reader import Example
from pages.test_pages import complaints, findings, write

FOLDER = Path(__file__).parent / "projects"
_SECTION = re.compile(
    r"^## (.+?)\n\n```python\n(.*?)\n```\n\n```python\n(.*?)\n```\n", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Twins:
    """A project with a defect, and the same project without it."""

    name: str
    defect: Example
    clean: Example


def twins() -> list[Twins]:
    found: list[Twins] = []
    for path in sorted(FOLDER.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        for match in _SECTION.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            defect, clean = (Example("", line, code + "\n") for code in match.group(2, 3))
            found.append(Twins(f"{path.stem}: {match[1]}", defect, clean))
    return found


TWINS = twins()
each = pytest.mark.parametrize("pair", TWINS, ids=[t.name for t in TWINS])


@each
def test_the_defect_is_found(pair: Twins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(pair.defect, tmp_path)
    assert pair.defect.expected
    assert complaints(pair.defect, findings(pair.defect.expected[0].code)) == []


@each
def test_the_clean_twin_is_clean(pair: Twins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(pair.clean, tmp_path)
    assert pair.clean.expected == []
    assert complaints(pair.clean, findings(pair.defect.expected[0].code)) == []


def test_there_are_enough_of_them_and_no_two_have_one_name() -> None:
    names = [t.name for t in TWINS]
    assert len(names) == len(set(names)) >= 80
    assert all(t.defect.text != t.clean.text for t in TWINS)
