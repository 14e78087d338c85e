"""One step backwards from any expression, remembered: the relation that searches walk."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from prodworthy.flow import attributes, calls, names, texts
from prodworthy.flow.fields import Fields
from prodworthy.flow.graph import Answers
from prodworthy.resolve.values import Frame, Site

if TYPE_CHECKING:
    from prodworthy.flow.flow import Flow


class Relation:
    """Answers where an expression's value comes from, one step at a time, once for each expression."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.resolver = flow.resolver
        self.fields = Fields(flow)
        self._known: dict[tuple[ast.AST, Frame], Answers] = {}

    @property
    def looked_at(self) -> int:
        """How many expressions were looked at so far."""
        return len(self._known)

    def of(self, site: Site) -> Answers:
        """The steps and ends of the expression at ``site``."""
        key = (site.node, site.frame)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._step(site.node, site.frame)
        return found

    def _step(self, node: ast.expr, frame: Frame) -> Answers:
        match node:
            case ast.Name():
                return names.name(self, node, frame)
            case ast.Attribute():
                return attributes.attribute(self, node, frame)
            case ast.Subscript():
                return attributes.subscript(self, node, frame)
            case ast.Call():
                return calls.call(self, node, frame)
        return texts.expression(self, node, frame)
