"""One pass over a module: parents, scopes, and every place that binds or changes a name."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prodworthy.resolve.blocks import Blocks, Places
from prodworthy.resolve.values import Frame, FunctionNode, ScopeNode
from prodworthy.source.python import Source
from prodworthy.testfile import is_test

if TYPE_CHECKING:
    from prodworthy.resolve.reach import Answer

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Module)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
CHANGING = frozenset({"update", "setdefault", "pop", "append", "extend", "insert", "clear"})
"""Methods that change the dict or list they are called on."""


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """A statement that gives a name a value.

    Attributes:
        kind: ``assign``, ``augment``, ``for``, ``with``, ``import``, ``from``, ``def``, ``class``,
            ``except``, ``delete`` or ``other``.
        node: the node that tells the value: the assigned expression, the iterable, the context
            expression, the import's alias or the definition itself.
        statement: the statement, for its place in the flow.
        unpack: the positions to follow into the value, for tuple targets.
    """

    kind: str
    node: ast.AST
    statement: ast.stmt
    unpack: tuple[int, ...] = ()
    annotation: ast.expr | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A statement that changes what a name holds: ``x[k] = v``, ``x.update(...)``, ``x.append(...)``."""

    node: ast.AST
    statement: ast.stmt


@dataclass(slots=True)
class Scope:
    """What one scope binds."""

    node: ScopeNode
    bindings: dict[str, list[Binding]] = field(default_factory=lambda: defaultdict(list))
    changes: dict[str, list[Change]] = field(default_factory=lambda: defaultdict(list))
    outside: set[str] = field(default_factory=set)


