"""Calls: of sanitizers, of the project's functions, of what hands its arguments through, of sources."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from prodworthy.flow import attributes, ends, known, models, texts, unpacking
from prodworthy.flow.flow import qualified
from prodworthy.flow.graph import CLOSED, NUMBER, SAFE, Answers, End, Place, Step, place
from prodworthy.resolve import invoke, kept, objects, passing
from prodworthy.resolve.index import dotted, tail
from prodworthy.resolve.values import (
    Answer,
    Arguments,
    Class,
    Client,
    Endpoint,
    External,
    Frame,
    Function,
    Mapping,
    Method,
    Partial,
    Sequence,
    Site,
    Value,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.flow.relation import Relation

_PATHS = frozenset({"Path", "pathlib", "os", "__file__", "open", "io", "codecs", "aiofiles"})


def call(rel: Relation, node: ast.Call, frame: Frame) -> Answers:
    """Where the result of a call comes from."""
    given = passing.arguments(node, frame)
    callees = rel.resolver.values(node.func, frame)
    safe = rel.flow.sanitizing(node, frame)
    if safe:
        return _sanitized(rel, callees, given, safe)
    for value in callees:
        found = _called(rel, value, node, given, frame)
        if found is not None:
            return found
    function = node.func
    if not isinstance(function, ast.Attribute):
        return []
    if function.attr in known.MEASURES:
        return []
    shaped = rel.flow.sources.shape(function.attr)
    if shaped is not None and not _is_project(callees):
        return _row(rel, shaped.kind, node, frame)
    # a method's result holds what its object and, for texts, its arguments hold
    found = []
    if function.attr in ("get", "pop", "getlist", "getvalue") and node.args:
        found += _got(rel, node, function, callees, frame)
        for site in kept.put_sites(rel.resolver, node, frame):
            found.append(
                Step(site, f"kept as {ast.unparse(node.args[0])}", Place(site.frame.module, site.node))
            )
        serialized = models.validated_item(rel, function.value, node.args[0], frame)
        if serialized is not None:
            return found + serialized
    keyed = function.attr in ("get", "pop") and bool(node.args)
    key = attributes.key_of(node.args[0]) if keyed else ""
    part = keyed or function.attr in known.PARTS
    found.append(Step(Site(function.value, frame), part=part, opens=True, key=key))
    if function.attr == "replace":
        # what is replaced is what is no longer there
        return [*found, *(Step(site) for site in given.positional[1:2])]
    if function.attr in known.CARRIERS:
        found += arguments(given)
    return found


def _sanitized(rel: Relation, callees: Values, given: Arguments, safe: frozenset[str]) -> Answers:
    """What a sanitizer gives back: of the project's own what it returns, of any other what it was given."""
    for value in callees:
        if isinstance(value, Function):
            found = _function(rel, value, given)
            for one in found:
                one.safe |= safe
            return found
    return arguments(given, safe)


def arguments(
    given: Arguments, safe: frozenset[str] = SAFE, speaker: str = "", built: bool = False
) -> Answers:
    """Steps to everything that a call is given; with ``built`` the call makes an object of it."""
    sites = [*given.positional, *given.unpacked]
    starred = given.node.args if given.node is not None and given.starred else []
    sites += [Site(a.value, given.frame) for a in starred if isinstance(a, ast.Starred)]
    found: Answers = [Step(site, safe=safe, speaker=speaker, built=built) for site in sites]
    among = frozenset(name for name, _ in given.keywords) if built else SAFE
    for name, site in given.keywords:
        under = name if built else ""
        found.append(Step(site, safe=safe, speaker=speaker, built=built, under=under, among=among))
    return found


def _is_project(callees: Values) -> bool:
    return any(isinstance(v, (Function, Class)) for v in callees)


def _got(rel: Relation, node: ast.Call, function: ast.Attribute, callees: Values, frame: Frame) -> Answers:
    """``row.get("email")``, and what stands under that key in a dict that is known."""
    found = attributes.item(rel, node.args[0], node, function.value, frame)
    for value in callees:
        if isinstance(value, Method) and isinstance(value.owner, Mapping):
            found += texts.constants(rel.resolver.values(node, frame))
    return found


def _called(rel: Relation, value: Value, node: ast.Call, given: Arguments, frame: Frame) -> Answers | None:
    match value:
        case Endpoint():
            return ends.answered(rel, Answer(value, given), node, frame)
        case Function():
            return _function(rel, value, given)
        case Class() if _is_enum(rel, value):
            return arguments(given, CLOSED)  # one of its members, or an error
        case Class():
            return arguments(given, speaker=texts.speaker_of(rel, texts.roles_in(node), frame), built=True)
        case Partial(target=target, call=first):
            return _called(rel, target, node, passing.joined(first, given), frame)
        case External(name=name):
            return _external(rel, name, node, given, frame)
        case Method(owner=Mapping() | Sequence()) if tail(node.func) in ("pop", "get"):
            return None
        case Client() if value.path == "":
            return None
    return None


