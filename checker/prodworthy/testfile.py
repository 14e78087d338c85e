"""Which files are tests, by their paths: invented keys are at home there, and nothing runs in production."""

from __future__ import annotations

import re

_TEST_FILE = re.compile(
    r"(?:^|/)(?:tests?|testing|fixtures)/|(?:^|/)(?:test_[^/]*|[^/]*_tests?|tests?|conftest)\.\w+$"
)


_EXAMPLE = re.compile(r"(?:^|/)(?:examples?|demos?|samples?|benchmarks?)/")


def is_example(path: str) -> bool:
    """Whether ``path`` shows a project at work and is none of it."""
    return _EXAMPLE.search(path) is not None


def is_test(path: str) -> bool:
    """Whether ``path`` (with ``/``) is a test."""
    return _TEST_FILE.search(path) is not None
