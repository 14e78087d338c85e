"""Latency and scale."""
