"""Names: locals through the flow, closures, globals, imports, parameters."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from prodworthy.resolve import (
    declared,
    invoke,
    kept,
    mappings,
    members,
    narrowing,
    parameters,
)
from prodworthy.resolve.index import COMPREHENSIONS, Binding, ModuleIndex
from prodworthy.resolve.reach import ALL, Answer, Reaching, reaching
from prodworthy.resolve.values import (
    NOTHING,
    Arguments,
    Class,
    Const,
    External,
    Frame,
    Function,
    Mapping,
    Method,
    ProjectModule,
    ScopeNode,
    Sequence,
    Site,
    Unknown,
    Value,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

_BUILTINS = frozenset(dir(builtins))

CHANGES = 60
"""Changes of one value that are looked at to tell what it is: the first ones, and as many of the last."""


def name(r: Resolver, node: ast.Name, frame: Frame) -> Values:
    """What the name ``node`` is where it stands."""
    inner = _comprehension(r, node, frame)
    if inner is not None:
        return inner
    found = in_scopes(r, node.id, node, frame)
    return _unless_unknown(r, found, node, frame)


def _unless_unknown(r: Resolver, found: Values, node: ast.Name | ast.Attribute, frame: Frame) -> Values:
    vague = all(isinstance(v, Unknown) or (isinstance(v, Const) and v.value is None) for v in found)
    if vague and isinstance(node.ctx, ast.Load):
        return narrowing.narrowed(r, node, frame) or found
    return found


def in_scopes(r: Resolver, ident: str, use: ast.AST | None, frame: Frame | None) -> Values:
    """What ``ident`` is at ``use`` in the scope of ``frame``, or in a scope around it."""
    first = True
    while frame is not None:
        scope = frame.scope
        if isinstance(scope, ast.Module):
            return global_name(r, frame.module, ident, use if first else None)
        # class bodies are not seen from the functions inside them
        if first or not isinstance(scope, ast.ClassDef):
            table = frame.module.scope(scope)
            if ident not in table.outside and (
                ident in table.bindings or parameters.is_parameter(scope, ident)
            ):
                return _local(r, ident, use if first else None, frame)
        frame, first = frame.parent, False
    return (Unknown(f"name {ident}"),)


def global_name(r: Resolver, module: ModuleIndex, ident: str, use: ast.AST | None = None) -> Values:
    """What the global ``ident`` of ``module`` is (at its end, or at ``use`` in its body)."""
    if use is None:
        return r.remember((module.tree, ident), module.frame, lambda: _global(r, module, ident, None))
    return _global(r, module, ident, use)


def _global(r: Resolver, module: ModuleIndex, ident: str, use: ast.AST | None) -> Values:
    frame = module.frame
    found: Values = NOTHING
    table = module.scope(module.tree)
    if ident in table.bindings:
        answer = _reaching(r, module, module.tree, ident, use, frame)
        for reached in answer.found:
            found += bound(r, reached, frame)
    for binding, scope in module.global_bindings.get(ident, ()):
        found += bound(r, Reaching(binding, ()), frame_of(r, module, scope))
    if found:
        known = tuple(v for v in found if not (isinstance(v, Const) and v.value is None))
        return known if module.global_bindings.get(ident) and known else found
    if ident in table.bindings:
        return NOTHING
    for star in module.stars:
        values = _from_import(r, module, star, ident)
        if values and not all(isinstance(v, Unknown) for v in values):
            return values
    submodule = r.project.submodule(module, ident)
    if submodule is not None:
        return (ProjectModule(submodule),)
    if ident == "__name__":
        return (Const(module.name),)
    if ident in _BUILTINS:
        return (External(f"builtins.{ident}"),)
    if r.catalogue.knows(ident):
        # whoever runs this code puts the module there
        return (External(ident),)
    return (Unknown(f"name {ident}"),)


def attribute(r: Resolver, node: ast.Attribute, frame: Frame) -> Values:
    """What ``base.attr`` is."""
    found: Values = NOTHING
    local = kept.stored(r, node, frame)
    if local:
        return local
    for base in r.values(node.value, frame):
        found += members.member(r, base, node.attr)
    if isinstance(node.value, ast.Attribute) and node.value.attr == "state":
        found = kept.application_state(r, node.attr, found, frame)
    return _unless_unknown(r, found, node, frame)


def frame_of(r: Resolver, module: ModuleIndex, scope: ScopeNode) -> Frame:
    """The frame of a scope about whose caller nothing is known."""
    if isinstance(scope, ast.Module):
        return module.frame
    frames = r.frames(private=False)
    known = frames.get(scope)
    if known is not None:
        return known
    parent = frame_of(r, module, module.scope_of(scope))
    receiver: Value | None = None
    if module.receiver_name(scope):
        owner = module.class_of(scope)
        if owner is not None:
            cls = Class(module, owner, parent.parent or module.frame)
            is_class = isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)) and _is_classmethod(scope)
            receiver = cls if is_class else r.self_of(cls)
    made = frames[scope] = Frame(module, scope, parent, receiver=receiver)
    return made


def bound(r: Resolver, reached: Reaching, frame: Frame) -> Values:
    """The values that a binding gives, with the changes made to them since."""
    values = _binding(r, reached.binding, frame)
    if reached.effects:
        return mappings.changed(r, values, reached.effects, frame)
    return values


def _binding(r: Resolver, binding: Binding, frame: Frame) -> Values:
    node = binding.node
    match binding.kind:
        case "assign":
            assert isinstance(node, ast.expr)
            values = r.values(node, frame)
            values = _unpacked(r, values, binding.unpack)
            if binding.annotation is not None and all(isinstance(v, Unknown) for v in values):
                typed = declared.values(r, binding.annotation, frame)
                return typed or values
            return values
        case "declare":
            assert binding.annotation is not None
            return declared.values(r, binding.annotation, frame)
        case "with":
            assert isinstance(node, ast.expr)
            entered = tuple(e for v in r.values(node, frame) for e in members.entered(r, v, frame))
            return _unpacked(r, entered, binding.unpack)
        case "for":
            assert isinstance(node, ast.expr)
            return _iterated(r, r.values(node, frame), binding.unpack)
        case "import":
            assert isinstance(node, ast.alias)
            return _import(r, frame.module, node)
        case "from":
            assert isinstance(node, ast.alias)
            assert isinstance(binding.statement, ast.ImportFrom)
            return _from_import(r, frame.module, binding.statement, node.name)
        case "def":
            assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            return invoke.decorated(r, node, frame)
        case "class":
            assert isinstance(node, ast.ClassDef)
            return (Class(frame.module, node, frame),)
    return (Unknown(binding.kind),)


def _iterated(r: Resolver, values: Values, positions: tuple[int, ...]) -> Values:
    """What a loop's target is: elements, or the key or value of a dict's items."""
    found: Values = NOTHING
    for value in values:
        if (
            isinstance(value, Method)
            and isinstance(value.owner, Mapping)
            and value.name in ("items", "values")
        ):
            rest = positions[1:] if value.name == "items" else positions
            if value.name == "items" and positions[:1] == (0,):
                found += tuple(Const(key) for key in list(value.owner.entries)[:8])
            elif value.name == "values" or positions[:1] == (1,):
                found += _unpacked(r, mappings.item(r, value.owner, NOTHING), rest)
        else:
            found += _unpacked(r, members.elements(r, (value,)), positions)
    return found


def _unpacked(r: Resolver, values: Values, positions: tuple[int, ...]) -> Values:
    for position in positions:
        inner: Values = NOTHING
        for value in values:
            if isinstance(value, Sequence) and position < len(value.items):
                inner += r.site(value.items[position])
            else:
                inner += (Unknown("unpacked"),)
        values = inner
    return values


def _local(r: Resolver, ident: str, use: ast.AST | None, frame: Frame) -> Values:
    answer = _reaching(r, frame.module, frame.scope, ident, use, frame)
    found: Values = NOTHING
    for reached in answer.found:
        found += bound(r, reached, frame)
    if answer.passed is not None and parameters.is_parameter(frame.scope, ident):
        values = parameters.parameter(r, ident, frame)
        found += mappings.changed(r, values, answer.passed, frame) if answer.passed else values
    if isinstance(frame.scope, ast.ClassDef) and not found:
        return in_scopes(r, ident, None, frame.parent)
    return found


def _reaching(
    r: Resolver,
    module: ModuleIndex,
    scope: ScopeNode,
    ident: str,
    use: ast.AST | None,
    frame: Frame,
    most: int = CHANGES,
) -> Answer:
    return reaching(module, scope, ident, use, lambda test: r.truth(test, frame), most)


def reaching_of(r: Resolver, node: ast.Name, frame: Frame) -> tuple[Answer, Frame] | None:
    """The bindings of ``node``'s name that reach it, and the frame of the scope that has them."""
    at: Frame | None = frame
    use: ast.AST | None = node
    while at is not None:
        scope, module = at.scope, at.module
        if not isinstance(scope, ast.ClassDef) or at is frame:
            table = module.scope(scope)
            if node.id not in table.outside and (
                node.id in table.bindings or parameters.is_parameter(scope, node.id)
            ):
                return _reaching(r, module, scope, node.id, use, at, ALL), at
        at, use = at.parent, None
    return None


