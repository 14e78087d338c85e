"""A field of pydantic's settings that already holds what a literal should not."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from prodworthy.errors import SourceError
from prodworthy.source.python import Source

Read = Callable[[str], Source]


def field_for(source: Source, variable: str, line: int, read: Read) -> str | None:
    """The expression that reads ``variable`` from a settings object that is known above ``line``, if any.

    Args:
        source: the file.
        variable: the environment variable.
        line: where it is to be read, from 1.
        read: parses another file; raises `SourceError`.
    """
    for node in source.tree.body:
        if node.lineno >= line:
            break
        if isinstance(node, ast.ImportFrom):
            for name, known in ((a.name, a.asname or a.name) for a in node.names):
                for other in _modules(source.path, node, read):
                    found = _field(other.tree, name, variable)
                    if found:
                        return f"{known}.{found}"
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found = _field(source.tree, node.targets[0].id, variable)
            if found:
                return f"{node.targets[0].id}.{found}"
    return None


def reads_environment(node: ast.AST) -> bool:
    """Whether a class is of pydantic's settings, whose fields come from the environment by name."""
    return isinstance(node, ast.ClassDef) and any("BaseSettings" in ast.unparse(b) for b in node.bases)


def _field(tree: ast.Module, name: str, variable: str) -> str:
    """The field of the settings object ``name`` of a module that is ``variable`` by its name, or ``""``."""
    made = [n.value for n in tree.body if isinstance(n, ast.Assign) and _is_named(n.targets, name)]
    if len(made) != 1 or not isinstance(made[0], ast.Call) or not isinstance(made[0].func, ast.Name):
        return ""
    for kind in tree.body:
        if isinstance(kind, ast.ClassDef) and kind.name == made[0].func.id and reads_environment(kind):
            for field in kind.body:
                match field:
                    case ast.AnnAssign(target=ast.Name(id=known), annotation=annotation) if (
                        known.lower() == variable.lower()
                    ):
                        secret = "SecretStr" in ast.unparse(annotation)
                        return f"{known}.get_secret_value()" if secret else known
    return ""


def _is_named(targets: list[ast.expr], name: str) -> bool:
    return [t.id for t in targets if isinstance(t, ast.Name)] == [name]


def _modules(path: str, node: ast.ImportFrom, read: Read) -> Iterator[Source]:
    """The project's modules that an import may mean."""
    if "settings" not in ast.unparse(node) and "config" not in ast.unparse(node):
        return
    parts = (node.module or "").split(".") if node.module else []
    folders = list(PurePosixPath(path).parents)
    for folder in folders[node.level - 1 : node.level] if node.level else folders:
        base = folder.joinpath(*parts)
        for file in (
            base.with_name(f"{base.name}.py") if parts else base / "__init__.py",
            base / "__init__.py",
        ):
            try:
                yield read(file.as_posix())
                return
            except SourceError:
                continue
