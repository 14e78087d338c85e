"""Which environment a name speaks of, and what a settings file may be called."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

PRODUCTION = "production"
_WORDS = {
    PRODUCTION: frozenset({"prod", "production", "prd"}),
    "staging": frozenset({"stage", "staging", "stg", "preprod", "preproduction", "uat"}),
    "test": frozenset({"test", "tests", "testing", "ci", "e2e"}),
    "development": frozenset({"dev", "devel", "development"}),
}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_EXAMPLE = re.compile(r"example|sample|template|dist\b|\.bak$|~$", re.IGNORECASE)
_DOTENV = re.compile(r"\.env[._-][\w.-]+|[\w.-]+\.env")
_COMPOSE = re.compile(r"(?:docker-)?compose[\w.-]*\.ya?ml")


def environment_of(name: str) -> str:
    """The environment that a name speaks of (``StagingSettings``, ``.env.test``); empty for none or two."""
    words = [word.lower() for word in _WORD.findall(name)]
    if "pre" in words and _WORDS[PRODUCTION].intersection(words):
        return "staging"
    found = [environment for environment, known in _WORDS.items() if known.intersection(words)]
    return found[0] if len(found) == 1 else ""


def environment_of_path(path: str) -> str:
    """The environment that a file's name speaks of, or else one of the two folders around it."""
    pure = PurePosixPath(path)
    stem = pure.name if pure.name.startswith(".env") else pure.stem
    return environment_of(stem) or next((e for p in pure.parts[-2:-4:-1] if (e := environment_of(p))), "")


def kind_of(path: str) -> str:
    """``dotenv``, ``compose``, ``workflow`` or ``yaml`` for files that can hold settings, else empty."""
    name = PurePosixPath(path).name
    if _EXAMPLE.search(name):
        return ""
    if _DOTENV.fullmatch(name):
        return "dotenv"
    if not name.endswith((".yml", ".yaml")):
        return ""
    if _COMPOSE.fullmatch(name):
        return "compose"
    return "workflow" if "/.github/workflows/" in f"/{path}" else "yaml"