def comprehension_iterable(node: ast.Name, frame: Frame) -> ast.expr | None:
    """What a comprehension's own variable iterates over; None where ``node`` is none."""
    parents = frame.module.parents
    at: ast.AST | None = parents.get(node)
    while at is not None and not isinstance(at, ast.stmt):
        if isinstance(at, COMPREHENSIONS):
            for generator in at.generators:
                bound = _target_position(generator.target, node.id) is not None
                if bound and not _inside(parents, node, generator.iter, at):
                    return generator.iter
        at = parents.get(at)
    return None


def _is_classmethod(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    if function.name in ("__new__", "__init_subclass__", "__class_getitem__"):
        return True
    names = {d.id for d in function.decorator_list if isinstance(d, ast.Name)}
    calls = {
        d.func.id for d in function.decorator_list if isinstance(d, ast.Call) and isinstance(d.func, ast.Name)
    }
    return bool({"classmethod", "validator", "root_validator"} & (names | calls))


def _comprehension(r: Resolver, node: ast.Name, frame: Frame) -> Values | None:
    """The value of a comprehension's own variable, or None where ``node`` is none."""
    parents = frame.module.parents
    at: ast.AST | None = parents.get(node)
    while at is not None and not isinstance(at, ast.stmt):
        if isinstance(at, COMPREHENSIONS):
            for generator in at.generators:
                positions = _target_position(generator.target, node.id)
                if positions is not None and not _inside(parents, node, generator.iter, at):
                    return _unpacked(r, members.elements(r, r.values(generator.iter, frame)), positions)
        at = parents.get(at)
    return None


def _inside(parents: dict[ast.AST, ast.AST], node: ast.AST, ancestor: ast.AST, limit: ast.AST) -> bool:
    at: ast.AST | None = node
    while at is not None and at is not limit:
        if at is ancestor:
            return True
        at = parents.get(at)
    return False


def _target_position(target: ast.expr, ident: str) -> tuple[int, ...] | None:
    if isinstance(target, ast.Name):
        return () if target.id == ident else None
    if isinstance(target, (ast.Tuple, ast.List)):
        for position, element in enumerate(target.elts):
            inner = _target_position(element, ident)
            if inner is not None:
                return (position, *inner)
    return None


def _import(r: Resolver, module: ModuleIndex, alias: ast.alias) -> Values:
    dotted = alias.name
    bound_as = dotted if alias.asname else dotted.partition(".")[0]
    if r.catalogue.knows(dotted):
        return (External(bound_as),)
    found = r.project.find(bound_as, module)
    if found is not None and found is not module:
        return (ProjectModule(found),)
    return (External(bound_as),)


def _of_an_sdk(r: Resolver, dotted: str, ident: str) -> bool:
    name = f"{dotted}.{ident}"
    return r.catalogue.knows(dotted) and bool(r.catalogue.client(name) or r.catalogue.function(name))


def _from_import(r: Resolver, module: ModuleIndex, statement: ast.ImportFrom, ident: str) -> Values:
    dotted = statement.module or ""
    if statement.level:
        target = r.project.relative(module, statement.level, dotted)
        if target is None or target is module:
            # a folder that is no package, or the package's own `from . import part`
            part = r.project.relative(module, statement.level, f"{dotted}.{ident}".lstrip("."))
            if part is not None:
                return (ProjectModule(part),)
        if target is None:
            return (Unknown(f"module {'.' * statement.level}{dotted}"),)
    else:
        if dotted == "__future__":
            return NOTHING
        # a project's own `agents` package is no less its own for sharing an SDK's name
        outside = _of_an_sdk(r, dotted, ident)
        target = None if outside else r.project.find(dotted, module)
        if target is None or target is module:
            part = None if outside else r.project.find(f"{dotted}.{ident}", module)
            return (External(f"{dotted}.{ident}"),) if part is None else (ProjectModule(part),)
    return module_member(r, target, ident)


def module_member(r: Resolver, module: ModuleIndex, ident: str) -> Values:
    """What ``module.ident`` is."""
    table = module.scope(module.tree)
    if ident in table.bindings or ident in module.global_bindings:
        return global_name(r, module, ident)
    submodule = r.project.submodule(module, ident)
    if submodule is not None:
        return (ProjectModule(submodule),)
    found = global_name(r, module, ident)
    if "__getattr__" in table.bindings and ident != "__getattr__":
        made = _by_getattr(r, module, ident)
        if made:
            return made
    if found and isinstance(found[0], External) and found[0].name.startswith("builtins."):
        return (Unknown(f"name {ident}"),)
    return found


def _by_getattr(r: Resolver, module: ModuleIndex, ident: str) -> Values:
    """What a module's own ``__getattr__`` gives for a name that it does not bind."""
    found: Values = NOTHING
    for getter in global_name(r, module, "__getattr__"):
        if isinstance(getter, Function) and isinstance(getter.node, ast.FunctionDef):
            name = ast.copy_location(ast.Constant(ident), getter.node)
            given = Arguments(None, module.frame, (Site(name, module.frame),))
            found += tuple(v for v in invoke.invoke(r, getter, given) if not isinstance(v, Unknown))
    return found
