"""``[tool.prodworthy.privacy]`` for the rules: the redactor's own table, read by its code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from prodworthy.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Privacy:
    """What counts as personal data.

    Attributes:
        entities: the kinds that count, as the redactor names them; None for all.
        allow: values that are nobody's secret, in small letters.
    """

    entities: tuple[str, ...] | None = None
    allow: tuple[str, ...] = ()

    def wants(self, kinds: Sequence[str]) -> bool:
        """Whether what is of one of ``kinds`` (``*_PASSPORT``: of any country) counts."""
        if self.entities is None:
            return True
        return any(fnmatchcase(entity, kind) for entity in self.entities for kind in kinds)

    def allows(self, value: str) -> bool:
        """Whether ``value`` is nobody's secret."""
        return value.casefold() in self.allow


EVERYTHING = Privacy()


def read_privacy(file: Path, tables: Mapping[str, object]) -> Privacy:
    """What the tables of ``file`` say.

    Raises:
        ConfigError: names the file, the key or entity and, for an unknown one, the nearest known.
    """
    if "privacy" not in tables:
        return EVERYTHING
    from prodworthy_redact.errors import PolicyError
    from prodworthy_redact.privacy import privacy_of

    try:
        table = privacy_of(tables)
    except PolicyError as error:
        raise ConfigError("\n".join(f"{file}: {line}" for line in str(error).splitlines())) from error
    entities = None if table.entities is None else tuple(dict.fromkeys(table.entities))
    return Privacy(entities, tuple(value.casefold() for value in table.allow or ()))
