"""Parameters: what a known caller passes, what a framework does, or what the project's callers do."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from prodworthy.flow import graphs
from prodworthy.flow.flow import qualified
from prodworthy.flow.graph import BOUNDED, SAFE, Answers, End, Place, Step, written
from prodworthy.model.schema import SourceModel
from prodworthy.resolve import callers, invoke, lookup, passing
from prodworthy.resolve import parameters as declared
from prodworthy.resolve.index import tail
from prodworthy.resolve.values import Arguments, Frame, Function, Mapping, Site

if TYPE_CHECKING:
    from prodworthy.flow.relation import Relation

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def parameter(
    rel: Relation, ident: str, frame: Frame, safe: frozenset[str] = SAFE, use: Place | None = None
) -> Answers:
    """Where the parameter ``ident`` of the function of ``frame`` comes from, for a name at ``use``."""
    scope = frame.scope
    if isinstance(scope, ast.Lambda):
        return _of_lambda(ident, frame, scope)
    if not isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return []
    module = frame.module
    if module.receiver_name(scope) == ident:
        return []
    if frame.given is not None:
        return _passed(rel, frame.given, ident, frame, scope, safe)
    source = rel.flow.parameter_source(module, scope, ident, frame)
    if source is not None and source.kind == "task":
        queued: Answers = []
        for given in _queued(rel, frame, scope):
            queued += _passed(rel, given, ident, frame, scope, safe)
        return queued or from_source(rel, source, ident, frame, safe, use)
    if source is not None and source.kind == "state":
        return graphs.state(rel, ident, frame, scope, safe) or [_unknown(frame, scope, ident, safe)]
    if source is not None:
        return from_source(rel, source, ident, frame, safe, use)
    if rel.flow.is_handler(module, scope, frame):
        return _injected(rel, ident, frame, scope, safe)
    found: Answers = []
    calls = callers.calls_of(rel.resolver, module, scope)
    arg = declared.argument_node(scope, ident)
    if not calls and arg is not None:
        found.append(End("parameter", ident, Place(module, arg), safe))
    for given, _ in calls:
        found += _passed(rel, given, ident, frame, scope, safe)
    return found


def _unknown(frame: Frame, scope: _Function, ident: str, safe: frozenset[str]) -> End:
    arg = declared.argument_node(scope, ident)
    return End("parameter", ident, Place(frame.module, arg if arg is not None else scope), safe)


def from_source(
    rel: Relation,
    source: SourceModel,
    ident: str,
    frame: Frame,
    safe: frozenset[str] = SAFE,
    use: Place | None = None,
) -> Answers:
    """A parameter that somebody outside decides, as far as its declaration lets them."""
    arg = declared.argument_node(frame.scope, ident)
    if arg is None:
        return []
    kind = rel.fields.of_parameter(arg, frame, source)
    if kind == "closed":
        return []
    limited = BOUNDED if kind == "limited" else SAFE
    if use is not None and source.annotations:
        # an object of the framework's: what is taken from it says more than its name
        read = _whole_access(use)
        if read is not use.node:
            return [End(source.kind, written(read), Place(use.module, read), safe | limited)]
    end = End(source.kind, ident, Place(frame.module, arg), safe | limited, number=kind == "number")
    end.opened = bool(source.annotations)
    return [end]


def _whole_access(use: Place) -> ast.expr:
    """``websocket.receive_text()`` around the name ``websocket``."""
    node = use.node
    parent = use.module.parents.get(node)
    while (isinstance(parent, (ast.Attribute, ast.Subscript)) and parent.value is node) or (
        isinstance(parent, ast.Call) and parent.func is node
    ):
        node, parent = parent, use.module.parents.get(parent)
    assert isinstance(node, ast.expr)
    return node


def _queued(rel: Relation, frame: Frame, scope: _Function) -> list[Arguments]:
    """What the program puts on a task's queue: ``task.delay(...)``, ``task.apply_async(args=[...])``."""
    found: list[Arguments] = []
    for method in ("delay", "apply_async", "s", "si", "apply"):
        for module in rel.resolver.project.callers(method, frame.module, True):
            for node in module.calls_by_tail.get(method, ()):
                if not (isinstance(node.func, ast.Attribute) and tail(node.func.value) == scope.name):
                    continue
                outer = lookup.frame_of(rel.resolver, module, module.scope_of(node))
                targets = rel.resolver.values(node.func.value, outer)
                if any(isinstance(v, Function) and v.node is scope for v in targets):
                    found.append(_unqueued(node, outer, method))
    return found


def _unqueued(node: ast.Call, frame: Frame, method: str) -> Arguments:
    given = passing.arguments(node, frame)
    if method not in ("apply_async", "apply"):
        return given
    args = passing.argument(given, "args", ["args", "kwargs"])
    kwargs = passing.argument(given, "kwargs", ["args", "kwargs"])
    elements = args.node.elts if args is not None and isinstance(args.node, (ast.List, ast.Tuple)) else []
    return Arguments(
        node,
        frame,
        tuple(Site(e, frame) for e in elements),
        unpacked=(kwargs,) if kwargs is not None else (),
    )


