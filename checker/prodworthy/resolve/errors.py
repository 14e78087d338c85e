"""Exceptions by name: which of them the errors of a call's API are, and what a handler does with them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodworthy.resolve import lookup
from prodworthy.resolve.index import ModuleIndex, tail
from prodworthy.resolve.outward import own
from prodworthy.resolve.values import Class, External, Frame, Made, Sequence, Value

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

ALL = frozenset({"builtins.Exception", "builtins.BaseException"})
NETWORK = frozenset(
    {
        "builtins.ConnectionError",
        "builtins.ConnectionResetError",
        "builtins.ConnectionAbortedError",
        "builtins.ConnectionRefusedError",
        "builtins.TimeoutError",
        "socket.timeout",
        "requests.exceptions.Timeout",
    }
)
"""What an HTTP client raises itself; SDKs turn it into errors of their own."""

HTTP = frozenset({"requests", "urllib3", "urllib", "aiohttp", "http"})
"""Libraries whose errors no SDK of an API lets through."""

OWN_ERRORS = frozenset({"openai", "anthropic", "groq"})
"""SDKs that wrap every error of the network, so that no other library's exception comes out of them."""


@dataclass(frozen=True, slots=True)
class Api:
    """An API as its errors tell it.

    Attributes:
        sdk: the name of the SDK.
        roots: its import roots.
        errors: the exceptions its model names.
    """

    sdk: str
    roots: tuple[str, ...]
    errors: frozenset[str]

    def raises(self, name: str) -> bool:
        """Whether ``name`` is one of its errors or a base of them."""
        return name in ALL or name in self.errors or any(name.startswith(f"{root}.") for root in self.roots)

    def is_foreign(self, name: str, known: bool) -> bool:
        """Whether it can never raise ``name``; ``known`` says that another SDK has it."""
        if self.sdk not in OWN_ERRORS or self.raises(name):
            return False
        return known or name in NETWORK or name.partition(".")[0] in HTTP


def names(r: Resolver, expression: ast.expr | None, frame: Frame) -> tuple[str, ...]:
    """The exceptions of an ``except`` clause or an argument; empty where one of them is not known."""
    if expression is None:
        return ("builtins.BaseException",)
    found: list[str] = []
    pending: list[Value | None] = list(r.values(expression, frame)) or [None]
    while pending:
        value = pending.pop(0)
        match value:
            case External(name=name):
                found.append(name)
            case Sequence(items=items, closed=True):
                for site in items:
                    pending += list(r.site(site)) or [None]
            case Class(node=node):
                found.append(f"<project>.{node.name}")
            case Made() | _:
                return ()
    return tuple(dict.fromkeys(found))


def catching(
    r: Resolver, module: ModuleIndex, tried: ast.Try | ast.TryStar, api: Api
) -> ast.ExceptHandler | None:
    """The handler that all errors of the API end in; None where there is none or nobody knows."""
    frame = lookup.frame_of(r, module, module.scope_of(tried))
    for handler in tried.handlers:
        caught = names(r, handler.type, frame)
        if not caught:
            return None
        if ALL.intersection(caught) or any(_base(name, api) for name in caught):
            return handler
    return None


def _base(name: str, api: Api) -> bool:
    return api.raises(name) and name.rpartition(".")[2] in (
        "APIError",
        "OpenAIError",
        "AnthropicError",
        "GroqError",
        "ApiError",
        "GoogleAPIError",
        "RequestException",
        "HTTPError",
    )


# fmt: off
_HARMLESS = frozenset({
    "print", "debug", "info", "warning", "warn", "error", "exception", "critical", "log", "echo", "write",
    "print_exc", "format_exc", "format_exception", "print_exception", "record_exception", "code",
    "str", "repr", "format", "join", "split", "strip", "replace", "dumps", "type", "isinstance", "getattr",
    "append", "add", "sleep", "len", "int", "round",
})
# fmt: on
"""Last names of calls that an error can be given to without being raised by them again."""


def drops(handler: ast.ExceptHandler) -> bool:
    """Whether no error leaves a handler for sure: it raises nothing and gives the error to nobody who may."""
    for node in own(handler.body):
        if isinstance(node, (ast.Raise, ast.Assert)):
            return False
        if isinstance(node, ast.Call) and tail(node.func) not in _HARMLESS:
            given = [*node.args, *(k.value for k in node.keywords)]
            inside = (n for a in given for n in ast.walk(a))
            if handler.name and any(isinstance(n, ast.Name) and n.id == handler.name for n in inside):
                return False
    return True
