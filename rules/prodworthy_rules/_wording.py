"""How rules name places, parameters and sources, so that every message speaks the same way."""

from __future__ import annotations

from collections.abc import Sequence

from prodworthy.call import LlmCall, Origin, Setting
from prodworthy.finding import Span, TraceStep

RAW_HTTP = "raw-http"
"""The ``sdk`` of requests that are sent without one."""


def called(call: LlmCall) -> str:
    """The call as the code writes it, or as the SDK does where the code says only `asyncio.to_thread`."""
    method = call.method.rpartition(".")[2]
    if not method or method.startswith("__") or call.callee.rpartition(".")[2] == method:
        return f"`{call.callee}`"
    return f"`{call.method}` (through `{call.callee}`)"


def set_where(call: LlmCall, setting: Setting) -> str:
    """`` (set in app/llm.py:12)`` where ``setting`` is written outside the call, else nothing."""
    origin = setting.origin
    if origin is None:
        return ""
    same_cell = (origin.path, origin.cell) == (call.span.path, call.span.cell)
    if same_cell and call.span.line <= origin.line <= call.span.end_line:
        return ""
    return f" (set in {spot(call, origin)})"


def spot(call: LlmCall, span: Span) -> str:
    """``line 12``, with the cell or file where that is another than the call's (``app/llm.py:12``)."""
    if span.path != call.span.path:
        return f"{span.path}:{span.line}"
    if span.cell != call.span.cell:
        return f"cell {span.cell}, line {span.line}"
    return f"line {span.line}"


def steps(call: LlmCall, setting: Setting, message: str) -> tuple[TraceStep, ...]:
    """The trace from where ``setting`` is written to the call, empty if that is the call itself."""
    if setting.origin is None or not set_where(call, setting):
        return ()
    return TraceStep(setting.origin, message), TraceStep(call.span, "the call that it holds for")


def listed(origins: Sequence[Origin]) -> str:
    """The sources by name, each once and the first two in full."""
    labels = list(dict.fromkeys(origin.label for origin in origins))
    shown = " and ".join(f"`{label}`" for label in labels[:2])
    return shown if len(labels) <= 2 else f"`{labels[0]}`, `{labels[1]}` and {len(labels) - 2} more"