def _is_enum(rel: Relation, cls: Class) -> bool:
    bases = objects.mro(rel.resolver, cls)
    return any(isinstance(b, External) and b.name.startswith("enum.") for b in bases)


def _function(rel: Relation, value: Function, given: Arguments) -> Answers:
    inner = invoke.call_frame(rel.resolver, value, given)
    if inner is None:
        return arguments(given, built=True)  # too many calls: whatever it was given may be in what it gives
    if isinstance(value.node, ast.Lambda):
        return [Step(Site(value.node.body, inner))]
    name = qualified(value)
    declared = rel.flow.sources.declared(name)
    if declared and given.node is not None:
        site = Site(given.node, given.frame)
        return [End(declared, f"{value.node.name}()", place(site))]
    told = f"returned by `{value.node.name}`"
    return [
        Step(Site(result, inner), told, Place(value.module, result), function=name)
        for result in invoke.returns_of(value.module, value.node)
    ]


def _external(rel: Relation, name: str, node: ast.Call, given: Arguments, frame: Frame) -> Answers | None:
    function = rel.resolver.catalogue.function(name)
    if function is not None:
        return ends.answered(rel, Answer(Endpoint(function[0], function[1], None, name), given), node, frame)
    source = rel.flow.sources.call(name)
    if source is not None and source.kind == "file" and _is_own_file(node):
        return []
    if source is not None:
        return _row(rel, source.kind, node, frame)
    if ends.is_environment(name):
        return ends.environment(node, frame)
    if name in known.NUMBERS:
        return arguments(given, NUMBER)
    if name in known.NOTHING:
        return []
    if name.replace("()", "") in known.RUNNERS and given.positional:
        return _handed_on(rel, node, given, frame)
    if name in known.LISTING and given.positional and unpacking.is_dict(rel, given.positional[0]):
        return [Step(given.positional[0], part=True, key=unpacking.KEYS)]
    if name == "re.sub":
        return [Step(site) for site in (*given.positional[1:3], *(site for _, site in given.keywords))]
    if name in known.THROUGH:
        return arguments(given)
    if name.rpartition(".")[2] in known.LOOKING_UP:
        return []
    if rel.resolver.catalogue.knows(name):
        # message classes, templates and parts of the SDKs carry what they are given
        whose = texts.speaker_of(rel, texts.roles_in(node), frame) or _speaker(name)
        held = arguments(given, speaker=whose, built=True)
        if isinstance(node.func, ast.Attribute) and name.rpartition(".")[0].endswith("()"):
            held.append(Step(Site(node.func.value, frame), opens=True))  # `prompt.format(...).to_messages()`
        return held
    return None


def _is_own_file(node: ast.Call) -> bool:
    """Whether a file is one that the program brings along: its path is written out, or a constant's name."""
    base = node.func.value if isinstance(node.func, ast.Attribute) else None
    parts = [*node.args[:1], *([base] if base is not None else [])]
    names = [n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)]
    return all(n.isupper() or n in _PATHS for n in names)


def _speaker(name: str) -> str:
    """Whose message an object of this class is (``HumanMessage``, ``SystemMessage``)."""
    last = name.rpartition(".")[2]
    if last.startswith(("System", "Developer")):
        return "system"
    return "other" if last.startswith(("Human", "AI", "User", "Assistant")) else ""


def _handed_on(rel: Relation, node: ast.Call, given: Arguments, frame: Frame) -> Answers:
    """``asyncio.to_thread(function, argument)``."""
    place = 1 if tail(node.func) == "run_in_executor" else 0
    if place >= len(given.positional):
        return []
    rest = Arguments(
        given.node, given.frame, given.positional[place + 1 :], given.starred, given.keywords, given.unpacked
    )
    found: Answers = []
    for target in rel.resolver.site(given.positional[place]):
        found += _called(rel, target, node, rest, frame) or []
    return found


def _row(rel: Relation, kind: str, node: ast.Call, frame: Frame) -> Answers:
    site = Site(node, frame)
    found: Answers = [End(kind, f"{dotted(node.func)}()", place(site))]
    if kind == "row":
        found += ends.columns(rel, models.selected(rel, site) or _read_columns(rel, node, frame), node, frame)
    return found


def _read_columns(rel: Relation, node: ast.Call, frame: Frame) -> list[str]:
    """The columns that a table is read with: ``read_csv(path, usecols=["email"])``."""
    lists = [k.value for k in node.keywords if k.arg in ("usecols", "columns", "names")]
    return [name for given in lists for name in attributes.names_in(rel, given, frame)]
