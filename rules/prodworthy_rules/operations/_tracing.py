"""How code shows that its calls are watched: libraries that trace them, and names that meter them."""

from __future__ import annotations

import re

TRACED = re.compile(
    rb"\b(?:langfuse|langsmith|LANGCHAIN_TRACING|LANGSMITH_TRACING|opentelemetry|openinference|traceloop|openllmetry"
    rb"|helicone|logfire|mlflow|weave|phoenix|agentops|ddtrace|datadog|newrelic|sentry_sdk|wandb|promptlayer"
    rb"|braintrust|prometheus_client|langwatch|opik|lunary|literalai|portkey_ai|arize|galileo"
    rb"|success_callback|failure_callback|set_global_handler|set_tracing_export_api_key|UsageMiddleware)\b"
)
"""Libraries and switches that record every call; they meter its tokens as well."""

METERED = re.compile(
    rb"""\.usage\b|["']usage["']|\busage_metadata\b|\busageMetadata\b|\b(?:prompt|completion|input|output|total)_tokens\b"""
    rb"|prompt_eval_count|\bget_openai_callback\b|\bget_usage_metadata_callback\b|\bTokenCountingHandler\b"
    rb"|\bcompletion_cost\b|\bresponse_cost\b|\btoken_counter\b|\bTokenTracker\b|\bUsage\b"
)
"""Where code reads what a call used."""