def _of_lambda(ident: str, frame: Frame, scope: ast.Lambda) -> Answers:
    names = [a.arg for a in scope.args.args]
    if frame.given is not None:
        site = passing.argument(frame.given, ident, names)
        return [Step(site)] if site is not None else []
    around = frame.module.parents.get(scope)
    if isinstance(around, ast.Call):
        outer = frame.parent or frame.module.frame
        return [Step(Site(a, outer), part=True) for a in around.args if a is not scope]
    return []


def _passed(
    rel: Relation, given: Arguments, ident: str, frame: Frame, scope: _Function, safe: frozenset[str]
) -> Answers:
    name = qualified(Function(frame.module, scope, frame))
    found: Answers = []
    positions = _positions(frame, scope)
    for site, key in _sites(rel, given, ident, frame, scope):
        where = Place(site.frame.module, site.node)
        told = f"passed to `{scope.name}` as `{ident if key.startswith('#') else key or ident}`"
        step = Step(site, told, where, safe, under=key, function=name)
        if given.starred and ident in positions and _is_starred(given, site):
            # `f(*args)` fills its parameters in the order in which `args` were passed
            step.key = f"#{positions.index(ident) - len(given.positional)}"
        found.append(step)
    return found


def _sites(
    rel: Relation, given: Arguments, ident: str, frame: Frame, scope: _Function
) -> list[tuple[Site, str]]:
    """The expressions that a call passes for a parameter, and their keys where it takes all the others."""
    arguments = scope.args
    if arguments.vararg is not None and arguments.vararg.arg == ident:
        names = _positions(frame, scope)
        rest = given.positional[len(names) :]
        return [*((site, f"#{n}") for n, site in enumerate(rest)), *((s, "") for s in _starred(given))]
    if arguments.kwarg is None or arguments.kwarg.arg != ident:
        return [(site, "") for site in _plain(rel, given, ident, frame, scope)]
    known = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    return [*((s, k) for k, s in given.keywords if k not in known), *((s, "") for s in given.unpacked)]


def _plain(rel: Relation, given: Arguments, ident: str, frame: Frame, scope: _Function) -> list[Site]:
    """The expressions that a call passes for a parameter, also through ``*`` and ``**``."""
    names = _positions(frame, scope)
    site = passing.argument(given, ident, names)
    if site is not None:
        return [site]
    found: list[Site] = []
    for mapping in passing.unpacked(rel.resolver, given) if given.unpacked else ():
        found += [o.site for o in mapping.entries.get(ident, ()) if o.site is not None]
    if not found:
        # a dict of which nothing is known can hold it; one whose keys are known does not
        found += [
            site
            for site in given.unpacked
            if not any(isinstance(v, Mapping) and (v.closed or v.entries) for v in rel.resolver.site(site))
        ]
    if given.starred and ident in names and names.index(ident) >= len(given.positional):
        found += _starred(given)
    default = passing.lookup_default(frame.module, scope, ident)
    return found or ([default] if default is not None else [])


def _positions(frame: Frame, scope: _Function) -> list[str]:
    """The parameters that positional arguments fill, in order."""
    names = [a.arg for a in (*scope.args.posonlyargs, *scope.args.args)]
    return names[1:] if names and frame.module.receiver_name(scope) == names[0] else names


def _is_starred(given: Arguments, site: Site) -> bool:
    nodes = given.node.args if given.node is not None else []
    return any(isinstance(n, ast.Starred) and n.value is site.node for n in nodes)


def _starred(given: Arguments) -> list[Site]:
    nodes = given.node.args if given.node is not None else []
    return [Site(n.value, given.frame) for n in nodes if isinstance(n, ast.Starred)]


def _injected(rel: Relation, ident: str, frame: Frame, scope: _Function, safe: frozenset[str]) -> Answers:
    """What a dependency gives a handler: ``question: str = Depends(checked_question)``."""
    outer = frame.parent or frame.module.frame
    arg = declared.argument_node(scope, ident)
    default = declared.default_of(scope, ident)
    annotation = arg.annotation if arg is not None else None
    options: list[ast.expr] = [default] if default is not None else []
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
        options += annotation.slice.elts[1:]
    found: Answers = []
    for option in options:
        if not (isinstance(option, ast.Call) and option.args):
            continue
        for value in rel.resolver.values(option.args[0], outer):
            if isinstance(value, Function) and not isinstance(value.node, ast.Lambda):
                rel.flow.injected.add(value.node)
                inner = lookup.frame_of(rel.resolver, value.module, value.node)
                where = Place(frame.module, option)
                for result in invoke.returns_of(value.module, value.node):
                    found.append(Step(Site(result, inner), f"injected as `{ident}`", where, safe))
    return found
