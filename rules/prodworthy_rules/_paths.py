"""What a file is for, by its path."""

from __future__ import annotations

import re

_TEST_FILE = re.compile(
    r"(?:^|/)(?:tests?|testing|fixtures)/|(?:^|/)(?:test_[^/]*|[^/]*_tests?|tests?|conftest)\.\w+$"
)


def is_test(path: str) -> bool:
    """Whether ``path`` (with ``/``) is a test, where invented keys and people are at home."""
    return _TEST_FILE.search(path) is not None
