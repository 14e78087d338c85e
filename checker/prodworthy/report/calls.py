"""``inventory``: every LLM call with its effective settings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TextIO

from prodworthy.call import LlmCall, Setting
from prodworthy.report.place import place

Json = dict[str, object]
VERSION = 1
FORMATS = ("table", "json", "cyclonedx")
_BARE = frozenset({"unset", "none", "disabled"})


def write_json(calls: Sequence[LlmCall], out: TextIO) -> None:
    """Write the calls as one JSON document."""
    json.dump(
        {"version": VERSION, "calls": [record(call) for call in calls]}, out, indent=2, ensure_ascii=False
    )
    out.write("\n")


def write_table(calls: Sequence[LlmCall], out: TextIO, width: int = 0, color: bool = False) -> None:
    """Write the calls as aligned columns; file by file where a terminal's ``width`` is too small for them."""
    if not calls:
        out.write("No LLM calls found.\n")
        return
    head = ("CALL", "SDK", "METHOD", "MODEL", "OUTPUT CAP", "RETRY", "TIMEOUT", "PROMPT FROM")
    rows = [head, *(_row(call) for call in calls)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    if width and max(map(len, lines)) > width:
        _by_file(calls, out, width, color)
    else:
        out.writelines(f"{line}\n" for line in lines)
    out.write(f"\n{len(calls)} LLM call{'s' * (len(calls) != 1)}\n")


def _by_file(calls: Sequence[LlmCall], out: TextIO, width: int, color: bool) -> None:
    """Each file once, each call below it: what it is, and in a second line its settings."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(
        file=out, width=width, force_terminal=color or None, no_color=not color, highlight=False
    )
    path = None
    for call in calls:
        if call.span.path != path:
            gap = "\n" if path is not None else ""
            path = call.span.path
            console.print(Text(gap + path, "bold"), soft_wrap=True)
        at = place(call.span).removeprefix(f"{path}:")
        model = f" {call.model.value}" if call.model.value is not None else ""
        console.print(
            Text.assemble(("  " + at.ljust(7), "cyan"), f" {call.sdk} {call.method}", (model, "dim"))
        )
        told = Text()
        for name in ("output_cap", "retry", "timeout"):
            setting: Setting = getattr(call, name)
            if setting.status != "not-applicable":
                style = "yellow" if setting.status in _BARE else ""
                told.append(f"{name.removeprefix('output_')} ").append(_words(setting), style).append(", ")
        told.append("prompt from " + (", ".join(_sources(call)) or "nowhere seen"))
        console.print(Padding(told, (0, 0, 0, 10), expand=False))


def _row(call: LlmCall) -> tuple[str, ...]:
    model = str(call.model.value) if call.model.value is not None else "-"
    settings = [_words(setting) for setting in (call.output_cap, call.retry, call.timeout)]
    return place(call.span), call.sdk, call.method, model, *settings, ", ".join(_sources(call)) or "-"


def _words(setting: Setting) -> str:
    return setting.status if setting.value is None else f"{setting.value} ({setting.status})"


def _sources(call: LlmCall) -> list[str]:
    return sorted({origin.kind for origin in call.origins()})


def record(call: LlmCall) -> Json:
    """A call as programs read it."""
    span = call.span
    told: Json = {"path": span.path, "line": span.line, "column": span.column, "end_line": span.end_line}
    if span.cell:
        told["cell"] = span.cell
    told |= {"sdk": call.sdk, "api": call.api, "method": call.method}
    if call.model.value is not None:
        told["model"] = call.model.value
    told["output_cap"] = _setting(call.output_cap, "value")
    told["retry"] = _setting(call.retry, "attempts")
    told["timeout"] = _setting(call.timeout, "seconds")
    told["prompt_sources"] = _sources(call)
    stream = call.setting("stream")
    if isinstance(stream.value, bool):
        told["streams"] = stream.value
    return told


def _setting(setting: Setting, value: str) -> Json:
    record: Json = {"status": setting.status}
    if setting.value is not None:
        record[value] = setting.value
    if setting.origin is not None:
        cell: Json = {"cell": setting.origin.cell} if setting.origin.cell else {}
        record["origin"] = {"path": setting.origin.path, "line": setting.origin.line, **cell}
    return record
