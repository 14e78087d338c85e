"""A project that stays in memory while its files change: what an editor asks."""
