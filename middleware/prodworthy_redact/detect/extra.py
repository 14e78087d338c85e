"""What presidio has no pattern for: written-out dates, ages, labelled numbers; read from ``extra.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import regex

from prodworthy_redact.detect.patterns import Recognizer
from prodworthy_redact.policy import Policy

_FLAGS = int(regex.IGNORECASE | regex.MULTILINE | regex.DOTALL)


@dataclass(frozen=True, slots=True)
class _Pattern:
    name: str
    regex: str
    score: float


@dataclass(frozen=True, slots=True)
class _Kind:
    kind: str
    name: str
    patterns: tuple[_Pattern, ...]
    context: tuple[str, ...]


def recognizers(policy: Policy) -> Iterator[Recognizer]:
    """Those whose kinds are wanted."""
    for row in _rows():
        if policy.wants(row.kind):
            invalid = _fails_luhn if row.kind == "CREDIT_CARD" else None
            threshold = policy.of(row.kind)[1]
            yield Recognizer(
                row.kind, row.name, row.patterns, _FLAGS, row.context, threshold, invalidate=invalid
            )


@cache
def _rows() -> tuple[_Kind, ...]:
    data = tomllib.loads(Path(__file__).with_name("extra.toml").read_text(encoding="utf-8"))
    parts = {f"<{name}>": _joined(text) for name, text in data["parts"].items()}

    def filled(text: str) -> str:
        whole = _joined(text)
        for name, part in parts.items():
            whole = whole.replace(name, part)
        return whole

    return tuple(
        _Kind(
            row["kind"],
            row["name"],
            tuple(_Pattern(name, filled(text), score) for name, score, text in row["patterns"]),
            tuple(row.get("context", ())),
        )
        for row in data["recognizer"]
    )


def _joined(text: str) -> str:
    return "".join(line.strip() for line in text.splitlines())


def _fails_luhn(value: str) -> bool:
    digits = [int(c) for c in reversed(value) if c.isdigit()]
    doubled = (n * (1 + i % 2) for i, n in enumerate(digits))
    return len(set(digits)) < 3 or sum(n - 9 if n > 9 else n for n in doubled) % 10 != 0
