"""Calls that look like LLM calls on something nobody knows, and imports made at run time."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prodworthy.resolve import lookup, why
from prodworthy.resolve.index import ModuleIndex, dotted, tail
from prodworthy.resolve.values import HOLE, Const, External, Made, Unknown, Values
from prodworthy.unresolved import Unresolved

if TYPE_CHECKING:
    from prodworthy.model.knowledge import Knowledge
    from prodworthy.resolve.resolver import Resolver

_TELLING = frozenset(
    {
        *("max_tokens", "max_new_tokens", "max_output_tokens", "max_completion_tokens", "num_predict"),
        *("temperature", "top_p", "system_prompt", "messages", "frequency_penalty", "presence_penalty"),
        *("response_format", "tool_choice", "stop_sequences"),
    }
)
_USUAL = frozenset({"model", "prompt", "stream", "tools", "system", "stop", "input", "n", "user_prompt"})
_VERBS = re.compile(
    r"a?(?:invoke|predict|generate|complete|chat|stream|prompt|ask|query|infer|respond)(?:_\w+)?|__call__"
)
_NO_REQUEST = re.compile(
    r"^_?(?:build|count|format|from|get|load|parse|render|save|set|trim|update|with)_|token|config"
)
_RECEIVERS = re.compile(
    r"(?:^|_)(?:llms?|lm|gpt|chatgpt|claude|gemini|openai|anthropic|mistral|chat_?model|language_?model|"
    r"chat_?bot|(?:llm|qa|prompt|chat)_?chain)(?:_|$)",
    re.IGNORECASE,
)
_OTHER_SHAPES = frozenset({"to", "from_", "body", "channel", "chat_id", "subject"})
"""Arguments by which a `messages.create` sends a text message."""


def lookalikes(
    r: Resolver, knowledge: Knowledge, module: ModuleIndex, known: frozenset[ast.AST]
) -> Iterator[Unresolved]:
    """The calls of ``module``, besides the ``known`` ones, that are probably LLM calls."""
    for node in module.calls:
        if node in known:
            continue
        r.refill()
        try:
            found = _dynamic_import(r, module, node) or _call(r, knowledge, module, node)
        except RecursionError:
            continue
        if found is not None:
            yield found


def _call(r: Resolver, knowledge: Knowledge, module: ModuleIndex, node: ast.Call) -> Unresolved | None:
    if not isinstance(node.func, (ast.Attribute, ast.Name)) or not _looks(knowledge, node):
        return None
    values = r.values(node.func, lookup.frame_of(r, module, module.scope_of(node)))
    package = _package(r, values)
    if package is None:
        return None
    callee = dotted(node.func)
    if package:
        group, reason = package, f"`{package}` is no package that the checker knows"
        hint = f"describe what you use of `{package}` in [tool.prodworthy.models]"
    else:
        receiver = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        group = dotted(receiver)
        frame = lookup.frame_of(r, module, module.scope_of(node))
        reason = f"`{group}` {why.of_values(r.values(receiver, frame))}"
        hint = "annotate it with its class; describe the class if it is your own"
    kind = "budget" if why.OUT_OF_STEPS in reason else "client"
    return Unresolved(kind, module.source.span(node), callee, reason, group, hint)


def _looks(knowledge: Knowledge, node: ast.Call) -> bool:
    keywords = {k.arg for k in node.keywords if k.arg}
    name = tail(node.func)
    if not name or name[:1].isupper() or _NO_REQUEST.search(name) or keywords & _OTHER_SHAPES:
        return False
    telling, usual = keywords & _TELLING, keywords & _USUAL
    if telling and len(telling) + len(usual) >= 2:
        return True
    if not isinstance(node.func, ast.Attribute):
        return False
    opaque = any(k.arg is None for k in node.keywords)
    if (telling or usual or opaque) and _path(node.func) in knowledge.long_paths:
        return True
    receiver = tail(node.func.value) or tail(getattr(node.func.value, "func", node))
    spoken_to = bool(node.args or node.keywords) and _RECEIVERS.search(_snake(receiver)) is not None
    return spoken_to and _VERBS.fullmatch(name) is not None


def _path(function: ast.Attribute) -> str:
    """The last two names of ``client.chat.completions.create``."""
    return f"{tail(function.value)}.{function.attr}"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)


def _package(r: Resolver, values: Values) -> str | None:
    """The callee's package, empty where nobody knows it, None where the callee is known well enough."""
    names = [v.name for v in values if isinstance(v, (External, Made))]
    if any(not isinstance(v, (External, Made, Unknown)) for v in values):
        return None
    roots = [name.partition(".")[0].partition("(")[0] for name in names]
    elsewhere = sys.stdlib_module_names | r.catalogue.knowledge.local | {"builtins"}
    if any(r.catalogue.knows(name) for name in names) or any(root in elsewhere for root in roots):
        return None
    return roots[0] if roots else ""


def _dynamic_import(r: Resolver, module: ModuleIndex, node: ast.Call) -> Unresolved | None:
    if tail(node.func) not in ("import_module", "__import__") or not node.args:
        return None
    frame = lookup.frame_of(r, module, module.scope_of(node))
    names = r.values(node.args[0], frame)
    if names and all(isinstance(v, Const) and HOLE not in str(v.value) for v in names):
        return None
    text = " ".join(ast.unparse(node.args[0]).split())[:60]
    reason = f"the module `{text}` is chosen at run time"
    hint = "describe what is imported, or import the modules by name"
    return Unresolved("import", module.source.span(node), dotted(node.func), reason, "import_module", hint)
