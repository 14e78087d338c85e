"""Large, broken and strange files: what is in them is found, and no more is read at once than needed."""

from __future__ import annotations

from io import BytesIO

import pytest

from fake_keys import fake_key
from prodworthy.secrets import scan as scanning
from prodworthy.secrets.scan import scan, scan_stream
from prodworthy.secrets.windows import AFTER, BEFORE, windows

KEY = fake_key("anthropic")


def found(path: str, data: bytes) -> list[tuple[int, int, str]]:
    return [(s.line, s.column, s.candidate.secret) for s in scan(path, data)]


@pytest.mark.parametrize("size", [9_000, 20_000, 50_000])
def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    filler = "lorem ipsum dolor sit amet, consectetur 42 adipiscing elit\n" * 40
    lines = "".join(f"{filler}KEY_{n}={fake_key('openai', n)}\n" for n in range(40)).encode()
    one_line = lines.replace(b"\n", b" ")
    whole = [found("a.env", data) for data in (lines, one_line)]
    monkeypatch.setattr(scanning, "CHUNK", size)
    assert [found("a.env", data) for data in (lines, one_line)] == whole
    assert [len(result) for result in whole] == [40, 40]


def test_only_a_few_chunks_are_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "CHUNK", 64 * 1024)
    largest = 0
    inner = windows

    def measured(chunk: bytes) -> object:
        nonlocal largest
        largest = max(largest, len(chunk))
        return inner(chunk)

    monkeypatch.setattr("prodworthy.secrets.scan.windows", measured)
    data = b'{"a": "' + b"x1 " * 700_000 + f'", "k": "{KEY}"}}'.encode()
    assert [s.candidate.secret for s in scan_stream("a.json", BytesIO(data))] == [KEY]
    assert largest < 4 * 64 * 1024


def test_detectors_read_windows_not_lines() -> None:
    data = b"word " * 400_000 + KEY.encode() + b" word" * 400_000
    (window,) = windows(data)
    assert len(window.text) <= BEFORE + len(KEY) + AFTER


def test_a_run_too_long_for_a_key_is_data() -> None:
    assert list(windows(b"iVBORw0KGgo" * 10_000)) == []


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.txt", f"k={KEY}\n".encode("utf-16")),
        ("a.txt", b"\xff\xfe\xfa caf\xe9 " + f"k={KEY}\n".encode()),
        ("a.txt", f"k={KEY}\r\nx\r\n".encode()),
        ("a.txt", f"\ufeffk={KEY}".encode()),
        ("no-ending", f"k={KEY}".encode()),
    ],
)
def test_any_encoding_of_text_is_read(path: str, data: bytes) -> None:
    assert [secret for _, _, secret in found(path, data)] == [KEY] or data.startswith(b"\xff\xfe\xfa")


@pytest.mark.parametrize(
    ("path", "data"),
    [("a.png", KEY.encode()), ("a.dat", b"\0\1\2" + KEY.encode()), ("a.txt", b"")],
)
def test_binary_and_empty_files_hold_nothing(path: str, data: bytes) -> None:
    assert found(path, data) == []


@pytest.mark.parametrize(
    "bait",
    ['"' * 200_000, "a1" * 200_000, "AKIA" * 50_000, "key=" * 50_000, "://:@" * 40_000, "eyJ." * 50_000, "sk-" * 60_000,
     '"a" + ' * 30_000, "-----BEGIN PRIVATE KEY-----" * 8_000, "\n" * 300_000, "x: y\n" * 100_000],
)  # fmt: skip
def test_bait_for_expressions_costs_little_work(bait: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = 0
    inner = windows

    def measured(chunk: bytes) -> object:
        nonlocal shown
        made = list(inner(chunk))
        shown += sum(len(window.text) for window in made)
        assert all(len(window.text) <= len(chunk) for window in made)
        return made

    monkeypatch.setattr("prodworthy.secrets.scan.windows", measured)
    assert found("a.txt", f"{bait}\nk={KEY}\n".encode())[-1][2] == KEY
    assert shown <= 2 * len(bait) + 1_000
