"""The day that a document carries."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from prodworthy.errors import ConfigError

EPOCH = "SOURCE_DATE_EPOCH"
"""The variable by which reproducible builds say what day it is: https://reproducible-builds.org/specs/source-date-epoch/."""


def today() -> date:
    """Today in UTC, or the day that a reproducible build pretends it is.

    Raises:
        ConfigError: the variable is no number of seconds.
    """
    given = os.environ.get(EPOCH)
    if not given:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(given), UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise ConfigError(f"{EPOCH}: {given!r} is no number of seconds") from error
