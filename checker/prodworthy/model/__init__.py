"""Knowledge as data: the shapes of the TOML models and their loaders."""
