"""The language server: what `check` and `inventory` say, in an editor while one types."""
