"""The audit trail as OpenTelemetry metrics (extra ``otel``): counts and kinds, no values, no sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from prodworthy_redact.errors import PolicyError

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider


class Metrics:
    """A sink for `Audit` with two counters.

    ``prodworthy.redact.events`` by ``event``; ``prodworthy.redact.entities`` by ``kind``, ``action`` and
    ``event``.

    Raises:
        PolicyError: OpenTelemetry is not installed.
    """

    def __init__(self, provider: MeterProvider | None = None) -> None:
        try:
            from opentelemetry import metrics
        except ImportError as error:
            raise PolicyError("metrics need the extra `otel`: pip install 'prodworthy[otel]'") from error
        meter = (provider or metrics.get_meter_provider()).get_meter("prodworthy_redact")
        self._events = meter.create_counter(
            "prodworthy.redact.events", "{event}", "Requests redacted or blocked, answers restored"
        )
        self._entities = meter.create_counter(
            "prodworthy.redact.entities", "{entity}", "Personal values and secrets that something was done to"
        )

    def __call__(self, entry: Mapping[str, object]) -> None:
        """Count ``entry``."""
        event = str(entry["event"])
        self._events.add(1, {"event": event})
        entities = entry["entities"]
        for item in entities if isinstance(entities, list) else ():
            self._entities.add(
                item["count"], {"kind": item["kind"], "action": item["action"], "event": event}
            )
