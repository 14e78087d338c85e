"""Rule packs: found by entry point, walked for rules, no registry."""

from __future__ import annotations

import configparser
import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from prodworthy import builtin
from prodworthy.errors import RuleError
from prodworthy.rule import Rule

GROUP = "prodworthy.rules"
_SHIPPED = "prodworthy_rules"
_PAGES = Path(builtin.__file__).parent / "pages"


@dataclass(frozen=True, slots=True)
class PackedRule:
    """A rule, its page, and the module it comes from."""

    rule: Rule
    page: Path
    origin: Path


@dataclass(frozen=True)
class Packs:
    """Every rule of every installed pack, and the engine's own.

    Attributes:
        packages: the import names of the packs.
        folders: where they lie.
    """

    packages: tuple[str, ...]
    folders: tuple[Path, ...] = field(default=())

    @cached_property
    def by_code(self) -> dict[str, PackedRule]:
        """The rules by code, in the order of their codes.

        Raises:
            RuleError: a rule cannot be loaded, or two rules share a code or a name.
        """
        found: dict[str, PackedRule] = {}
        names: dict[str, str] = {}
        for packed in self._walk():
            rule = packed.rule
            if rule.code in found:
                raise RuleError(f"{packed.origin}: {rule.code} is already {found[rule.code].rule.name}")
            if rule.name in names:
                raise RuleError(f"{packed.origin}: {names[rule.name]} is already named {rule.name}")
            found[rule.code] = packed
            names[rule.name] = rule.code
        return dict(sorted(found.items()))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, by code."""
        return tuple(packed.rule for packed in self.by_code.values())

    @property
    def models(self) -> tuple[Path, ...]:
        """The packs' folders of knowledge."""
        return tuple(models for folder in self.folders if (models := folder / "models").is_dir())

    def page(self, rule: Rule) -> str:
        """The Markdown page of ``rule``.

        Raises:
            RuleError: it has none.
        """
        page = self.by_code[rule.code].page
        try:
            return page.read_text(encoding="utf-8")
        except OSError as error:
            raise RuleError(f"{rule.code} {rule.name} has no page at {page}") from error

    def _walk(self) -> Iterator[PackedRule]:
        for rule in builtin.RULES:
            yield PackedRule(rule, _PAGES / _page_name(rule), Path(builtin.__file__))
        for package, folder in zip(self.packages, self.folders, strict=True):
            for file in sorted(folder.glob("*/*.py")):
                if not file.name.startswith("_"):
                    yield from _rules_in(f"{package}.{file.parent.name}.{file.stem}", file)


def load_packs() -> Packs:
    """The packs that are installed.

    Raises:
        RuleError: an entry point names a package that cannot be found.
    """
    packages = tuple(sorted(set(_registered())))
    if not packages and importlib.util.find_spec(_SHIPPED) is not None:
        packages = (_SHIPPED,)  # run from a checkout that is not installed
    return Packs(packages, tuple(_folder(package) for package in packages))


def _registered() -> Iterator[str]:
    """The packages under our entry point group, of every distribution on the path.

    What ``importlib.metadata`` does, whose import alone would take a fifth of a short run.
    """
    for place in sys.path:
        try:
            names = os.listdir(place or ".")
        except OSError:
            continue
        for name in names:
            if not name.endswith((".dist-info", ".egg-info")):
                continue
            try:
                text = Path(place, name, "entry_points.txt").read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            if GROUP in text:
                yield from _values(text)


def _values(text: str) -> Iterator[str]:
    table = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    try:
        table.read_string(text)
    except configparser.Error:
        return
    if table.has_section(GROUP):
        yield from (value.partition("[")[0].strip() for value in table[GROUP].values())


def _folder(package: str) -> Path:
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        spec = None
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not places:
        raise RuleError(f"the rule pack {package} (entry point group {GROUP}) is not an importable package")
    return Path(places[0])


def _rules_in(module: str, file: Path) -> Iterator[PackedRule]:
    try:
        loaded = importlib.import_module(module)
    except Exception as error:
        raise RuleError(f"the rule in {file} cannot be imported: {type(error).__name__}: {error}") from error
    single = getattr(loaded, "RULE", None)
    if isinstance(single, Rule):
        yield PackedRule(single, file.with_suffix(".md"), file)
    for rule in getattr(loaded, "RULES", ()):
        yield PackedRule(rule, file.with_name(_page_name(rule)), file)


def _page_name(rule: Rule) -> str:
    return f"{rule.name.replace('-', '_')}.md"
