"""Where the knowledge files of the rule packs lie, and reading them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from prodworthy.model.load import files, load
from prodworthy.pack import load_packs

T = TypeVar("T")


def folders() -> Iterator[Path]:
    """The ``models`` folder of each pack."""
    return (folder / "models" for folder in load_packs().folders)


def read(name: str, shape: type[T]) -> Iterator[T]:
    """The file ``name`` of each pack."""
    return (load(folder / name, shape) for folder in folders())


def read_all(name: str, shape: type[T]) -> Iterator[T]:
    """Every file of the folder ``name`` of each pack."""
    return (load(file, shape) for folder in folders() for file in files(folder / name))