class ModuleIndex:
    """A parsed module with the tables that resolution asks."""

    def __init__(self, source: Source, name: str, package: str) -> None:
        self.source = source
        self.path = source.path
        self.name = name
        self.package = package
        self.is_test = is_test(source.path)
        self.tree: ast.Module = source.tree
        self.parents: dict[ast.AST, ast.AST] = {}
        self.calls: list[ast.Call] = []
        self.calls_by_tail: dict[str, list[ast.Call]] = defaultdict(list)
        self.scopes: dict[ast.AST, Scope] = {}
        self.self_bindings: dict[tuple[ast.ClassDef, str], list[Binding]] = defaultdict(list)
        self.self_changes: dict[tuple[ast.ClassDef, str], list[Change]] = defaultdict(list)
        self.stores: dict[tuple[str, str], list[Binding]] = defaultdict(list)
        self.global_bindings: dict[str, list[tuple[Binding, ScopeNode]]] = defaultdict(list)
        self.dynamic: set[ast.ClassDef] = set()
        self.item_stores: dict[tuple[str, str], list[Binding]] = defaultdict(list)
        self.handed: dict[str, list[tuple[ast.Call, int]]] = defaultdict(list)
        self.returns: dict[ast.AST, list[ast.expr]] = defaultdict(list)
        self.stars: list[ast.ImportFrom] = []
        self.frame = Frame(self, self.tree)
        self.reached: dict[tuple[object, ...], Answer] = {}
        self.blocks = Blocks()
        self._places: dict[tuple[ast.AST, str], Places] = {}
        self._walk()

    def __repr__(self) -> str:
        return f"<module {self.name} at {self.path}>"

    def forget(self) -> None:
        """Let go of the tree. The module is of no use afterwards.

        A module and its frame hold each other, so nothing else would free them while the run lasts.
        """
        for table in vars(self).values():
            if isinstance(table, dict):
                table.clear()
        self.blocks.clear()
        del self.frame, self.tree, self.source

    def nodes(self) -> Iterator[ast.AST]:
        """Every node, parents before children."""
        yield self.tree
        yield from self.parents

    def scope_of(self, node: ast.AST) -> ScopeNode:
        """The scope whose names ``node`` sees (defaults and decorators see the outer one)."""
        child, parent = node, self.parents.get(node)
        while parent is not None:
            if isinstance(parent, FUNCTIONS):
                body = parent.body
                if (child is body) if isinstance(body, ast.expr) else isinstance(child, ast.stmt):
                    return parent
            elif isinstance(parent, ast.ClassDef) and isinstance(child, ast.stmt):
                return parent
            child, parent = parent, self.parents.get(parent)
        return self.tree

    def enclosing(self, node: ast.AST, kinds: tuple[type, ...]) -> ast.AST | None:
        """The nearest node around ``node`` of one of ``kinds``."""
        parent = self.parents.get(node)
        while parent is not None and not isinstance(parent, kinds):
            parent = self.parents.get(parent)
        return parent

    def function_of(self, node: ast.AST) -> FunctionNode | None:
        """The function whose body ``node`` stands in."""
        scope = self.scope_of(node)
        while isinstance(scope, ast.ClassDef):
            return None
        return None if isinstance(scope, ast.Module) else scope

    def class_of(self, function: ast.AST) -> ast.ClassDef | None:
        """The class that ``function`` is a method of."""
        parent = self.parents.get(function)
        while isinstance(parent, (ast.If, ast.Try)):
            parent = self.parents.get(parent)
        return parent if isinstance(parent, ast.ClassDef) else None

    def statement_of(self, node: ast.AST) -> ast.stmt | None:
        """The innermost statement around ``node``, or itself."""
        at: ast.AST | None = node
        while at is not None and not isinstance(at, ast.stmt):
            at = self.parents.get(at)
        return at

    def scope(self, node: ScopeNode) -> Scope:
        """The table of a scope."""
        found = self.scopes.get(node)
        if found is None:
            found = self.scopes[node] = Scope(node)
        return found

    def places(self, scope: ScopeNode, name: str) -> Places:
        """The statements of ``scope`` that bind or change ``name``."""
        key = (scope, name)
        found = self._places.get(key)
        if found is None:
            table = self.scope(scope)
            bindings: dict[ast.AST, list[Binding]] = {}
            for binding in table.bindings.get(name, ()):
                bindings.setdefault(binding.statement, []).append(binding)
            changes: dict[ast.AST, list[Change]] = {}
            for change in table.changes.get(name, ()):
                changes.setdefault(change.statement, []).append(change)
            binds = self._with_around(bindings, scope)
            around = binds | self._with_around(changes, scope) if changes else binds
            found = self._places[key] = Places(around, binds, bindings, changes)
        return found

    def _with_around(self, places: Iterable[ast.AST], scope: ScopeNode) -> frozenset[ast.AST]:
        found: set[ast.AST] = set()
        for place in places:
            at: ast.AST | None = place
            while at is not None and at is not scope and at not in found:
                found.add(at)
                at = self.parents.get(at)
        return frozenset(found)

    def receiver_name(self, function: ast.AST) -> str:
        """``self`` or ``cls`` of a method, empty for anything else."""
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) and self.class_of(function):
            arguments = [*function.args.posonlyargs, *function.args.args]
            if arguments and not has_decorator(function, "staticmethod"):
                return arguments[0].arg
        return ""

    # the pass itself: iterative, so that no nesting of the source can exhaust the stack

    def _walk(self) -> None:
        parents = self.parents
        stack: list[tuple[ast.AST, ScopeNode]] = [(self.tree, self.tree)]
        while stack:
            node, scope = stack.pop()
            kind = node.__class__
            handler = _HANDLERS.get(kind)
            if handler is not None:
                handler(self, node, scope)
            children: list[ast.AST] = []
            for name in _fields(kind):
                value = getattr(node, name, None)
                if value.__class__ is list:
                    children += [child for child in value if isinstance(child, ast.AST)]
                elif isinstance(value, ast.AST):
                    children.append(value)
            for child in children:
                parents[child] = node
            children.reverse()
            if kind in _SCOPE_KINDS:
                stack += [(child, _scope_for(node, child, scope)) for child in children]
            else:
                stack += [(child, scope) for child in children if child.__class__ not in _LEAVES]
        for table in list(self.scopes.values()):
            for name in table.outside & table.bindings.keys():
                self.global_bindings[name] += [(b, table.node) for b in table.bindings.pop(name)]

    def _bind(
        self,
        scope: ScopeNode,
        target: ast.AST,
        kind: str,
        node: ast.AST,
        statement: ast.stmt,
        unpack: tuple[int, ...] = (),
        annotation: ast.expr | None = None,
    ) -> None:
        if isinstance(target, ast.Name):
            binding = Binding(kind, node, statement, unpack, annotation)
            self.scope(scope).bindings[target.id].append(binding)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for position, element in enumerate(target.elts):
                if isinstance(element, ast.Starred):
                    self._bind(scope, element.value, "other", node, statement)
                else:
                    self._bind(scope, element, kind, node, statement, (*unpack, position))
        elif isinstance(target, ast.Attribute):
            binding = Binding(kind, node, statement, unpack, annotation)
            holder = dotted(target.value)
            self.stores[holder, target.attr].append(binding)
            owner = self._owner(holder, scope)
            if owner is not None:
                self.self_bindings[owner, target.attr].append(binding)
        elif isinstance(target, ast.Subscript):
            self._change(scope, target.value, target, statement)
            key = target.slice
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                self.item_stores[dotted(target.value), key.value].append(
                    Binding(kind, node, statement, unpack)
                )

    def _change(self, scope: ScopeNode, holder: ast.expr, node: ast.AST, statement: ast.stmt) -> None:
        while isinstance(holder, ast.Subscript):
            holder = holder.value
        if isinstance(holder, ast.Name):
            self.scope(scope).changes[holder.id].append(Change(node, statement))
        elif isinstance(holder, ast.Attribute) and isinstance(holder.value, ast.Name):
            owner = self._owner(holder.value.id, scope)
            if owner is not None:
                self.self_changes[owner, holder.attr].append(Change(node, statement))

    def _owner(self, name: str, scope: ScopeNode) -> ast.ClassDef | None:
        at: ast.AST | None = scope
        while isinstance(at, FUNCTIONS):
            if self.receiver_name(at) == name:
                return self.class_of(at)
            at = self.enclosing(at, SCOPES)
        return None

    def _on_assign(self, node: ast.Assign, scope: ScopeNode) -> None:
        for target in node.targets:
            self._bind(scope, target, "assign", node.value, node)

    def _on_annotated(self, node: ast.AnnAssign, scope: ScopeNode) -> None:
        value: ast.AST = node.value if node.value is not None else node
        self._bind(
            scope,
            node.target,
            "assign" if node.value is not None else "declare",
            value,
            node,
            annotation=node.annotation,
        )

    def _on_augmented(self, node: ast.AugAssign, scope: ScopeNode) -> None:
        if isinstance(node.target, ast.Name):
            self.scope(scope).changes[node.target.id].append(Change(node, node))
        else:
            self._change(scope, node.target, node, node)

    def _on_for(self, node: ast.For | ast.AsyncFor, scope: ScopeNode) -> None:
        self._bind(scope, node.target, "for", node.iter, node)

    def _on_with(self, node: ast.With | ast.AsyncWith, scope: ScopeNode) -> None:
        for item in node.items:
            if item.optional_vars is not None:
                self._bind(scope, item.optional_vars, "with", item.context_expr, node)

    def _on_walrus(self, node: ast.NamedExpr, scope: ScopeNode) -> None:
        statement = self.statement_of(node)
        if statement is not None:
            self._bind(scope, node.target, "assign", node.value, statement)

    def _on_import(self, node: ast.Import, scope: ScopeNode) -> None:
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            self.scope(scope).bindings[bound].append(Binding("import", alias, node))

    def _on_from(self, node: ast.ImportFrom, scope: ScopeNode) -> None:
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(node)
            else:
                bound = alias.asname or alias.name
                self.scope(scope).bindings[bound].append(Binding("from", alias, node))

    def _on_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: ScopeNode) -> None:
        self.scope(scope).bindings[node.name].append(Binding("def", node, node))

    def _on_class(self, node: ast.ClassDef, scope: ScopeNode) -> None:
        self.scope(scope).bindings[node.name].append(Binding("class", node, node))

    def _on_except(self, node: ast.ExceptHandler, scope: ScopeNode) -> None:
        if node.name and node.body:
            self.scope(scope).bindings[node.name].append(Binding("except", node, node.body[0]))

    def _on_return(self, node: ast.Return | ast.Yield, scope: ScopeNode) -> None:
        if node.value is not None:
            self.returns[scope].append(node.value)

    def _on_delete(self, node: ast.Delete, scope: ScopeNode) -> None:
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                self._change(scope, target.value, node, node)

    def _on_global(self, node: ast.Global | ast.Nonlocal, scope: ScopeNode) -> None:
        self.scope(scope).outside.update(node.names)

    def _on_call(self, node: ast.Call, scope: ScopeNode) -> None:
        self.calls.append(node)
        function = node.func
        for place, argument in enumerate(node.args[:3]):
            if isinstance(argument, (ast.Name, ast.Attribute)):
                self.handed[tail(argument)].append((node, place))
        if isinstance(function, ast.Attribute):
            self.calls_by_tail[function.attr].append(node)
            if function.attr in CHANGING:
                statement = self.statement_of(node)
                if statement is not None:
                    self._change(scope, function.value, node, statement)
        elif isinstance(function, ast.Name):
            self.calls_by_tail[function.id].append(node)
            if (
                function.id == "setattr"
                and len(node.args) == 3
                and not isinstance(node.args[1], ast.Constant)
            ):
                owner = self._owner(getattr(node.args[0], "id", ""), scope)
                if owner is not None:
                    self.dynamic.add(owner)


