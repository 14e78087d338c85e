"""What Prometheus is told: counts, times and kinds; no values, no sessions, no keys."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from prodworthy_redact.usage import Record, Threshold

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class GatewayMetrics:
    """The metrics of one worker; `text` tells those of all."""

    def __init__(self) -> None:
        self._shared = bool(os.environ.get(FOLDER))
        self._registry = CollectorRegistry()
        own = self._registry
        self.requests = Counter(
            "prodworthy_gateway_requests", "Requests", ["endpoint", "upstream", "status"], registry=own
        )
        self.seconds = Histogram(
            "prodworthy_gateway_request_seconds", "From a request to the end of its answer", ["endpoint"],
            buckets=_SECONDS, registry=own,
        )  # fmt: skip
        self.redaction = Histogram(
            "prodworthy_gateway_redaction_seconds", "Redacting a request", buckets=_SECONDS, registry=own
        )
        self.running = Gauge(
            "prodworthy_gateway_requests_running",
            "Requests under way",
            multiprocess_mode="livesum",
            registry=own,
        )
        self._entities = Counter(
            "prodworthy_gateway_entities",
            "Values that something was done to",
            ["kind", "action", "event"],
            registry=own,
        )
        self._tokens = Counter(
            "prodworthy_gateway_tokens", "Tokens, as answers tell", ["model", "kind"], registry=own
        )
        self._cost = Counter(
            "prodworthy_gateway_cost_usd", "Cost by the price table", ["model"], registry=own
        )
        self._thresholds = Counter(
            "prodworthy_gateway_budget_thresholds",
            "Thresholds of budgets crossed",
            ["budget", "share"],
            registry=own,
        )

    def audit(self, entry: Mapping[str, object]) -> None:
        """A sink for the audit trail."""
        entities = entry["entities"]
        for item in entities if isinstance(entities, list) else ():
            self._entities.labels(item["kind"], item["action"], str(entry["event"])).inc(item["count"])

    def used(self, record: Record) -> None:
        """An answer's usage."""
        for kind in ("input", "output", "cache_read", "cache_write"):
            amount = getattr(record, kind)
            if amount:
                self._tokens.labels(record.model, kind).inc(amount)
        if record.cost:
            self._cost.labels(record.model).inc(record.cost)

    def crossed(self, threshold: Threshold) -> None:
        """A threshold of a budget."""
        self._thresholds.labels(threshold.budget, f"{threshold.share:g}").inc()

    def text(self) -> bytes:
        """All of it, of all workers."""
        if not self._shared:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        collect: Callable[[CollectorRegistry], object] = MultiProcessCollector
        collect(registry)
        return generate_latest(registry)
