"""Where a finding stands, as editors and terminals make a link of it."""

from __future__ import annotations

from prodworthy.finding import Span
from prodworthy.report.excerpt import printable


def place(span: Span) -> str:
    """``path:line:column``, and for a notebook ``path:cell 3:line:column``.

    A name that would steer a terminal, or begin a line of its own, does not.
    """
    cell = f"cell {span.cell}:" if span.cell else ""
    return f"{printable(span.path)}:{cell}{span.line}:{span.column}"