def tail(node: ast.AST) -> str:
    """The last name of a dotted expression, empty for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def dotted(node: ast.AST) -> str:
    """A callee as the code writes it, calls and subscripts shortened."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return f"{dotted(node.value)}.{node.attr}"
        case ast.Call():
            return f"{dotted(node.func)}()"
        case ast.Subscript():
            return f"{dotted(node.value)}[]"
        case ast.Await():
            return dotted(node.value)
    return "<expression>"


def has_decorator(function: ast.FunctionDef | ast.AsyncFunctionDef, *names: str) -> bool:
    """Whether a decorator's last name is one of ``names``."""
    for decorator in function.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if tail(target) in names:
            return True
    return False


def _scope_for(node: ast.AST, child: ast.AST, outer: ScopeNode) -> ScopeNode:
    """The scope that a child of a scope node belongs to: bodies are inside, the rest outside."""
    if isinstance(node, ast.Lambda):
        return node if child is node.body else outer
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return node if isinstance(child, ast.stmt) else outer
    return outer


_LEAVES = frozenset({ast.Constant, ast.Name, ast.Pass, ast.Break, ast.Continue})


_KNOWN_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a node that can hold nodes worth knowing."""
    known = _KNOWN_FIELDS.get(kind)
    if known is None:
        skipped = ("ctx", "op", "ops", "type_comment", "kind", "id", "attr")
        known = _KNOWN_FIELDS[kind] = tuple(f for f in kind._fields if f not in skipped)
    return known


_SCOPE_KINDS = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef})
_HANDLERS: dict[type[ast.AST], Callable[..., None]] = {
    ast.Assign: ModuleIndex._on_assign,
    ast.AnnAssign: ModuleIndex._on_annotated,
    ast.AugAssign: ModuleIndex._on_augmented,
    ast.For: ModuleIndex._on_for,
    ast.AsyncFor: ModuleIndex._on_for,
    ast.With: ModuleIndex._on_with,
    ast.AsyncWith: ModuleIndex._on_with,
    ast.NamedExpr: ModuleIndex._on_walrus,
    ast.Import: ModuleIndex._on_import,
    ast.ImportFrom: ModuleIndex._on_from,
    ast.FunctionDef: ModuleIndex._on_function,
    ast.AsyncFunctionDef: ModuleIndex._on_function,
    ast.ClassDef: ModuleIndex._on_class,
    ast.ExceptHandler: ModuleIndex._on_except,
    ast.Delete: ModuleIndex._on_delete,
    ast.Global: ModuleIndex._on_global,
    ast.Nonlocal: ModuleIndex._on_global,
    ast.Call: ModuleIndex._on_call,
    ast.Return: ModuleIndex._on_return,
    ast.Yield: ModuleIndex._on_return,
}
