"""Token usage, metered from what providers answer, and budgets that refuse what would go beyond them.

meter = Meter(Budget.load(), on_threshold=tell_somebody)
ticket = meter.admit(asked(path, body, size, key=digest_of_key(api_key), tag="support"))  # BudgetExceeded
ticket.read(answer)  # each JSON object of the answer, or each event of a stream
ticket.settle()
"""

from __future__ import annotations

from prodworthy_redact.usage.config import Budget, Limit
from prodworthy_redact.usage.counters import Counters, MemoryCounters, open_counters
from prodworthy_redact.usage.estimate import Asked, asked
from prodworthy_redact.usage.keys import digest_of_key, key_in, tag_in, tagged
from prodworthy_redact.usage.meter import Meter, Record, Threshold, Ticket
from prodworthy_redact.usage.prices import Price, Prices
from prodworthy_redact.usage.reading import Reader, Usage

__all__ = [
    "Asked",
    "Budget",
    "Counters",
    "Limit",
    "MemoryCounters",
    "Meter",
    "Price",
    "Prices",
    "Reader",
    "Record",
    "Threshold",
    "Ticket",
    "Usage",
    "asked",
    "digest_of_key",
    "key_in",
    "open_counters",
    "tag_in",
    "tagged",
]
