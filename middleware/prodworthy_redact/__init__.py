"""Redaction of personal data on its way to an LLM provider. Nothing is public here yet."""

__all__: list[str] = []
