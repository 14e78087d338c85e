"""Where a value comes from: origins, traced backwards from a sink, with the checks on the way."""
