"""The support desk of a small web shop."""
