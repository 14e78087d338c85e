"""The outside names of weaknesses: CWE and the OWASP Top 10 for LLM Applications 2025."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prodworthy.rule import Rule

Json = dict[str, object]
CWE, OWASP = "CWE", "OWASP LLM 2025"
_LLM = {
    "LLM01": "Prompt Injection",
    "LLM02": "Sensitive Information Disclosure",
    "LLM03": "Supply Chain",
    "LLM04": "Data and Model Poisoning",
    "LLM05": "Improper Output Handling",
    "LLM06": "Excessive Agency",
    "LLM07": "System Prompt Leakage",
    "LLM08": "Vector and Embedding Weaknesses",
    "LLM09": "Misinformation",
    "LLM10": "Unbounded Consumption",
}


def taxa(rule: Rule) -> Iterator[tuple[str, str]]:
    """(taxonomy, id) of every weakness that ``rule`` is about."""
    yield from ((CWE, f"CWE-{number}") for number in rule.cwe)
    yield from ((OWASP, name) for name in rule.owasp)


def taxonomies(rules: Sequence[Rule]) -> list[Json]:
    """The taxonomies as SARIF components, each with what ``rules`` use of it."""
    numbers = sorted({number for rule in rules for number in rule.cwe})
    names = sorted({name for rule in rules for name in rule.owasp})
    return [
        {
            "name": CWE,
            "organization": "MITRE",
            "informationUri": "https://cwe.mitre.org/",
            "shortDescription": {"text": "The MITRE Common Weakness Enumeration"},
            "taxa": [
                {"id": f"CWE-{number}", "helpUri": f"https://cwe.mitre.org/data/definitions/{number}.html"}
                for number in numbers
            ],
        },
        {
            "name": OWASP,
            "organization": "OWASP Foundation",
            "informationUri": "https://genai.owasp.org/llm-top-10/",
            "shortDescription": {"text": "OWASP Top 10 for LLM Applications 2025"},
            "taxa": [{"id": name, "name": _LLM.get(name, name)} for name in names],
        },
    ]
