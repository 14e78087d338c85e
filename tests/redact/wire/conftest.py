"""A provider on this machine for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from redact.support import redactor as fake
from redact.wire.upstream import Upstream

from prodworthy_redact import Redactor


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream().running() as server:
        yield server


@pytest.fixture
def redactor() -> Redactor:
    return fake()
