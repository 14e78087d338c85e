"""Finds what keeps an LLM application from being ready for production."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prodworthy.api import check_paths, check_source
    from prodworthy.finding import Finding

__all__ = ["Finding", "__version__", "check_paths", "check_source"]


def __getattr__(name: str) -> object:
    # start-up is part of speed: the command line must not load what only a program needs
    if name in ("check_paths", "check_source"):
        from prodworthy import api

        return getattr(api, name)
    if name == "Finding":
        from prodworthy.finding import Finding

        return Finding
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("prodworthy")
        except PackageNotFoundError:
            return "0+unknown"
    raise AttributeError(f"module 'prodworthy' has no attribute {name!r}")
