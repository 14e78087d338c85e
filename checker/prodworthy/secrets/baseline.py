"""Baselines of detect-secrets: https://github.com/Yelp/detect-secrets, format of version 1.

A team that comes from there keeps its ``.secrets.baseline``: what it knows is not reported again, and what
is new can be written to it. Secrets are known by path and SHA-1; other findings have no place in it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path

from prodworthy.errors import ConfigError
from prodworthy.finding import Finding

NAME = ".secrets.baseline"
Known = frozenset[tuple[str, str]]
"""(path, SHA-1 of the secret)."""

_VERSION = "1.5.0"
_VERIFIED = "detect_secrets.filters.common.is_ignored_due_to_verification_policies"


def is_one(data: object) -> bool:
    """Whether a JSON document is a baseline of detect-secrets."""
    return isinstance(data, dict) and isinstance(data.get("results"), dict) and "plugins_used" in data


def known(data: dict[str, object]) -> Known:
    """The secrets in a baseline, those that were audited as false alarms among them.

    Raises:
        KeyError, TypeError: an entry is not of the format.
    """
    results = data["results"]
    assert isinstance(results, dict)
    return frozenset(
        (str(path).replace("\\", "/"), str(entry["hashed_secret"]))
        for path, entries in results.items()
        for entry in entries
    )


def write(file: Path, findings: Iterable[Finding]) -> int:
    """Write the secrets among ``findings`` to ``file``; what it says of them already, audits included, stays.

    Returns:
        How many it then holds.

    Raises:
        ConfigError: the file is no baseline of detect-secrets, or cannot be written.
    """
    data = _existing(file)
    before = data["results"]
    assert isinstance(before, dict)
    said = {(path, e["hashed_secret"]): e for path, entries in before.items() for e in entries}
    results: dict[str, list[object]] = {}
    for finding in sorted(findings, key=lambda f: f.span):
        if finding.secret:
            entry = said.get((finding.path, finding.secret), _entry(finding))
            entries = results.setdefault(finding.path, [])
            if entry not in entries:
                entries.append(entry)
    data["results"] = dict(sorted(results.items()))
    data["generated_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    try:
        text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
        file.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise ConfigError(f"{file}: the baseline cannot be written: {error.strerror or error}") from error
    return sum(map(len, results.values()))


def _entry(finding: Finding) -> dict[str, object]:
    return {
        "type": finding.message.partition(" `")[0],
        "filename": finding.path,
        "hashed_secret": finding.secret,
        "is_verified": False,
        "line_number": finding.line,
    }


def _existing(file: Path) -> dict[str, object]:
    if not file.exists():
        return {
            "version": _VERSION,
            "plugins_used": [],
            "filters_used": [{"path": _VERIFIED, "min_level": 2}],
            "results": {},
        }
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if is_one(data) and known(data) is not None:
            return dict(data)
    except OSError as error:
        raise ConfigError(f"{file}: the baseline cannot be read: {error.strerror or error}") from error
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise ConfigError(f"{file}: this is not a baseline of detect-secrets")
