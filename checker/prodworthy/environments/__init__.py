"""Settings of production, staging, tests and development: where each is given which value."""
