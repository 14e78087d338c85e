"""Functions of Python itself, and few others, that hand their arguments through."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from prodworthy.resolve import datafields, invoke, lookup, mappings, members
from prodworthy.resolve.index import tail
from prodworthy.resolve.values import (
    HOLE,
    NOTHING,
    Arguments,
    Class,
    Client,
    Const,
    External,
    Function,
    Instance,
    Made,
    Mapping,
    Method,
    Option,
    Partial,
    Sequence,
    Site,
    Unknown,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

Handler = Callable[["Resolver", Arguments], Values]

HANDED_ON = frozenset(
    {
        "to_thread",
        "run_sync",
        "run_in_executor",
        "run_in_threadpool",
        "submit",
        "run_sync_in_worker_thread",
        "call_soon",
        "create_task",
        "map",
    }
)
"""Functions that call what they are given, by their last name."""

_RUNNERS = {
    "asyncio.to_thread": 0,
    "anyio.to_thread.run_sync": 0,
    "starlette.concurrency.run_in_threadpool": 0,
    "fastapi.concurrency.run_in_threadpool": 0,
    "trio.to_thread.run_sync": 0,
}
"""Functions that call the function they are given, by its position."""


def runs(name: str) -> int | None:
    """The position of the function that ``name`` calls, if it is one that does."""
    return _RUNNERS.get(name)


def call(r: Resolver, name: str, given: Arguments) -> Values:
    """What the well-known function ``name`` gives; nothing if it is not one."""
    handler = _HANDLERS.get(name)
    if handler is not None:
        return handler(r, given)
    return NOTHING


def method(r: Resolver, target: Method, given: Arguments) -> Values:
    """What a method of a builtin value gives."""
    owner, name = target.owner, target.name
    if isinstance(owner, Mapping):
        return _mapping_method(r, owner, name, given)
    if isinstance(owner, Sequence):
        if name == "pop":
            return members.elements(r, (owner,))
        return (owner,) if name == "copy" else (Unknown("method of a list"),)
    if isinstance(owner, Const) and isinstance(owner.value, str):
        return _text_method(r, owner.value, name, given)
    if isinstance(owner, Instance):
        dropped = any(given.keyword(f"exclude_{kind}") is not None for kind in ("none", "unset", "defaults"))
        return tuple(
            replace(v, dropped=dropped) if isinstance(v, Mapping) else v for v in fields_of(r, owner)
        )
    if isinstance(owner, Function) and name in ("__call__", "cache_clear", "func", "original"):
        return invoke.invoke(r, owner, given)
    return (Unknown(f"method {name}"),)


def _mapping_method(r: Resolver, owner: Mapping, name: str, given: Arguments) -> Values:
    if name in ("get", "pop", "setdefault") and given.positional:
        keys = r.site(given.positional[0])
        default = r.site(given.positional[1]) if len(given.positional) > 1 else (Const(None),)
        texts = [
            k.value for k in keys if isinstance(k, Const) and isinstance(k.value, str) and HOLE not in k.value
        ]
        if len(texts) != 1:
            return mappings.item(r, owner, keys) + default
        found: Values = NOTHING
        for option in owner.options(texts[0]):
            if option.kind == "value":
                found += r.option(option)
            elif option.kind == "absent":
                found += default
            else:
                found += (Unknown("item", optional=any(_is_none(d) for d in default)), *default)
        return found
    if name == "copy":
        return (owner,)
    if name in ("items", "values", "keys"):
        return (Method(owner, name),)
    return (Unknown(f"dict.{name}"),)


def _is_none(value: object) -> bool:
    return isinstance(value, Const) and value.value is None


def _text_method(r: Resolver, text: str, name: str, given: Arguments) -> Values:
    if (
        name in ("strip", "lstrip", "rstrip", "lower", "upper", "removesuffix", "removeprefix")
        and HOLE not in text
    ):
        arguments = [v.value for s in given.positional for v in r.site(s) if isinstance(v, Const)]
        if all(isinstance(a, str) for a in arguments) and len(arguments) == len(given.positional):
            return (
                Const(getattr(text, name)(*arguments), Site(given.node, given.frame) if given.node else None),
            )
    site = Site(given.node, given.frame) if given.node else None
    if name == "replace" and len(given.positional) == 2:
        old, new = (r.text(s.node, s.frame) for s in given.positional)
        if old and new is not None:
            return (Const(text.replace(old, new), site),)
    if name == "format":
        return (Const(_formatted(r, text, given), site),)
    if name == "join":
        return (Const(HOLE, site),)
    if name in ("rstrip", "strip"):
        return (Const(text.rstrip("/") if text else text, site),)
    return (Unknown("part of a text", optional=False),)


def _formatted(r: Resolver, text: str, given: Arguments) -> str:
    import re

    def fill(match: re.Match[str]) -> str:
        key = match[1]
        if key.isdigit() or key == "":
            place = int(key) if key else 0
            site = given.positional[place] if place < len(given.positional) else None
        else:
            site = given.keyword(key)
        return (r.text(site.node, site.frame) or HOLE) if site is not None else HOLE

    return re.sub(r"\{([A-Za-z0-9_]*)(?:[^{}]*)\}", fill, text)


# handlers by qualified name


def _first(r: Resolver, given: Arguments) -> Values:
    return r.site(given.positional[0]) if given.positional else NOTHING


def _second(r: Resolver, given: Arguments) -> Values:
    return r.site(given.positional[1]) if len(given.positional) > 1 else NOTHING


def _partial(r: Resolver, given: Arguments) -> Values:
    if not given.positional:
        return NOTHING
    rest = Arguments(
        given.node, given.frame, given.positional[1:], given.starred, given.keywords, given.unpacked
    )
    return tuple(Partial(target, rest) for target in r.site(given.positional[0]))


def _run(r: Resolver, given: Arguments) -> Values:
    if not given.positional:
        return NOTHING
    rest = Arguments(
        given.node, given.frame, given.positional[1:], given.starred, given.keywords, given.unpacked
    )
    return tuple(v for target in r.site(given.positional[0]) for v in invoke.invoke(r, target, rest))


def _getattr(r: Resolver, given: Arguments) -> Values:
    if len(given.positional) < 2:
        return (Unknown("getattr"),)
    name = r.text(given.positional[1].node, given.positional[1].frame)
    default = r.site(given.positional[2]) if len(given.positional) > 2 else NOTHING
    if name is None or HOLE in name:
        return (Unknown("getattr"), *default)
    found = tuple(v for base in _first(r, given) for v in members.member(r, base, name))
    known = tuple(v for v in found if not isinstance(v, Unknown))
    return (known or found) + (default if not known else NOTHING)


def _dict(r: Resolver, given: Arguments) -> Values:
    site = Site(given.node, given.frame) if given.node else None
    return mappings.from_arguments(r, given.positional, given.keywords, given.unpacked, site)


def _environment(r: Resolver, given: Arguments) -> Values:
    default = r.site(given.positional[1]) if len(given.positional) > 1 else NOTHING
    keyword = given.keyword("default")
    if keyword is not None:
        default = r.site(keyword)
    certain = bool(default) and not any(_is_none(d) for d in default)
    return (Unknown("environment", optional=not certain), *default)


def _number(r: Resolver, given: Arguments) -> Values:
    """``int(x)``: constants stay, and the result is never None."""
    kept = []
    for value in _first(r, given):
        if isinstance(value, Const) and isinstance(value.value, (str, int, float)):
            try:
                kept.append(
                    Const(
                        float(value.value) if isinstance(value.value, float) else int(value.value), value.site
                    )
                )
            except ValueError:
                continue
    return (*kept, Unknown("number", optional=False)) if not kept else tuple(kept)


def _smallest(r: Resolver, given: Arguments) -> Values:
    numbers = [[v.value for v in r.site(s) if isinstance(v, Const)] for s in given.positional]
    site = Site(given.node, given.frame) if given.node else None
    if len(numbers) > 1 and all(len(n) == 1 and isinstance(n[0], (int, float)) for n in numbers):
        return (Const(min(n[0] for n in numbers), site),)  # type: ignore[type-var]
    return (Unknown("number", optional=False),)


def _text(r: Resolver, given: Arguments) -> Values:
    values = _first(r, given)
    return tuple(Const(str(v.value), v.site) if isinstance(v, Const) else Const(HOLE) for v in values)


def _joined_url(r: Resolver, given: Arguments) -> Values:
    if len(given.positional) < 2:
        return NOTHING
    base, path = (r.text(site.node, site.frame) or HOLE for site in given.positional[:2])
    site = Site(given.node, given.frame) if given.node else None
    return (Const(path if "://" in path else f"{base.rstrip('/')}/{path.lstrip('/')}", site),)


def _namespace(r: Resolver, given: Arguments) -> Values:
    """``vars(x)``, ``asdict(x)``: the fields of a data object as a dict."""
    found: Values = NOTHING
    for value in _first(r, given):
        found += fields_of(r, value)
    return found


def fields_of(r: Resolver, value: object) -> Values:
    """The fields of a data object as a dict."""
    if isinstance(value, Instance) and isinstance(value.cls, Class):
        entries: dict[str, tuple[Option, ...]] = {
            name: (Option("value", values=members.member(r, value, name)),)
            for name in datafields.data_fields(r, value.cls)
        }
        return (Mapping(entries, closed=False),)
    return (Mapping({}, closed=False),)


def _import_module(r: Resolver, given: Arguments) -> Values:
    names = [v.value for v in _first(r, given) if isinstance(v, Const) and isinstance(v.value, str)]
    return tuple(External(n) for n in names if HOLE not in n) or (Unknown("module"),)


def _path(r: Resolver, given: Arguments) -> Values:
    return (Made("pathlib.Path", given),)


def _iterate(r: Resolver, given: Arguments) -> Values:
    return members.elements(r, _first(r, given))


def _constructor(r: Resolver, given: Arguments) -> Values:
    """``type(x)``: the class of an object."""
    found: Values = NOTHING
    for value in _first(r, given):
        if isinstance(value, Instance):
            found += (value.cls,)
        elif isinstance(value, Client):
            found += (External(value.qualified),)
    return found or (Unknown("type"),)


def _session_item(r: Resolver, given: Arguments) -> Values:
    """``user_session.get("chain")``: what the module has put there under this key."""
    key = r.text(given.positional[0].node, given.positional[0].frame) if given.positional else None
    module = given.frame.module
    found: Values = NOTHING
    for node in module.calls_by_tail.get("set", ()):
        holder = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        if key is not None and len(node.args) == 2 and tail(holder) == "user_session":
            frame = lookup.frame_of(r, module, module.scope_of(node))
            if r.text(node.args[0], frame) == key:
                found += r.values(node.args[1], frame)
    return found or (Unknown("session"),)


def _enumerated(r: Resolver, given: Arguments) -> Values:
    return (Unknown("enumeration"),)


_HANDLERS: dict[str, Handler] = {
    "urllib.parse.urljoin": _joined_url,
    "typing.cast": _second,
    "typing_extensions.cast": _second,
    "copy.copy": _first,
    "copy.deepcopy": _first,
    "asyncio.run": _first,
    "asyncio.create_task": _first,
    "asyncio.ensure_future": _first,
    "asyncio.shield": _first,
    "asyncio.wait_for": _first,
    "builtins.iter": _first,
    "builtins.list": _first,
    "builtins.tuple": _first,
    "builtins.sorted": _first,
    "builtins.reversed": _first,
    "builtins.next": _iterate,
    "builtins.anext": _iterate,
    "contextlib.closing": _first,
    "contextlib.aclosing": _first,
    "contextlib.nullcontext": _first,
    "functools.lru_cache": _first,
    "functools.cache": _first,
    "functools.wraps": _second,
    "asgiref.sync.sync_to_async": _first,
    "asyncer.asyncify": _first,
    "weakref.proxy": _first,
    "prodworthy_redact.protect": _first,
    "prodworthy_redact.clients.protect": _first,
    "json.dumps": _first,
    "orjson.dumps": _first,
    "ujson.dumps": _first,
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "dependency_injector.providers.Factory": _partial,
    "dependency_injector.providers.Resource": _partial,
    "dependency_injector.providers.Singleton": _partial,
    "dependency_injector.providers.ThreadSafeSingleton": _partial,
    "builtins.getattr": _getattr,
    "builtins.dict": _dict,
    "collections.OrderedDict": _dict,
    "os.getenv": _environment,
    "os.environ.get": _environment,
    "decouple.config": _environment,
    "builtins.int": _number,
    "builtins.float": _number,
    "builtins.round": _number,
    "builtins.abs": _number,
    "builtins.min": _smallest,
    "builtins.max": _smallest,
    "builtins.len": lambda r, given: (Unknown("number", optional=False),),
    "builtins.str": _text,
    "builtins.vars": _namespace,
    "dataclasses.asdict": _namespace,
    "attr.asdict": _namespace,
    "builtins.type": _constructor,
    "builtins.__import__": _import_module,
    "importlib.import_module": _import_module,
    "pathlib.Path": _path,
    "pathlib.Path().open": lambda r, given: (External("builtins.open()"),),
    "builtins.enumerate": _enumerated,
    "chainlit.user_session.get": _session_item,
    **dict.fromkeys(_RUNNERS, _run),
}
