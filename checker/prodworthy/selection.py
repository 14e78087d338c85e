"""Which rules are on for which file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from prodworthy.config import Config, Profile
from prodworthy.errors import ConfigError
from prodworthy.finding import Severity
from prodworthy.rule import Rule

_PREFIX = re.compile(r"PW\d{0,3}")
_ALL = "ALL"
_LIKE_DIGITS = str.maketrans("OIL", "011")


class Selection:
    """The rules that ``config`` switches on.

    A selector is a code (``PW301``), a prefix of codes (``PW3``), a name or ``ALL``. The longer one
    wins (``ignore = ["PW3"]`` with ``select = ["PW301"]`` keeps PW301); of two alike, ``ignore`` does.

    Raises:
        ConfigError: a selector matches no rule; the message names the nearest one.
    """

    def __init__(self, config: Config, rules: Sequence[Rule]) -> None:
        self._config = config
        self._rules = rules
        origin = config.origin or "command line"
        for key, selectors in (
            ("select", config.select or ()),
            ("extend-select", config.extend_select),
            ("ignore", config.ignore),
            *(("per-file-ignores", codes) for _, codes in config.per_file_ignores),
        ):
            for selector in selectors:
                if not any(_weight(selector, rule) for rule in rules):
                    raise ConfigError(f"{origin}: {key}: {unknown(selector, rules)}")

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that are on before any path is looked at."""
        return tuple(rule for rule in self._rules if self._on(rule))

    def for_path(self, path: str) -> tuple[Rule, ...]:
        """The rules that are on for ``path`` (relative to the configuration's folder, or absolute)."""
        ignored = self._ignored_at(path)
        return (
            tuple(r for r in self.rules if not any(_weight(s, r) for s in ignored)) if ignored else self.rules
        )

    def ignores(self, rule: Rule, path: str) -> bool:
        """Whether the configuration switches ``rule`` off in so many words, for ``path`` or everywhere."""
        return any(_weight(s, rule) for s in (*self._config.ignore, *self._ignored_at(path)))

    def _on(self, rule: Rule) -> bool:
        config = self._config
        wanted = _strongest((*(config.select or ()), *config.extend_select), rule)
        if config.select is None and not wanted:
            wanted = 1 if _in_profile(rule, config.profile) else 0
        return wanted > _strongest(config.ignore, rule)

    def _ignored_at(self, path: str) -> tuple[str, ...]:
        if not self._config.per_file_ignores:
            return ()
        from prodworthy.discover import matches

        return tuple(
            s for glob, codes in self._config.per_file_ignores if matches((glob,), path) for s in codes
        )


def unknown(selector: str, rules: Sequence[Rule]) -> str:
    """What to say of a selector that matches no rule."""
    close = nearest(selector, rules)
    return f"unknown rule {selector!r}" + (
        f"; did you mean {close}?" if close else "; `prodworthy rules` lists them"
    )


def nearest(selector: str, rules: Iterable[Rule]) -> str:
    """The code or name that ``selector`` is closest to, or ``""``."""
    words = [word for rule in rules for word in (rule.code, rule.name)]
    cased = selector.upper() if selector[:2].upper() == "PW" else selector.lower()
    if (digits := cased[:2] + cased[2:].translate(_LIKE_DIGITS)) in words:
        return digits
    close = difflib.get_close_matches(cased, words, 1, 0.6)
    return close[0] if close else ""


def _in_profile(rule: Rule, profile: Profile) -> bool:
    match profile:
        case Profile.PROTOTYPE:
            return rule.default and rule.severity is Severity.ERROR
        case Profile.STAGING:
            return rule.default
        case Profile.PRODUCTION:
            return rule.default or rule.severity is not Severity.NOTE


def _strongest(selectors: Iterable[str], rule: Rule) -> int:
    return max((_weight(selector, rule) for selector in selectors), default=0)


def _weight(selector: str, rule: Rule) -> int:
    """How closely ``selector`` means ``rule``; 0 if it does not."""
    if selector == rule.name:
        return 10
    if selector == _ALL:
        return 2
    return len(selector) + 1 if _PREFIX.fullmatch(selector) and rule.code.startswith(selector) else 0
