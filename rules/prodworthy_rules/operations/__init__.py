"""Models, versions and monitoring."""
