"""Secrets in whole trees, beside detect-secrets: speed, and every finding of its provider detectors.

    python benchmarks/file_secrets.py FOLDER... [--growth]

Both read the same files in one process, in turn; MB/s of processor time. detect-secrets runs as it comes,
with all of its plugins and filters (`scan --all-files`), and once more with its provider detectors alone.
Then each finding of those is looked for among ours; what is missing is listed with its file, line and a
masked value, to be explained.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from detect_secrets.core import scan as theirs
from detect_secrets.settings import transient_settings

from prodworthy.finding import mask
from prodworthy.secrets.known import DETECTORS
from prodworthy.secrets.scan import scan_stream
from prodworthy.secrets.textfile import is_binary

_FILTERS = [
    "allowlist.is_line_allowlisted",
    "heuristic.is_sequential_string",
    "heuristic.is_potential_uuid",
    "heuristic.is_likely_id_string",
    "heuristic.is_templated_secret",
    "heuristic.is_prefixed_with_dollar_sign",
    "heuristic.is_indirect_reference",
    "heuristic.is_lock_file",
    "heuristic.is_not_alphanumeric_string",
    "heuristic.is_swagger_file",
]
_ALL = ["KeywordDetector", "Base64HighEntropyString", "HexHighEntropyString", "IPPublicDetector"]


def main() -> None:
    """Print the table, the findings that are missing, and with ``--growth`` the rate at 1, 4 and 16 times."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--growth", action="store_true")
    arguments = parser.parse_args()
    print(f"{'tree':<34}MB   prodworthy MB/s   detect-secrets MB/s   times   providers MB/s   times")
    for folder in arguments.folders:
        _compare(folder)
    for folder in arguments.folders if arguments.growth else ():
        files = list(_files(folder))
        rates = [f"{times}x {_rate(files * times):.1f}" for times in (1, 4, 16)]
        print(f"growth  {folder.name:<30} MB/s at {', '.join(rates)}")


def _compare(folder: Path) -> None:
    files = list(_files(folder))
    size = sum(file.stat().st_size for file in files) / 1e6
    ours = _rate(files)
    with transient_settings(_settings([*(d.name for d in DETECTORS), *_ALL])):
        everything, _ = _their_rate(files)
    with transient_settings(_settings([d.name for d in DETECTORS])):
        providers, found = _their_rate(files)
    print(
        f"{folder.name:<30} {size:>6.1f} {ours:>17.1f} {everything:>21.2f} {ours / everything:>7.1f}"
        f" {providers:>16.2f} {ours / providers:>7.1f}"
    )
    _missing(folder, found)


def _missing(folder: Path, found: list[tuple[Path, int, str, str]]) -> None:
    known: dict[Path, list[str]] = {}
    for file, line, kind, secret in found:
        if file not in known:
            with file.open("rb") as stream:
                known[file] = [s.candidate.secret for s in scan_stream(file.as_posix(), stream)]
        if not any(secret in one or one in secret for one in known[file]):
            print(f"    not reported here: {file.relative_to(folder)}:{line} {kind} {mask(secret)}")


def _files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            with file.open("rb") as stream:
                if not is_binary(file.name, stream.read(8_192)):
                    yield file


def _rate(files: list[Path]) -> float:
    start = time.process_time()
    for file in files:
        with file.open("rb") as stream:
            for _ in scan_stream(file.as_posix(), stream):
                pass
    return sum(file.stat().st_size for file in files) / 1e6 / (time.process_time() - start)


def _their_rate(files: list[Path]) -> tuple[float, list[tuple[Path, int, str, str]]]:
    found: list[tuple[Path, int, str, str]] = []
    start = time.process_time()
    for file in files:
        secrets = theirs.scan_file(str(file))
        found += [(file, secret.line_number, secret.type, secret.secret_value or "") for secret in secrets]
    return sum(file.stat().st_size for file in files) / 1e6 / (time.process_time() - start), found


def _settings(plugins: list[str]) -> dict[str, object]:
    return {
        "plugins_used": [{"name": name} for name in plugins],
        "filters_used": [{"path": f"detect_secrets.filters.{name}"} for name in _FILTERS],
    }


if __name__ == "__main__":
    sys.exit(main())
