"""Rules about personal data (PW5xx)."""
