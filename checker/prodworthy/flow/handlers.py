"""Which functions a framework calls, and which of their parameters somebody outside decides."""

from __future__ import annotations

import ast
import re
from collections import defaultdict

from prodworthy.flow.sources import Sources
from prodworthy.model.schema import SourceModel
from prodworthy.resolve import lookup, objects, parameters
from prodworthy.resolve.catalogue import matches
from prodworthy.resolve.index import ModuleIndex, tail
from prodworthy.resolve.resolver import Resolver
from prodworthy.resolve.values import Class, Client, External, Frame, Function, Instance, Made

_Function = ast.FunctionDef | ast.AsyncFunctionDef


_INJECTING = ["fastapi.FastAPI.get"]
"""A dependency's own parameters come from the same request as its handler's."""


class Handlers:
    """Knows the functions that frameworks call.

    Attributes:
        injected: functions that a framework calls for a handler's sake (``Depends(current_question)``);
            tracing adds them as it meets them.
    """

    def __init__(self, resolver: Resolver, sources: Sources) -> None:
        self._r = resolver
        self._sources = sources
        self.injected: set[ast.AST] = set()
        self._imports: dict[ModuleIndex, frozenset[str]] = {}
        self._handed: dict[ModuleIndex, dict[str, list[ast.Call]]] = {}
        self._known: dict[ast.AST, SourceModel | None] = {}

    def parameter_source(
        self, module: ModuleIndex, scope: _Function, ident: str, frame: Frame
    ) -> SourceModel | None:
        """The source that a parameter is by its type, its function's decorators or class, or its name."""
        arg = parameters.argument_node(scope, ident)
        if arg is None:
            return None
        outer = frame.parent or module.frame
        types = self._names_in(arg.annotation, outer)
        source = self._sources.annotation(types)
        if source is not None:
            return source
        source = self.handler(module, scope, outer)
        if source is not None and source.path_only and scope.decorator_list:
            return source if _in_path(scope, ident) else None
        if source is not None:
            if source.parameters and ident not in source.parameters:
                return None
            default = parameters.default_of(scope, ident)
            skipped = {*types, *self._names_in(default, outer)}
            return None if any(matches(glob, name) for glob in source.skip for name in skipped) else source
        return self._sources.parameter(ident, self._imported(module))

    def handler(self, module: ModuleIndex, scope: _Function, outer: Frame) -> SourceModel | None:
        """The source that the parameters of a function are because a framework calls it."""
        if scope in self.injected:
            return self._sources.handler(_INJECTING)
        if scope not in self._known:
            self._known[scope] = self._handler(module, scope, outer)
        return self._known[scope]

    def kind(self, module: ModuleIndex, scope: _Function) -> str:
        """The kind of source whose handler the function is (``request``, ``message``), empty for none."""
        frame = lookup.frame_of(self._r, module, scope)
        source = self.handler(module, scope, frame.parent or module.frame)
        for argument in scope.args.args if source is None else ():
            source = source or self.parameter_source(module, scope, argument.arg, frame)
        return source.kind if source is not None else ""

    def of_name(self, node: ast.Name, frame: Frame) -> tuple[SourceModel, Frame] | None:
        """The source that a name is because it is a handler's parameter, here or in a function around."""
        found = lookup.reaching_of(self._r, node, frame)
        if found is None or found[0].passed is None:
            return None
        holder = found[1]
        scope = holder.scope
        if not isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)) or holder.given is not None:
            return None
        if not parameters.is_parameter(scope, node.id):
            return None
        source = self.parameter_source(holder.module, scope, node.id, holder)
        return (source, holder) if source is not None else None

    def _handler(self, module: ModuleIndex, scope: _Function, outer: Frame) -> SourceModel | None:
        names: list[str] = []
        for decorator in scope.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            names += self._outside(target, outer)
        source = self._sources.handler(names) if names else None
        owner = module.class_of(scope)
        if source is None and owner is not None:
            for base in objects.mro(self._r, Class(module, owner, module.frame)):
                if isinstance(base, External):
                    source = source or self._sources.method(base.name, scope.name)
        return source or self._callback(module, scope)

    def _callback(self, module: ModuleIndex, scope: _Function) -> SourceModel | None:
        """``button.click(respond, ...)``: the function is handed to a framework, here or elsewhere."""
        found = self._handed_over(module, scope)
        if found is not None or scope.decorator_list or module.parents.get(scope) is not module.tree:
            return found
        for other in self._r.project.registering(scope.name, module):
            found = found or self._handed_over(other, scope)
        return found

    def _handed_over(self, module: ModuleIndex, scope: _Function) -> SourceModel | None:
        """The source that a call in ``module`` makes of the parameters of a function that it hands over."""
        for node in self._handed_to(module).get(scope.name, ()):
            frame = lookup.frame_of(self._r, module, module.scope_of(node))
            source = self._sources.callback(self._outside(node.func, frame))
            if source is not None and self._is_handed(node, scope, frame):
                return source
        return None

    def _is_handed(self, node: ast.Call, scope: _Function, frame: Frame) -> bool:
        """Whether it is this function that is handed over, not another one of its name."""
        if frame.module.scopes.get(scope) is not None:
            return True
        for argument in [*node.args, *(k.value for k in node.keywords)]:
            if isinstance(argument, (ast.Name, ast.Attribute)) and tail(argument) == scope.name:
                values = self._r.values(argument, frame)
                if any(isinstance(v, Function) and v.node is scope for v in values):
                    return True
        return False

    def _handed_to(self, module: ModuleIndex) -> dict[str, list[ast.Call]]:
        known = self._handed.get(module)
        if known is None:
            known = self._handed[module] = defaultdict(list)
            for node in module.calls:
                for argument in [*node.args, *(k.value for k in node.keywords)]:
                    if isinstance(argument, (ast.Name, ast.Attribute)):
                        known[tail(argument)].append(node)
        return known

    def _outside(self, target: ast.expr, frame: Frame) -> list[str]:
        values = self._r.values(target, frame)
        found = [v.name for v in values if isinstance(v, (External, Made))]
        found += [f"{v.qualified}.{v.path}" for v in values if isinstance(v, Client) and v.path]
        if not found and isinstance(target, ast.Attribute):
            # `self.app.post`, `bot.event` of an object whose class extends the framework's
            for value in self._r.values(target.value, frame):
                bases = objects.mro(self._r, value.cls) if isinstance(value, Instance) else []
                found += [f"{base.name}.{target.attr}" for base in bases if isinstance(base, External)]
        return found

    def _names_in(self, expression: ast.expr | None, frame: Frame) -> list[str]:
        if expression is None:
            return []
        if isinstance(expression, ast.Call):
            expression = expression.func
        found: list[str] = []
        for node in ast.walk(expression):
            if isinstance(node, (ast.Name, ast.Attribute)):
                found += [v.name for v in self._r.values(node, frame) if isinstance(v, External)]
        return found

    def _imported(self, module: ModuleIndex) -> frozenset[str]:
        known = self._imports.get(module)
        if known is None:
            found: set[str] = set()
            for table in module.scopes.values():
                for bindings in table.bindings.values():
                    for binding in bindings:
                        if isinstance(binding.statement, ast.ImportFrom) and binding.statement.module:
                            found |= _prefixes(binding.statement.module)
                        elif isinstance(binding.node, ast.alias):
                            found |= _prefixes(binding.node.name)
            known = self._imports[module] = frozenset(found)
        return known


def _in_path(scope: _Function, ident: str) -> bool:
    """Whether a route's path has a place for the parameter that takes any text: ``/ask/<question>``."""
    paths = [
        argument.value
        for decorator in scope.decorator_list
        if isinstance(decorator, ast.Call)
        for argument in (*decorator.args, *(k.value for k in decorator.keywords))
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    places = [p for path in paths for p in re.findall(r"<([^<>]+)>", path)]
    named = {p.rpartition(":")[2].strip(): p.rpartition(":")[0] for p in places}
    return ident in named and named[ident].partition("(")[0] in ("", "string", "path", "str")


def _prefixes(name: str) -> set[str]:
    parts = name.split(".")
    return {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
