"""Settings in Python: classes, modules and dicts named after environments, and what tests put in theirs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from prodworthy.environments.entry import Entry
from prodworthy.environments.names import environment_of, environment_of_path
from prodworthy.source.python import Source

_READERS = frozenset({"getenv", "get", "env", "config", "environ", "secret", "get_secret", "str", "require"})
_FILES = frozenset({"env_file", "dotenv_path"})
_LOADERS = frozenset({"load_dotenv", "dotenv_values", "find_dotenv"})
_SETTERS = frozenset({"setenv", "putenv", "setdefault", "setitem"})


def entries(source: Source) -> Iterator[Entry]:
    """The settings in a module, for each environment that a class, a key or the file's path speaks of."""
    classes: dict[str, list[Entry]] = {}
    environment = environment_of_path(source.path)
    holder = f"`{source.path}`"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            found = list(_of_class(source, node, classes))
            classes[node.name] = found
            yield from found
        elif isinstance(node, ast.Dict):
            yield from _of_dict(source, node)
        elif environment and isinstance(node, ast.Call):
            yield from _of_call(source, node, environment, holder)
        elif environment and isinstance(node, ast.Assign):
            yield from _of_assignment(source, node, environment, holder)
    if environment:
        for statement in source.tree.body:
            yield from _assigned(source, statement, environment, holder)


def _of_class(source: Source, node: ast.ClassDef, known: dict[str, list[Entry]]) -> Iterator[Entry]:
    environment = environment_of(node.name)
    if not environment:
        return
    holder = f"`{node.name}`"
    own: set[str] = set()
    for statement in node.body:
        inner = (
            statement.body
            if isinstance(statement, ast.ClassDef) and statement.name == "Config"
            else [statement]
        )
        for one in inner:
            for entry in _assigned(source, one, environment, holder):
                own.add(entry.name)
                yield entry
    for base in node.bases:
        for entry in known.get(_last(base), ()):
            if entry.name not in own:
                yield replace(entry, environment=environment, holder=holder, span=source.span(base))


def _assigned(source: Source, statement: ast.stmt, environment: str, holder: str) -> Iterator[Entry]:
    """``NAME = value`` of a class or module, and the files that its ``model_config`` names."""
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            if isinstance(value, ast.Call):
                for keyword in value.keywords:
                    if keyword.arg in _FILES:
                        yield from _entry(source, "env_file", keyword.value, environment, holder, file=True)
            yield from _entry(source, name, value, environment, holder, file=name in _FILES)
        case ast.AnnAssign(target=ast.Name(id=name) as target, value=None):
            yield Entry(environment, name, "", "", source.span(target), holder)


def _of_dict(source: Source, node: ast.Dict) -> Iterator[Entry]:
    """``{"staging": {"openai_api_key": ...}}``, and ``{"staging": Settings(openai_api_key=...)}``."""
    for key, value in zip(node.keys, node.values, strict=True):
        environment = (
            environment_of(key.value) if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
        )
        if not environment:
            continue
        holder = f"`{ast.unparse(key)}`" if key is not None else ""
        if isinstance(value, ast.Dict):
            for name, inner in zip(value.keys, value.values, strict=True):
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    yield from _entry(source, name.value, inner, environment, holder)
        elif isinstance(value, ast.Call):
            for keyword in value.keywords:
                if keyword.arg:
                    yield from _entry(source, keyword.arg, keyword.value, environment, holder)


def _of_call(source: Source, node: ast.Call, environment: str, holder: str) -> Iterator[Entry]:
    """``load_dotenv(".env.production")`` and ``monkeypatch.setenv("OPENAI_API_KEY", ...)``."""
    called = _last(node.func)
    if called in _LOADERS:
        files = [*node.args[:1], *(k.value for k in node.keywords if k.arg in _FILES)]
        for file in files:
            yield from _entry(source, "env_file", file, environment, holder, file=True)
    elif called in _SETTERS and len(node.args) >= 2:
        name, value = node.args[-2:]
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield from _entry(source, name.value, value, environment, holder)


def _of_assignment(source: Source, node: ast.Assign, environment: str, holder: str) -> Iterator[Entry]:
    """``os.environ["OPENAI_API_KEY"] = ...``."""
    match node.targets:
        case [ast.Subscript(value=place, slice=ast.Constant(value=str(name)))] if _last(place) == "environ":
            yield from _entry(source, name, node.value, environment, holder)


def _entry(
    source: Source, name: str, value: ast.expr, environment: str, holder: str, *, file: bool = False
) -> Iterator[Entry]:
    text, reference = _read(value)
    if file and text:
        text, reference = "", text
    if text or reference:
        yield Entry(environment, name, text, reference, source.span(value), holder)


def _read(value: ast.expr) -> tuple[str, str]:
    """The text that an expression is, or the variable or name that it is read from."""
    match value:
        case ast.Constant(value=str(text)):
            return text, ""
        case ast.Name() | ast.Attribute():
            return "", ast.unparse(value)
        case ast.Subscript(value=place, slice=ast.Constant(value=str(text))) if _last(place) == "environ":
            return "", text
        case ast.Call(func=function, args=[ast.Constant(value=str(text)), *_]) if _last(function) in _READERS:
            return "", text
        case ast.Call(args=args, keywords=keywords):  # Field(alias=...), SecretStr(...), str(...)
            named = {k.arg: k.value for k in keywords}
            for role in ("alias", "validation_alias", "env"):
                if isinstance(told := named.get(role), ast.Constant) and isinstance(told.value, str):
                    return "", told.value
            inner = named.get("default") or (args[0] if args else None)
            return _read(inner) if inner is not None and inner is not value else ("", "")
        case ast.BoolOp(values=[first, *_]):
            return _read(first)
    return "", ""


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
