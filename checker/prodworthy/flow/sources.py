"""Which values and parameters somebody outside the program decides, and what makes a value safe."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from prodworthy.flow.graph import BOUNDED, SAFE
from prodworthy.flow.personal import words
from prodworthy.model.knowledge import Knowledge
from prodworthy.model.schema import FrameworkModel, SanitizerModel, SourceModel
from prodworthy.resolve.catalogue import matches

_BRACKETS = re.compile(r"\(\)|\[[^\]]*\]")


class Sources:
    """The framework models, ready to be asked about qualified names; each is loaded when first named."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.value = lru_cache(4096)(self._value)
        self.call = lru_cache(4096)(self._call)

    def _models(self, *names: str) -> Iterator[tuple[FrameworkModel, SourceModel]]:
        for framework in self._knowledge.frameworks(names):
            for source in framework.source:
                yield framework, source

    def _value(self, name: str) -> tuple[SourceModel, str] | None:
        """The source that ``name`` is or is reached from, with the name of the source's root."""
        plain = bare(name)
        best: tuple[SourceModel, str] | None = None
        for _, model in self._models(plain):
            for known in model.values:
                prefix = _prefix(known, plain)
                if prefix is None or (best is not None and len(prefix) <= len(best[1])):
                    continue
                rest = plain[len(prefix) :].lstrip(".").partition(".")[0]
                best = (model, prefix) if rest not in model.clean else best
        return best

    def _call(self, name: str) -> SourceModel | None:
        """The source that calling ``name`` gives."""
        plain = bare(name)
        for _, model in self._models(plain):
            if any(matches(glob, plain) for glob in model.calls):
                return model
        return None

    def shape(self, method: str) -> SourceModel | None:
        """The source that calling a method of this name gives, whatever it is called on."""
        for _, model in self._models("*"):
            if method in model.shapes:
                return model
        return None

    def declared(self, qualified: str) -> str:
        """The kind of source that the user says a function's result is; empty for none."""
        for kind, names in self._knowledge.declared_sources.items():
            if any(qualified == name or qualified.endswith("." + name) for name in names):
                return kind
        return ""

    def callback(self, names: Iterable[str]) -> SourceModel | None:
        """The source that the parameters of a function handed to one of these calls are."""
        plain = [bare(n) for n in names]
        for _, model in self._models(*plain):
            if any(matches(glob, n) for glob in model.callbacks for n in plain):
                return model
        return None

    def annotation(self, names: Iterable[str]) -> SourceModel | None:
        """The source that a parameter of one of these types is."""
        plain = [bare(n) for n in names]
        for _, model in self._models(*plain):
            if any(matches(glob, n) for glob in model.annotations for n in plain):
                return model
        return None

    def handler(self, names: Iterable[str]) -> SourceModel | None:
        """The source that the parameters of a function with these decorators are."""
        plain = [bare(n) for n in names]
        for _, model in self._models(*plain):
            if any(matches(glob, n) for glob in model.handlers for n in plain):
                return model
        return None

    def method(self, base: str, name: str) -> SourceModel | None:
        """The source that the parameters of an overridden method of ``base`` are."""
        for _, model in self._models(bare(base)):
            if any(matches(glob, f"{bare(base)}.{name}") for glob in model.methods):
                return model
        return None

    def parameter(self, ident: str, imported: Iterable[str]) -> SourceModel | None:
        """The source that a parameter called ``ident`` is by its name, given what the module imports."""
        roots = set(imported)
        for framework, model in self._models(*roots):
            loose = not (model.handlers or model.methods or model.callbacks)
            if loose and ident in model.parameters and roots.intersection(framework.roots):
                return model
        return None


class Sanitizers:
    """The sanitizer models and what the user declares, ready to be asked about names.

    Attributes:
        redactors: the last names of what redacts.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._models = knowledge.sanitizers.sanitizer
        self._declared = knowledge.declared_sanitizers
        self._outside = lru_cache(4096)(self._external)
        self.named = lru_cache(4096)(self._named)
        redactors = (m for m in self._models if m.kind == "redaction")
        self.redactors = frozenset(name.rpartition(".")[2] for m in redactors for name in m.calls)

    def external(self, name: str, texts: Sequence[str] = ()) -> frozenset[str]:
        """What the result of calling ``name`` is safe in; ``texts`` are its constant arguments."""
        found = SAFE
        for model in self._outside(name):
            if not model.first or (texts and texts[0].startswith(tuple(model.first))):
                found |= _safe(model.kind)
        return found | self.declared(bare(name))

    def declared(self, qualified: str) -> frozenset[str]:
        """What the user says that a function makes safe."""
        found = SAFE
        for kind, names in self._declared.items():
            if any(qualified == name or qualified.endswith("." + name) for name in names):
                found |= _safe(kind)
        return found

    def _external(self, name: str) -> tuple[SanitizerModel, ...]:
        plain = bare(name)
        return tuple(m for m in self._models if any(matches(glob, plain) for glob in m.calls))

    def _named(self, name: str) -> frozenset[str]:
        """What a function of the project makes safe, told from its name."""
        plain = "_".join(words(name))
        for model in self._models:
            for known in model.names:
                if plain == known or (known.endswith("*") and plain.startswith(known[:-1])):
                    return _safe(model.kind)
        return SAFE


def _safe(kind: str) -> frozenset[str]:
    return BOUNDED if kind == "length" else frozenset({kind})


def bare(name: str) -> str:
    """A qualified name without calls and items."""
    return _BRACKETS.sub("", name)


def _prefix(known: str, name: str) -> str | None:
    """The part of ``name`` that ``known`` matches, if it is a beginning of it."""
    if "*" not in known:
        return known if name == known or name.startswith(known + ".") else None
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        prefix = ".".join(parts[:length])
        if matches(known, prefix):
            return prefix
    return None
