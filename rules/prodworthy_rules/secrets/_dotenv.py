"""Which files are dotenv files: `.env`, `.env.production`, `prod.env`, and not their examples."""

from __future__ import annotations

from pathlib import PurePosixPath

_EXAMPLES = ("example", "sample", "template", "dist", "tmpl", "tpl", "default", "defaults", "schema")


def is_dotenv(path: str) -> bool:
    """Whether ``path`` names a file that holds an environment, and not an example of one."""
    name = PurePosixPath(path).name.lower()
    if name == ".envrc":
        return True
    if not (name == ".env" or name.startswith(".env.") or name.endswith(".env")):
        return False
    return not any(word in name.replace("-", ".").replace("_", ".").split(".") for word in _EXAMPLES)
