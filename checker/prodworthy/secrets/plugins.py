"""Detectors for detect-secrets: the providers it does not know, or knows by an older form of their keys.

    detect-secrets scan --plugin "$(python -m prodworthy.secrets.plugins)"

One class for each provider, made from the same data that the checker reads. In detect-secrets there are
only its own filters; judging placeholders is part of these detectors.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from detect_secrets.plugins.base import BasePlugin as _BasePlugin

from prodworthy_redact import credentials as _credentials

if TYPE_CHECKING:
    from prodworthy_redact.credentials import Shape

_NAME = re.compile(r"[^A-Za-z0-9]+")


class _ShapeDetector(_BasePlugin):
    """Finds the credentials of one provider."""

    secret_type = ""
    shapes: tuple[Shape, ...] = ()

    def analyze_string(self, string: str) -> Generator[str, None, None]:
        """The credentials in a line."""
        yield from (found.text for found in _credentials.find(string, self.shapes))


def _made(shapes: Iterable[Shape]) -> dict[str, type[_ShapeDetector]]:
    known = sorted((shape for shape in shapes if not shape.weak), key=lambda shape: shape.provider)
    classes = {}
    for provider, group in groupby(known, key=lambda shape: shape.provider):
        name = f"Prodworthy{_NAME.sub('', provider.title())}Detector"
        values = {
            "__module__": __name__,
            "__doc__": f"Finds credentials of {provider}.",
            "secret_type": f"{provider} credential",
            "shapes": tuple(group),
        }
        classes[name] = type(name, (_ShapeDetector,), values)
    return classes


globals().update(_made(_credentials.knowledge().shapes))

if __name__ == "__main__":
    print(__file__)
