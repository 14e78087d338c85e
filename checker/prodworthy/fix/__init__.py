"""Fixes: what a rule proposes becomes edits of the text, and edits become files."""
