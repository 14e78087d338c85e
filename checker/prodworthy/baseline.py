"""The baseline: findings that were there before and are not reported again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from prodworthy.builtin import UNREADABLE_FILE
from prodworthy.errors import ConfigError
from prodworthy.finding import Finding
from prodworthy.secrets import baseline as detect_secrets
from prodworthy.secrets.baseline import Known

VERSION = 1


@dataclass(frozen=True, slots=True)
class Baseline:
    """How many findings of each fingerprint are known.

    A fingerprint is made of code, path and content, so a finding may move within its file; a second
    one of the same content is new. ``secrets`` are those that a baseline of detect-secrets knows.
    """

    counts: Counter[str]
    secrets: Known = frozenset()

    def new(self, findings: Sequence[Finding]) -> list[Finding]:
        """Those of ``findings`` that go beyond what is known."""
        left = self.counts.copy()
        fresh = []
        for finding in findings:
            if (finding.path, finding.secret) in self.secrets:
                continue
            if left[finding.fingerprint] > 0:
                left[finding.fingerprint] -= 1
            else:
                fresh.append(finding)
        return fresh


def read_baseline(file: Path) -> Baseline:
    """The baseline in ``file``, ours or one of detect-secrets.

    Raises:
        ConfigError: there is none, or it is not one that this version can read.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if detect_secrets.is_one(data):
            return Baseline(Counter(), detect_secrets.known(data))
        if data["version"] != VERSION:
            raise ConfigError(f"{file}: baseline version {data['version']!r} is not {VERSION}; write it anew")
        counts = Counter({str(entry["fingerprint"]): int(entry["count"]) for entry in data["findings"]})
    except FileNotFoundError as error:
        raise ConfigError(f"{file}: there is no such baseline; `--write-baseline` writes one") from error
    except OSError as error:
        raise ConfigError(f"{file}: the baseline cannot be read: {error.strerror or error}") from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ConfigError(f"{file}: this is not a baseline; write one with --write-baseline") from error
    return Baseline(counts)


def write_baseline(file: Path, findings: Iterable[Finding]) -> int:
    """Write ``findings`` to ``file`` and return how many it then holds.

    A file nobody can parse is never written: it stays an error until it is mended or excluded. A baseline of
    detect-secrets, known by its usual name, is written in its own format.

    Raises:
        ConfigError: the file cannot be written.
    """
    if file.name == detect_secrets.NAME:
        return detect_secrets.write(file, findings)
    known = [f for f in findings if f.code != UNREADABLE_FILE.code]
    counts = Counter((f.path, f.code, f.fingerprint) for f in known)
    entries = [
        {"path": path, "code": code, "fingerprint": fingerprint, "count": count}
        for (path, code, fingerprint), count in sorted(counts.items())
    ]
    text = json.dumps({"version": VERSION, "findings": entries}, indent=2, ensure_ascii=False)
    try:
        file.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")  # a name may be no UTF-8
    except OSError as error:
        raise ConfigError(f"{file}: the baseline cannot be written: {error.strerror or error}") from error
    return len(known)
