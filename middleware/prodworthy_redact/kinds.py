"""Which kinds of entity there are, and who finds them: ``kinds.toml``, read once, without presidio."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CREDENTIAL = "API_KEY"


@dataclass(frozen=True, slots=True)
class Recognizer:
    """A recognizer of presidio's: where its class is, and what it finds for whom."""

    name: str
    module: str
    kind: str
    region: str = ""
    on_request: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that ``kinds.toml`` says.

    Attributes:
        recognizers: presidio's pattern recognizers.
        extra: the kinds that only our own expressions find.
        names: the kinds that only a model for names finds.
        code: the kinds that nothing finds in a text; the checker knows them by the names of variables.
        allowed: the kinds that stay unless a policy says otherwise.
        sure: the kinds of which, unless a policy names them, only what is sure is found.
    """

    recognizers: tuple[Recognizer, ...]
    extra: frozenset[str]
    names: frozenset[str]
    code: frozenset[str]
    allowed: frozenset[str]
    sure: frozenset[str]

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind that can be found without recognizers of one's own."""
        return self.names | self.extra | {CREDENTIAL} | {recognizer.kind for recognizer in self.recognizers}

    @property
    def regions(self) -> tuple[str, ...]:
        """The countries that have identifiers of their own."""
        return tuple(sorted({r.region for r in self.recognizers if r.region}))


@cache
def catalogue() -> Catalogue:
    """The knowledge file, read once."""
    data = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text(encoding="utf-8"))
    return Catalogue(
        recognizers=tuple(Recognizer(name=row.pop("class"), **row) for row in data["recognizer"]),
        extra=frozenset(data["extra"]["kinds"]),
        names=frozenset(data["names"]["kinds"]),
        code=frozenset(data["code"]["kinds"]),
        allowed=frozenset(data["default"]["allow"]),
        sure=frozenset(data["default"]["sure"]),
    )
