"""What the docstring of a class says of each attribute."""

from __future__ import annotations

import inspect
import re

_ENTRY = re.compile(r"^ {4}(\w+(?:, \w+)*): (.+?)(?=^ {4}\w|^ {0,3}\S|\Z)", re.MULTILINE | re.DOTALL)


def descriptions(documented: type) -> dict[str, str]:
    """Attribute -> what the ``Attributes:`` of ``documented``, and of the classes it stands on, say of it."""
    found: dict[str, str] = {}
    for one in reversed(documented.__mro__):
        _, _, attributes = (inspect.cleandoc(one.__doc__) if one.__doc__ else "").partition("Attributes:\n")
        for entry in _ENTRY.finditer(attributes):
            found |= dict.fromkeys(entry[1].split(", "), " ".join(entry[2].split()))
    return found
