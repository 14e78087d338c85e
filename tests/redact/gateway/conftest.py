from __future__ import annotations

from collections.abc import Iterator

import pytest
from redact.gateway.loopback import Provider, provider


@pytest.fixture
def upstream() -> Iterator[Provider]:
    with provider() as one:
        yield one
