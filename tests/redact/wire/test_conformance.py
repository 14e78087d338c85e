"""Real SDKs against a server on this machine: it sees no value, and every placeholder it returns is restored."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from redact.wire.conformance import outcome, rows
from redact.wire.drivers import DRIVERS, FEATURES, Driver

from prodworthy_redact import Policy, Redactor


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor(Policy(names="off"))


@pytest.mark.parametrize("feature", FEATURES)
@pytest.mark.parametrize("make", DRIVERS, ids=lambda make: str(make.__name__))
def test_no_value_leaves_and_every_placeholder_comes_back(
    make: Callable[[], Driver], feature: str, redactor: Redactor
) -> None:
    try:
        driver = make()
    except ImportError:
        pytest.skip(f"{make.__name__} is not installed")
    told = outcome(driver, feature, redactor)
    documented = [cells for (name, _), cells in rows().items() if name == driver.name]
    assert documented, f"docs/conformance.md has no row for {driver.name}"
    assert told in {cells[FEATURES.index(feature)] for cells in documented}
