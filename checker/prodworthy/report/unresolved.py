"""``inventory --unresolved``: what could not be resolved, grouped, with what would help."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TextIO

from prodworthy.report.calls import VERSION, Json
from prodworthy.report.place import place
from prodworthy.unresolved import KINDS, Unresolved

_SHOWN = 5
_OUT_OF = {"output_cap": "output cap", "retry": "retry", "timeout": "timeout"}


def write_json(places: Sequence[Unresolved], out: TextIO) -> None:
    """Write the places as one JSON document."""
    document = {"version": VERSION, "unresolved": [_record(found) for found in places]}
    json.dump(document, out, indent=2, ensure_ascii=False)
    out.write("\n")


def write_table(places: Sequence[Unresolved], out: TextIO) -> None:
    """Write the places by kind and by what they have in common, the largest groups first."""
    if not places:
        out.write("Everything that looks like an LLM call is resolved.\n")
        return
    for kind, title in KINDS.items():
        mine = [found for found in places if found.kind == kind]
        if not mine:
            continue
        out.write(f"{title[:1].upper()}{title[1:]} ({len(mine)})\n\n")
        for group in _groups(mine):
            out.writelines(f"{line}\n" for line in _lines(group))
    out.write(f"{len(places)} place{'s' * (len(places) != 1)} in {len(_groups(places))} groups\n")


def _groups(places: Sequence[Unresolved]) -> list[list[Unresolved]]:
    groups: dict[tuple[str, str], list[Unresolved]] = defaultdict(list)
    for found in places:
        groups[found.kind, found.group].append(found)
    return sorted(groups.values(), key=lambda group: -len(group))


def _lines(group: Sequence[Unresolved]) -> Iterator[str]:
    first = group[0]
    count = f" ({len(group)} calls)" if len(group) > 1 else ""
    yield f"  {first.reason}{count}"
    yield f"    help: {first.hint}"
    for found in group[:_SHOWN]:
        told = ", ".join(_OUT_OF[name] for name in found.settings)
        yield f"    {place(found.span)}  {found.callee}" + (f"  [{told}]" if told else "")
    if len(group) > _SHOWN:
        yield f"    and {len(group) - _SHOWN} more"
    yield ""


def _record(found: Unresolved) -> Json:
    span = found.span
    record: Json = {"path": span.path, "line": span.line, "column": span.column}
    if span.cell:
        record["cell"] = span.cell
    record |= {"kind": found.kind, "callee": found.callee, "reason": found.reason, "group": found.group}
    if found.settings:
        record["settings"] = list(found.settings)
    record["hint"] = found.hint
    return record
