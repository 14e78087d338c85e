"""Runs every installed SDK against a server on this machine, and keeps what came of it in a table.

PYTHONPATH=tests python -m redact.wire.conformance    # writes the rows of what is installed
"""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterator
from pathlib import Path

from redact.wire.drivers import DRIVERS, FEATURES, Driver
from redact.wire.sentinels import Sentinels
from redact.wire.upstream import Upstream

from prodworthy_redact import Policy, Redactor

PAGE = Path(__file__).parents[3] / "docs" / "conformance.md"
NONE = "\u2013"
Rows = dict[tuple[str, str], list[str]]
_HEAD = f"""# Conformance

Each SDK, protected by `protect`, sends a request with an e-mail address of its own in every place where a string can
stand: prompts, turns, names, arguments and results of tools, descriptions, enums, defaults and examples of schemas,
metadata, stop sequences, files, data URLs, unknown members, URL and headers. A server on the same machine answers with
every placeholder that it finds, streams cut into pieces of five characters.

A number says how many values one request held. **None of them was seen by the server, every placeholder that came back
was restored, and the arguments of tools were valid JSON.** {NONE}: the SDK does not offer it, or it was not tried.

The table is written by `PYTHONPATH=tests python -m redact.wire.conformance` for the SDKs that are installed, and
`tests/redact/wire/test_conformance.py` repeats its rows.

"""


class LeakError(AssertionError):
    """The server saw a value, or a placeholder was not restored."""


def outcome(driver: Driver, feature: str, redactor: Redactor) -> str:
    """How many values one feature was tried with.

    Raises:
        LeakError: names the places.
    """
    if feature not in driver.runs:
        return NONE
    sentinels = Sentinels()
    with Upstream().running() as upstream:
        told = driver.runs[feature](upstream.url, redactor, sentinels)
    for place in driver.unsent:
        sentinels.made.pop(place, None)
    count = len(sentinels.made)
    _demand(bool(upstream.seen), "nothing arrived")
    for seen in upstream.seen:
        leaked = sentinels.leaked(seen.visible())
        _demand(not leaked, f"seen by the server: {leaked}")
        found = len(seen.placeholders())
        _demand(
            found >= (1 if feature == "embeddings" else count), f"{count} values became {found} placeholders"
        )
    if feature != "embeddings":
        if "tools" in feature:
            told = " ".join(json.loads(told)["values"])
        missing = sentinels.missing(told)
        _demand(not missing, f"not restored: {missing}")
    return str(count)


def installed() -> Iterator[Driver]:
    """The SDKs that are installed."""
    for make in DRIVERS:
        try:
            yield make()
        except ImportError:
            continue


def version(driver: Driver) -> str:
    return importlib.metadata.version(driver.distribution)


def rows() -> Rows:
    """The table as it stands in the documentation."""
    found: Rows = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines() if PAGE.exists() else ():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 2 + len(FEATURES) and cells[0] not in ("SDK", "---"):
            found[cells[0], cells[1]] = cells[2:]
    return found


def write(table: Rows) -> None:
    lines = ["| SDK | version | " + " | ".join(FEATURES) + " |", "|" + "---|" * (2 + len(FEATURES))]
    lines += [
        f"| {name} | {number} | {' | '.join(cells)} |" for (name, number), cells in sorted(table.items())
    ]
    PAGE.write_text(_HEAD + "\n".join(lines) + "\n", encoding="utf-8")


def _demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise LeakError(otherwise)


def main() -> None:
    redactor = Redactor(Policy(names="off"))
    table = rows()
    for driver in installed():
        name = f"{driver.distribution} {version(driver)}"
        cells = [outcome(driver, feature, redactor) for feature in FEATURES]
        table[driver.name, name] = cells
        print(driver.name, name, *cells)
        write(table)


if __name__ == "__main__":
    main()
