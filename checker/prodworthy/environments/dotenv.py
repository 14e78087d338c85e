"""Dotenv files: ``NAME=value``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prodworthy.environments.entry import Entry
from prodworthy.environments.names import environment_of_path
from prodworthy.finding import Span

_LINE = re.compile(
    r"\s*(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<quote>[\"']?)(?P<value>.*?)(?P=quote)\s*(?:\s#.*)?"
)
_VARIABLE = re.compile(r"\$\{?(\w+)")


def entries(path: str, text: str) -> Iterator[Entry]:
    """The settings in the dotenv file ``path``."""
    environment = environment_of_path(path)
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.fullmatch(line)
        if not environment or match is None or not match["value"]:
            continue
        value = match["value"]
        variable = _VARIABLE.search(value)
        span = Span(path, number, match.start("name") + 1, number, len(line.rstrip()) + 1)
        reference = variable[1] if variable else ""
        yield Entry(environment, match["name"], "" if variable else value, reference, span, f"`{path}`")
