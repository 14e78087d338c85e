"""The SDK models, ready to be asked about qualified names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from prodworthy.model.knowledge import Knowledge
from prodworthy.model.schema import CallModel, ClientModel, SdkModel


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    parts = [
        r"(?:[^.]+\.)*" if segment == "*" else re.escape(segment).replace(r"\*", r"[^.]*") + r"\."
        for segment in glob.split(".")
    ]
    return re.compile("".join(parts).removesuffix(r"\.") + r"\Z")


class Catalogue:
    """Which qualified names are clients and calls of an SDK; models are loaded when first needed."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._loaded: set[str] = set()
        self._clients: dict[str, list[tuple[str, SdkModel, ClientModel]]] = {}
        self._functions: dict[str, list[tuple[str, SdkModel, CallModel]]] = {}
        self._methods: dict[tuple[str, str], dict[str, list[CallModel]]] = {}
        self._made: dict[tuple[str, str], dict[str, list[ClientModel]]] = {}
        self._held: dict[str, list[tuple[str, SdkModel, ClientModel]]] = {}
        self._modules: list[tuple[str, SdkModel, ClientModel]] = []
        self._shapes: list[tuple[str, SdkModel, CallModel]] | None = None

    def client(self, name: str) -> list[tuple[SdkModel, ClientModel]]:
        """The clients that the qualified name ``name`` builds or is the type of."""
        self._load(name)
        tail = name.rpartition(".")[2]
        return [(s, m) for glob, s, m in self._clients.get(tail, ()) if matches(glob, name)]

    def function(self, name: str) -> tuple[SdkModel, CallModel] | None:
        """The call that the module function ``name`` is."""
        self._load(name)
        tail = name.rpartition(".")[2]
        for glob, sdk, model in self._functions.get(tail, ()):
            if matches(glob, name):
                return sdk, model
        return None

    def module_client(self, name: str) -> tuple[SdkModel, ClientModel, str] | None:
        """The client that a module itself is, and the path below it (``openai`` . ``chat.completions``)."""
        self._load(name)
        for module, sdk, model in self._modules:
            if name.startswith(module + "."):
                return sdk, model, name[len(module) + 1 :]
        return None

    def method(self, sdk: SdkModel, client: ClientModel, path: str) -> CallModel | None:
        """The call at ``path`` of a client."""
        found = self._methods.get((sdk.name, client.id), {}).get(path)
        return found[0] if found else None

    def own_clients(self, path: str, maker: str) -> list[tuple[SdkModel, ClientModel]]:
        """The clients that a class or factory of the project's file ``path`` makes, as the user describes."""
        found: list[tuple[SdkModel, ClientModel]] = []
        for sdk in self.knowledge.own:
            self._add(sdk)
            found += [(sdk, c) for c in sdk.client if any(_means(n, path, maker) for n in c.constructors)]
        return found

    def own_function(self, path: str, function: str) -> tuple[SdkModel, CallModel, str] | None:
        """The call that a function of the project is by the user's description, and its name there."""
        for sdk in self.knowledge.own:
            for call in sdk.call:
                for name in call.paths:
                    if not call.on and _means(name, path, function):
                        return sdk, call, name
        return None

    def held(self, base: str, attribute: str) -> tuple[SdkModel, ClientModel] | None:
        """The client that a base class outside the project keeps under ``attribute``."""
        self._load(base)
        for glob, sdk, model in self._held.get(attribute, ()):
            if matches(glob, base):
                return sdk, model
        return None

    def made(self, sdk: SdkModel, client: ClientModel, path: str) -> list[ClientModel]:
        """The clients that calling ``path`` of another client can give."""
        return self._made.get((sdk.name, client.id), {}).get(path, [])

    def by_shape(
        self, path: str, keywords: Iterable[str], lenient: bool = False
    ) -> tuple[SdkModel, CallModel] | None:
        """The call that an unknown receiver's ``path`` can only be, given its keyword arguments.

        ``lenient``: any one of the keywords will do.
        """
        if self._shapes is None:
            self._shapes = []
            for sdk in self.knowledge.shaped():
                self._add(sdk)
                self._shapes += [(p, sdk, c) for c in sdk.call if c.shape for p in c.paths]
        names = set(keywords)
        for known, sdk, model in self._shapes:
            if path != known and not path.endswith("." + known):
                continue
            if names.issuperset(model.shape) or (lenient and not names.isdisjoint(model.shape)):
                return sdk, model
        return None

    def knows(self, name: str) -> bool:
        """Whether ``name`` stands under an import root of some SDK; the user's own models are no SDKs."""
        return any(sdk not in self.knowledge.own for sdk in self.knowledge.sdks_for(name))

    def _load(self, name: str) -> None:
        for sdk in self.knowledge.sdks_for(name):
            self._add(sdk)

    def _add(self, sdk: SdkModel) -> None:
        if sdk.name in self._loaded:
            return
        self._loaded.add(sdk.name)
        for client in sdk.client:
            for glob in client.constructors:
                self._clients.setdefault(glob.rpartition(".")[2], []).append((glob, sdk, client))
            self._modules += [(module, sdk, client) for module in client.modules]
            for held in client.held_by:
                base, _, attribute = held.partition(":")
                self._held.setdefault(attribute, []).append((base, sdk, client))
            for made in client.made_by:
                owner, _, path = made.partition(":")
                self._made.setdefault((sdk.name, owner), {}).setdefault(path, []).append(client)
        for call in sdk.call:
            for path in call.paths:
                if not call.on:
                    self._functions.setdefault(path.rpartition(".")[2], []).append((path, sdk, call))
                for owner in call.on:
                    self._methods.setdefault((sdk.name, owner), {}).setdefault(path, []).append(call)


def _means(name: str, path: str, ident: str) -> bool:
    """Whether a user's qualified ``name`` is ``ident`` (``LLM``, ``LLM.create``) of the file ``path``.

    The name may begin below the project root (``app.llm.LLM`` for ``src/app/llm.py``), and end at a package
    that takes it over from the file (``app.LLM``).
    """
    if not name.endswith(f".{ident}"):
        return False
    module = name[: -len(ident) - 1]
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    if "*" in module:
        return any(matches(name, ".".join((*parts[start:], ident))) for start in range(len(parts)))
    return f".{module}." in f".{'.'.join(parts)}."


def matches(glob: str, name: str) -> bool:
    """Whether a qualified name fits a pattern of a model."""
    return glob == name if "*" not in glob else _pattern(glob).match(name) is not None
