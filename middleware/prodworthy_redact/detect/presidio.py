"""Presidio's recognizers, built from its own classes without importing what they do not use.

``import presidio_analyzer`` loads spaCy and takes seconds; a pattern recognizer needs neither. Where nobody
has imported presidio yet, its packages are entered into `sys.modules` unexecuted: a recognizer's module is
imported as always, and the first use of anything else in a package executes that package as usual.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec
from types import ModuleType
from typing import Protocol, cast

from prodworthy_redact.kinds import Recognizer

_PACKAGE = "presidio_analyzer"
_RECOGNIZERS = f"{_PACKAGE}.predefined_recognizers"
_LIGHT = {
    "analysis_explanation": "AnalysisExplanation",
    "recognizer_result": "RecognizerResult",
    "entity_recognizer": "EntityRecognizer",
    "local_recognizer": "LocalRecognizer",
    "pattern": "Pattern",
    "pattern_recognizer": "PatternRecognizer",
}
_WHOLE = "*"
_lock = threading.RLock()


class Result(Protocol):
    """What presidio's recognizers answer."""

    start: int
    end: int
    entity_type: str
    score: float


class PatternLike(Protocol):
    """A presidio ``Pattern``, or anything like it."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def regex(self) -> str: ...  # noqa: D102

    @property
    def score(self) -> float: ...  # noqa: D102


class Built(Protocol):
    """A presidio recognizer, as far as it is used here."""

    name: str
    context: list[str] | None
    supported_entities: list[str]
    is_loaded: bool

    def load(self) -> None: ...  # noqa: D102

    def analyze(self, text: str, entities: list[str], nlp_artifacts: object) -> list[Result] | None: ...  # noqa: D102


class BuiltPattern(Built, Protocol):
    """A presidio pattern recognizer."""

    patterns: list[PatternLike]
    global_regex_flags: int

    def validate_result(self, pattern_text: str) -> bool | None: ...  # noqa: D102

    def invalidate_result(self, pattern_text: str) -> bool | None: ...  # noqa: D102


def build(recognizer: Recognizer, language: str) -> Built:
    """The recognizer, ready to use; it never reaches for the network."""
    with _lock:
        _prepare(recognizer.module)
        kind = getattr(importlib.import_module(f"{_RECOGNIZERS}.{recognizer.module}"), recognizer.name)
    if recognizer.name == "EmailRecognizer":
        kind = _offline(kind)
    return cast(Built, kind(supported_language=language, name=recognizer.name))


def _offline(kind: type) -> type:
    """The e-mail recognizer with the public suffixes that its library ships, instead of a download."""
    import tldextract

    bundled = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

    def validate_result(_: object, pattern_text: str) -> bool:
        return bundled(pattern_text).fqdn != ""

    return type(kind.__name__, (kind,), {"validate_result": validate_result})


def _prepare(module: str) -> None:
    """Enters the packages above a recognizer's module."""
    if _PACKAGE not in sys.modules:
        package = _enter(_PACKAGE)
        try:
            for name, attribute in _LIGHT.items():
                module_of = importlib.import_module(f"{_PACKAGE}.{name}")
                setattr(package, attribute, getattr(module_of, attribute))
        except ImportError:  # another presidio than the ones known: as everybody imports it
            for name in [name for name in sys.modules if name.split(".")[0] == _PACKAGE]:
                del sys.modules[name]
            importlib.import_module(_PACKAGE)
        else:
            _enter(f"{_PACKAGE}.nlp_engine").NlpArtifacts = type("NlpArtifacts", (), {})  # type: ignore[attr-defined]
    path = ""
    for part in (_RECOGNIZERS, *module.split(".")[:-1]):
        path = f"{path}.{part}" if path else part
        if path not in sys.modules:
            _enter(path)


def _enter(name: str) -> ModuleType:
    """A package in `sys.modules` that is executed when something is asked of it that it has not yet."""
    parent, _, own = name.rpartition(".")
    spec = PathFinder.find_spec(name, sys.modules[parent].__path__ if parent else None)
    if spec is None:
        raise ImportError(f"{name} is not installed", name=name)
    module = module_from_spec(spec)
    module.__dict__["__getattr__"] = _completion(module, spec)
    sys.modules[name] = module
    if parent:
        setattr(sys.modules[parent], own, module)
    return module


def _completion(module: ModuleType, spec: ModuleSpec) -> Callable[[str], object]:
    """Executes the package, and the one at the top before it, as an ordinary import would."""

    def complete(attribute: str) -> object:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        with _lock:
            top = sys.modules[_PACKAGE]
            if top is not module and "__getattr__" in vars(top):
                vars(top)["__getattr__"](_WHOLE)
            if vars(module).pop("__getattr__", None) is not None and spec.loader is not None:
                spec.loader.exec_module(module)
        return None if attribute == _WHOLE else getattr(module, attribute)

    return complete
