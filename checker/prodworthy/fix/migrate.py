"""A file that uses an SDK's removed API moves to the current one: calls, parameters, errors and results."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prodworthy.finding import Edit
from prodworthy.fix.place import tree_of
from prodworthy.fix.remedy import MigrateCalls
from prodworthy.fix.results import as_attributes
from prodworthy.fix.text import Text
from prodworthy.source.python import Source


def migrating(source: Source, text: Text, change: MigrateCalls) -> tuple[Edit, ...]:
    """The edits for all of the file, as it cannot stand on two releases; none where one use is not clear."""
    module = _Module(source, text, change)
    try:
        return tuple(dict.fromkeys(module.edits()))
    except _Unclear:
        return ()


class _Unclear(Exception):  # noqa: N818
    """Something in the file wants a person."""


class _Module:
    def __init__(self, source: Source, text: Text, change: MigrateCalls) -> None:
        self._source, self._text, self._change = source, text, change
        self._holders = tree_of(source).holders

    def edits(self) -> Iterator[Edit]:
        if any(word in self._text.text for word in self._change.unless):
            raise _Unclear
        for node in tree_of(self._source).nodes:
            match node:
                case ast.Import(names=names):
                    if any(a.name.startswith(f"{self._change.module}.") for a in names) or any(
                        a.name == self._change.module and a.asname for a in names
                    ):
                        raise _Unclear
                case ast.ImportFrom(module=str(name)):
                    yield from self._import(node, name)
                case ast.Name(id=name) if name == self._change.module:
                    yield from self._use(node)

    def _import(self, node: ast.ImportFrom, module: str) -> Iterator[Edit]:
        """``from openai.error import RateLimitError``: the same names, one module further up."""
        top = self._change.module
        if module == top:
            if any(a.name in self._change.removed for a in node.names):
                raise _Unclear
        elif module.startswith(f"{top}."):
            inner = module.removeprefix(f"{top}.")
            if any(self._change.names.get(f"{inner}.{a.name}") != a.name for a in node.names):
                raise _Unclear
            start, end = self._text.offsets(self._source.span(node))
            yield self._text.edit(start, end, self._text.text[start:end].replace(module, top, 1))

    def _use(self, name: ast.Name) -> Iterator[Edit]:
        """One use of the module: a call, an error, a setting (``openai.ChatCompletion.create``)."""
        chain: ast.expr = name
        path: list[str] = []
        while isinstance(holder := self._holders.get(chain), ast.Attribute):
            chain = holder
            path.append(holder.attr)
            dotted = ".".join(path)
            if dotted in self._change.calls:
                yield from self._call(chain, dotted)
                return
            if dotted in self._change.addresses:
                yield from self._address(chain)
            if dotted in self._change.names:
                yield self._replaced(chain, f"{name.id}.{self._change.names[dotted]}")
                return
        if not path or path[0] not in self._change.kept:
            raise _Unclear

    def _address(self, name: ast.expr) -> Iterator[Edit]:
        """The slash at the end of an address that is assigned as a literal."""
        match self._holders[name]:
            case ast.Assign(targets=[target], value=ast.Constant(value=str()) as value) if target is name:
                start, end = self._text.offsets(self._source.span(value))
                written = self._text.text[start:end]
                if written[-1:] in ("'", '"') and written[-3:] not in ("'''", '"""'):
                    if not str(value.value).endswith("/"):
                        yield self._text.edit(end - 1, end - 1, "/")
                    return
        raise _Unclear

    def _call(self, function: ast.expr, path: str) -> Iterator[Edit]:
        call = self._holders[function]
        if not isinstance(call, ast.Call) or call.func is not function:
            raise _Unclear
        if isinstance(self._holders[call], ast.Await):
            raise _Unclear
        places = self._change.positional.get(path, ())
        if len(call.args) > len(places) or any(isinstance(a, ast.Starred) for a in call.args):
            raise _Unclear
        given = {k.arg for k in call.keywords}
        if None in given or given & set(self._change.removed) or (given & set(places[: len(call.args)])):
            raise _Unclear
        yield self._replaced(function, f"{self._change.module}.{self._change.calls[path]}")
        for argument, place in zip(call.args, places, strict=False):
            start, _ = self._text.offsets(self._source.span(argument))
            yield self._text.edit(start, start, f"{place}=")
        for keyword in call.keywords:
            new = self._change.parameters.get(keyword.arg or "")
            if new in given:
                raise _Unclear
            if keyword.arg and new:
                start, _ = self._text.offsets(self._source.span(keyword))
                yield self._text.edit(start, start + len(keyword.arg), new)
        results = as_attributes(self._source, self._text, self._holders, call, self._change.leaves)
        if results is None:
            raise _Unclear
        yield from results

    def _replaced(self, node: ast.expr, by: str) -> Edit:
        return self._text.edit(*self._text.offsets(self._source.span(node)), by)
