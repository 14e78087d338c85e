"""Requests to providers and their answers as they pass by, whatever HTTP library carries them."""
