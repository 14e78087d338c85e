"""Personal values, one for each place in a request where a string can stand."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, unquote


class Sentinels:
    """Makes a value for each place; no two are the same."""

    def __init__(self) -> None:
        self.made: dict[str, str] = {}

    def __call__(self, place: str) -> str:
        if place not in self.made:
            self.made[place] = f"guest{len(self.made) + 1:02d}.{place.split(maxsplit=1)[0]}@example.com"
        return self.made[place]

    def said(self, place: str) -> str:
        return f"Write to {self(place)} today."

    def url(self, place: str) -> str:
        return f"https://files.example.net/a.png?owner={quote(self(place))}"

    def data_url(self, place: str) -> str:
        return "data:text/plain;base64," + self.base64(place)

    def base64(self, place: str) -> str:
        return base64.b64encode(f"A letter to {self(place)}, to be kept for a while.".encode()).decode()

    def json(self, place: str) -> str:
        return json.dumps({"to": self(place), "note": 'a "quoted" word'})

    def schema(self) -> dict[str, object]:
        return {
            "type": "object",
            "title": self.said("schema title"),
            "description": self.said("schema description"),
            "properties": {
                "to": {
                    "type": "string",
                    "description": self.said("property description"),
                    "enum": [self("enum value"), "nobody"],
                    "default": self("default value"),
                    "examples": [self("example value")],
                },
                "deep": {
                    "type": "object",
                    "properties": {"x": {"type": "string", "const": self("const value")}},
                },
            },
            "required": ["to"],
        }

    def missing(self, told: str) -> list[str]:
        """The places whose values are not in ``told``."""
        told += unquote(told)
        return [place for place, value in self.made.items() if value not in told]

    def leaked(self, visible: str) -> list[str]:
        return [place for place, value in self.made.items() if value in visible]
