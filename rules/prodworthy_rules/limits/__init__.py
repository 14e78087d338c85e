"""Tokens, cost and loops."""
