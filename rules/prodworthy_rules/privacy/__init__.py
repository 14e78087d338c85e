"""Personal data on its way to a provider."""
