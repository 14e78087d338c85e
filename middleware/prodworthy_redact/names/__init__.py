"""Names of people and places: a model that is installed beside the package, or none."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

from prodworthy_redact.errors import NamesUnavailable
from prodworthy_redact.names import rampart, spacy
from prodworthy_redact.names.model import Model, Together
from prodworthy_redact.policy import Policy

__all__ = ["Model", "choose"]

HOW = "install prodworthy[names], or name an installed model as `names_model`"
_warned = False


def choose(policy: Policy) -> Callable[[], Model] | None:
    """What loads the model that a policy asks for; None where it wants none or ``auto`` finds none.

    Nothing is loaded or imported here. That names are not covered is said once, as a warning.

    Raises:
        NamesUnavailable: the policy requires names or names a model, and it is not installed.
    """
    if policy.names == "off" or not _any(policy, "PERSON", "LOCATION", "ORGANIZATION", "NRP"):
        return None
    if policy.names_model != "auto":
        return _by_name(policy.names_model, policy.cache_size)
    loader = _automatic(policy)
    if loader is None and policy.names == "required":
        raise NamesUnavailable(f'`names` is "required" and no model for names is installed: {HOW}')
    if loader is None:
        _warn()
    return loader


def _automatic(policy: Policy) -> Callable[[], Model] | None:
    """Rampart, and a spaCy pipeline beside it where the policy wants what Rampart has no label for."""
    pipeline = next(spacy.installed(), None)
    if not rampart.is_installed():
        return None if pipeline is None else partial(spacy.Spacy, pipeline)
    if pipeline is not None and _any(policy, "ORGANIZATION", "NRP"):
        return partial(_both, pipeline, policy.cache_size)
    return partial(rampart.Rampart, policy.cache_size)


def _any(policy: Policy, *kinds: str) -> bool:
    return any(policy.wants(kind) and policy.wants_all(kind) for kind in kinds)


def _both(pipeline: str, cache_size: int) -> Model:
    return Together((rampart.Rampart(cache_size), spacy.Spacy(pipeline)))


def _by_name(reference: str, cache_size: int) -> Callable[[], Model]:
    """The model that ``rampart``, ``spacy:NAME``, ``transformers:PATH`` or ``gliner:PATH`` stands for.

    Several, joined by ``+``, run together.
    """
    from prodworthy_redact.names import gliner, transformers

    if "+" in reference:
        loaders = [_by_name(part, cache_size) for part in reference.split("+")]
        return lambda: Together(tuple(load() for load in loaders))
    kind, _, name = reference.partition(":")
    known: dict[str, Callable[[], Callable[[], Model]]] = {
        "rampart": lambda: partial(rampart.Rampart, cache_size),
        "spacy": lambda: lambda: spacy.Spacy(name),
        "transformers": lambda: lambda: transformers.Transformers(name),
        "gliner": lambda: lambda: gliner.Gliner(name),
    }
    needs = {
        "rampart": rampart.is_installed,
        "spacy": lambda: spacy.is_installed(name),
        "transformers": transformers.is_installed,
        "gliner": gliner.is_installed,
    }
    if kind not in known or (kind != "rampart" and not name):
        raise NamesUnavailable(
            f"`names_model`: `{reference}` is none of rampart, spacy:NAME, transformers:PATH, gliner:PATH"
        )
    if not needs[kind]():
        raise NamesUnavailable(f"`names_model`: `{reference}` is not installed: {HOW}")
    if kind in ("transformers", "gliner") and not Path(name).is_dir():
        raise NamesUnavailable(f"`names_model`: `{name}` is no folder; nothing is fetched")
    return known[kind]()


def _warn() -> None:
    global _warned  # noqa: PLW0603 - once in a process, whoever asks
    if not _warned:
        _warned = True
        warnings.warn(
            f"names of people and places are NOT redacted: no model for them is installed. {HOW}; "
            'or say `names = "off"` to do without.',
            stacklevel=4,
        )
