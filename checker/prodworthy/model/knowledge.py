"""Everything the rule packs and the user know of SDKs, frameworks, hosts and data, loaded when needed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from prodworthy.errors import ModelError
from prodworthy.model.load import build, files, load, roots
from prodworthy.model.schema import (
    FrameworkModel,
    HostsModel,
    LocalPackages,
    PersonalDataModel,
    RetryModel,
    SanitizersModel,
    SdkModel,
    SinksModel,
)
from prodworthy.privacy import EVERYTHING, Privacy

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

T = TypeVar("T")
_PATHS = re.compile(r"^paths\s*=\s*\[(.*?)\]", re.MULTILINE | re.DOTALL)
_BUILDERS = re.compile(r"^(?:constructors|same)\s*=\s*\[(.*?)\]", re.MULTILINE | re.DOTALL)
_WORD = re.compile(r"""["']([^"']+)["']""")


SANITIZER_KINDS = ("redaction", "validation", "length", "moderation", "mask", "html", "sql", "shell", "path")
SOURCE_KINDS = ("request", "message", "upload", "mail", "file", "page", "retrieval", "row")


class Knowledge:
    """The models of all packs.

    Args:
        folders: the ``models`` folders of the packs.
        user: ``[tool.prodworthy.models]``: SDK models by name, as TOML gives them, and under ``sanitizers``
            and ``sources`` the user's own functions by kind.
        privacy: what counts as personal data.
    """

    def __init__(
        self,
        folders: Sequence[Traversable],
        user: Mapping[str, object] | None = None,
        privacy: Privacy = EVERYTHING,
    ) -> None:
        self.privacy = privacy
        self._folders = folders
        own = user or {}
        self.declared_sanitizers = _declared(own, "sanitizers", SANITIZER_KINDS)
        self.declared_sources = _declared(own, "sources", SOURCE_KINDS)
        self.own = tuple(
            self._of_user(name, _table(table))
            for name, table in own.items()
            if name not in ("sanitizers", "sources")
        )
        self._sdks: dict[str, SdkModel] = {}
        self._frameworks: dict[str, FrameworkModel] = {}

    def _of_user(self, name: str, table: dict[str, object]) -> SdkModel:
        if name in self._sources:
            raise ModelError(f"models.{name}: a model of that name is shipped; choose another one")
        model = build(SdkModel, {"name": name, "docs": "", "roots": [], **table}, f"models.{name}")
        model.roots += sorted({full.partition(".")[0] for full in own_names(model)}.difference(model.roots))
        return model

    @cached_property
    def sdk_roots(self) -> dict[str, list[str]]:
        """Import root -> names of the model files that describe it."""
        table: dict[str, list[str]] = {}
        for name, source in self._sources.items():
            for root in roots(source):
                table.setdefault(root, []).append(name)
        for model in self.own:
            for root in model.roots:
                table.setdefault(root, []).append(model.name)
        return table

    def sdks_for(self, name: str) -> list[SdkModel]:
        """The SDK models whose import roots ``name`` stands under."""
        found: list[SdkModel] = []
        parts = name.split(".")
        for length in range(1, min(len(parts), 4) + 1):
            found += [self.sdk(sdk) for sdk in self.sdk_roots.get(".".join(parts[:length]), ())]
        return found

    def sdk(self, name: str) -> SdkModel:
        """One SDK model by the name of its file."""
        known = self._sdks.get(name)
        if known is None:
            own = [m for m in self.own if m.name == name]
            known = self._sdks[name] = own[0] if own else load(self._sources[name], SdkModel)
        return known

    def distribution(self, name: str) -> str:
        """What pip installs for the SDK of that name; empty where that is not known."""
        known = name in self._sources or any(model.name == name for model in self.own)
        return self.sdk(name).distribution if known else ""

    @cached_property
    def tails(self) -> frozenset[str]:
        """The last names of every call path of every SDK, read without parsing the models."""
        found: set[str] = set()
        for source in self._sources.values():
            for block in _PATHS.findall(source.read_text(encoding="utf-8")):
                found.update(word.rpartition(".")[2] for word in _WORD.findall(block))
        for model in self.own:
            found.update(path.rpartition(".")[2] for call in model.call for path in call.paths)
        return frozenset(found - {"__call__"})

    @cached_property
    def long_paths(self) -> frozenset[str]:
        """The last two names of every longer call path of every SDK (``completions.create``)."""
        found: set[str] = set()
        for source in self._sources.values():
            for block in _PATHS.findall(source.read_text(encoding="utf-8")):
                found.update(".".join(w.split(".")[-2:]) for w in _WORD.findall(block) if "." in w)
        return frozenset(found)

    def may_build(self, tail: str) -> bool:
        """Whether ``tail`` is the last name of some client's constructor or derivation."""
        return tail in self._builders

    @cached_property
    def _builders(self) -> frozenset[str]:
        found: set[str] = set()
        for source in self._sources.values():
            for block in _BUILDERS.findall(source.read_text(encoding="utf-8")):
                found.update(word.rpartition(".")[2] for word in _WORD.findall(block))
        for model in self.own:
            found.update(n.rpartition(".")[2] for c in model.client for n in (*c.constructors, *c.same))
        return frozenset(found)

    def shaped(self) -> Iterator[SdkModel]:
        """The SDK models that some call can be told by its shape alone."""
        for name, source in self._sources.items():
            if "shape = [" in source.read_text(encoding="utf-8"):
                yield self.sdk(name)

    @cached_property
    def hosts(self) -> HostsModel:
        """API hosts and endpoints of raw HTTP calls."""
        return self._merged("hosts.toml", HostsModel)

    @cached_property
    def sanitizers(self) -> SanitizersModel:
        """Calls that make a value safe."""
        return self._merged("sanitizers.toml", SanitizersModel)

    @cached_property
    def sinks(self) -> SinksModel:
        """Calls that do something with a value that matters where it comes from."""
        return self._merged("sinks.toml", SinksModel)

    @cached_property
    def personal_data(self) -> PersonalDataModel:
        """The lexicon of personal data, without what the configuration leaves out."""
        model = self._merged("personal_data.toml", PersonalDataModel)
        return replace(
            model, element=[e for e in model.element if self.privacy.wants([*e.kinds, e.name.upper()])]
        )

    @cached_property
    def retry(self) -> RetryModel:
        """Decorators, adapters and wrappers that retry or bound the time."""
        return self._merged("retry.toml", RetryModel)

    @cached_property
    def local(self) -> frozenset[str]:
        """Import roots of packages that run models on the machine itself."""
        return frozenset(self._merged("local.toml", LocalPackages).packages)

    def frameworks(self, names: Iterable[str]) -> list[FrameworkModel]:
        """The models of the frameworks that one of the qualified ``names`` belongs to."""
        wanted: dict[str, None] = {}
        for name in names:
            parts = name.split(".")
            for length in range(1, min(len(parts), 3) + 1):
                wanted |= dict.fromkeys(self._framework_roots.get(".".join(parts[:length]), ()))
        return [self._framework(name) for name in wanted]

    def _framework(self, name: str) -> FrameworkModel:
        known = self._frameworks.get(name)
        if known is None:
            known = self._frameworks[name] = load(self._framework_files[name], FrameworkModel)
        return known

    @cached_property
    def _framework_files(self) -> dict[str, Traversable]:
        return {f.name: f for folder in self._folders for f in files(folder / "frameworks")}

    @cached_property
    def _framework_roots(self) -> dict[str, list[str]]:
        table: dict[str, list[str]] = {}
        for name, source in self._framework_files.items():
            for root in roots(source):
                table.setdefault(root, []).append(name)
        return table

    @cached_property
    def _sources(self) -> dict[str, Traversable]:
        return {f.name.removesuffix(".toml"): f for folder in self._folders for f in files(folder / "sdks")}

    def _merged(self, name: str, shape: type[T]) -> T:
        """The file ``name`` of every pack, its lists joined."""
        joined: dict[str, list[object]] = {f.name: [] for f in fields(shape)}  # type: ignore[arg-type]
        for folder in self._folders:
            source = folder / name
            if source.is_file():
                model = load(source, shape)
                for key, items in joined.items():
                    items.extend(getattr(model, key))
        return shape(**joined)


def _declared(user: Mapping[str, object], name: str, kinds: Sequence[str]) -> dict[str, list[str]]:
    """The functions that the user names under ``models.sanitizers`` or ``models.sources``, by kind."""
    found: dict[str, list[str]] = {}
    for kind, names in _table(user.get(name)).items():
        if kind not in kinds:
            raise ModelError(f"models.{name}: unknown kind {kind!r}; known are {', '.join(kinds)}")
        if not isinstance(names, list) or not all(isinstance(n, str) and n for n in names):
            raise ModelError(f"models.{name}.{kind}: expected a list of function names")
        found[kind] = [str(n) for n in names]
    return found


def own_names(model: SdkModel) -> list[str]:
    """The qualified names of a user's model: what builds its clients, and its functions."""
    clients = [name for client in model.client for name in client.constructors]
    return clients + [path for call in model.call if not call.on for path in call.paths]


def _table(table: object) -> dict[str, object]:
    return dict(table) if isinstance(table, Mapping) else {}
