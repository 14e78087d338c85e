"""Rules about keys and accounts (PW1xx)."""
