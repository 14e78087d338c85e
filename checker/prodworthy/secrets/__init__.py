"""Secrets in any text file: where one can stand, what it is, and whether it is real."""
