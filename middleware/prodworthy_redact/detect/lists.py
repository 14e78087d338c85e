"""Lists: a policy's values that never are entities and that always are, and values that are nobody's."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping

from prodworthy_redact.detect.entity import Entity


class AllowList:
    """Values that stay.

    Args:
        values: compared as a whole, without regard to case.
        patterns: regular expressions that must match the whole value.
    """

    def __init__(self, values: Iterable[str], patterns: Iterable[str]) -> None:
        self._values = frozenset(value.casefold().strip() for value in values)
        self._patterns = tuple(re.compile(pattern) for pattern in patterns)

    def __contains__(self, value: str) -> bool:
        return value.casefold().strip() in self._values or any(p.fullmatch(value) for p in self._patterns)


class DenyList:
    """Values that are always entities, found as whole words without regard to case.

    Args:
        values: kind -> values.
    """

    def __init__(self, values: Mapping[str, Iterable[str]]) -> None:
        self._kinds = {value.casefold(): kind for kind, all_of in values.items() for value in all_of if value}
        longest_first = sorted(self._kinds, key=len, reverse=True)
        words = "|".join(r"\s+".join(map(re.escape, value.split())) for value in longest_first)
        self._words = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if words else None

    def find(self, text: str) -> Iterator[Entity]:
        """The listed values in the text."""
        for match in self._words.finditer(text) if self._words else ():
            kind = self._kinds.get(
                " ".join(match.group().casefold().split()), next(iter(self._kinds.values()))
            )
            yield Entity(match.start(), match.end(), kind, 1.0, "deny list", "listed in the policy")


def is_nobodys(kind: str, value: str) -> bool:
    """Whether it is the address of every machine: ``127.0.0.1``, ``0.0.0.0``, ``::1``."""
    if kind != "IP_ADDRESS":
        return False
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
