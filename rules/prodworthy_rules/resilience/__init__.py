"""Rate limits, retries, timeouts and errors."""
