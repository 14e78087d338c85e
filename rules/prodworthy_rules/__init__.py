"""The rule pack that ships with prodworthy: rules with their pages, and models of SDKs and frameworks."""
