"""What a stored result holds for: this tool with these rules and models, on this Python."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from prodworthy.pack import Packs

FORMAT = 1
_PART = 1 << 20


def digest(*parts: bytes | str) -> str:
    """32 hex digits for ``parts``."""
    total = blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "little"))
        total.update(data)
    return total.hexdigest()


def digest_of(file: Path) -> str:
    """32 hex digits for the content of ``file``, empty where it has none that can be read."""
    total = blake2b(digest_size=16)
    try:
        with open(file, "rb") as stream:
            while part := stream.read(_PART):
                total.update(part)
    except OSError:
        return ""
    return total.hexdigest()


def tool(packs: Packs) -> str:
    """The tool, its rules and models, the Python it runs on, and every distribution beside it."""
    parts: list[bytes | str] = [str(FORMAT), sys.version, sys.platform, *packs.packages]
    parts += sorted(_distributions())
    engine = Path(__file__).parent.parent
    for folder in (engine, *packs.folders):
        parts += _contents(folder)
    return digest(*parts)


def _distributions() -> Iterator[str]:
    """The installed distributions with their versions: rules ask some of them."""
    for place in sys.path:
        try:
            yield from (
                name for name in os.listdir(place or ".") if name.endswith((".dist-info", ".egg-info"))
            )
        except OSError:
            continue


def _contents(folder: Path) -> Iterator[bytes]:
    """Every file of code or knowledge below ``folder``."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            if name.endswith((".py", ".toml")):
                with open(os.path.join(place, name), "rb") as file:
                    yield name.encode() + b"\0" + file.read()
