"""What is given to a client as its key is a credential, however orderly it looks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from prodworthy.finding import Span
from prodworthy.rule import Module
from prodworthy_rules.secrets._places import is_in_example

_MOST_ORDERED = 0.5
_PLAIN = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[!-~]{8,200}")
_LOCAL = re.compile(r"https?://(?:localhost|127\.|0\.0\.0\.0|\[::1\]|host\.docker\.internal)|sqlite:|file:")


def keys_of_clients(module: Module) -> Iterator[tuple[str, ast.expr, str, Span]]:
    """(SDK name, argument, key, where it is written) of the keys that reach clients and calls in ``module``.

    An argument that can be many things, some of which are no keys, is not known to be any of them.
    """
    from prodworthy_redact import credentials

    for sdk, argument in module.client_arguments("api_key"):
        found = [(value, span) for value, span in module.constants(argument) if isinstance(value, str)]
        real = [(value, span) for value, span in found if not credentials.is_placeholder(value)]
        if all(credentials.looks_secret(value) for value, _ in real):
            yield from ((sdk, argument, value, span) for value, span in real)
        elif len(found) == 1 and _is_typed(found[0][0]) and not _is_of_no_use(module, argument):
            yield (sdk, argument, *found[0])


def _is_typed(value: str) -> bool:
    """Whether a person made up a key that may open something: letters and digits, no form, no placeholder."""
    from prodworthy_redact import credentials
    from prodworthy_redact.randomness import ordered_share

    return (
        _PLAIN.fullmatch(value) is not None
        and credentials.may_be_secret(value)
        and ordered_share(value) < _MOST_ORDERED
    )


def _is_of_no_use(module: Module, argument: ast.expr) -> bool:
    """Whether the client asks a server on this machine, which takes any key, or shows how it is done."""
    call = module.parent(argument)
    call = module.parent(call) if isinstance(call, ast.keyword) else call
    if isinstance(argument, ast.Constant) and is_in_example(module, argument):
        return True
    for _, address in module.client_arguments("base_url"):
        holder = module.parent(address)
        holder = module.parent(holder) if isinstance(holder, ast.keyword) else holder
        if holder is call and any(_LOCAL.match(str(value)) for value, _ in module.constants(address)):
            return True
    return False
