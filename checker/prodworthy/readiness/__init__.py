"""From a run's result to what the readiness report says: sections, score, calls, standards, people, trend."""
