"""What a name, attribute or call can be: values, scopes, clients, calls and their effective settings."""
