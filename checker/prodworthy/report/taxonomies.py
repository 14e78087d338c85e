"""The outside names of weaknesses: CWE and the OWASP Top 10 for LLM Applications 2025."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prodworthy.pack import Packs
from prodworthy.readiness.knowledge import standards
from prodworthy.rule import Rule

Json = dict[str, object]
CWE, OWASP = "CWE", "OWASP LLM 2025"


def taxa(rule: Rule) -> Iterator[tuple[str, str]]:
    """(taxonomy, id) of every weakness that ``rule`` is about."""
    yield from ((CWE, f"CWE-{number}") for number in rule.cwe)
    yield from ((OWASP, name) for name in rule.owasp)


def taxonomies(rules: Sequence[Rule], packs: Packs) -> list[Json]:
    """The taxonomies as SARIF components, each with what ``rules`` use of it; ``packs`` know the names."""
    titles = {item.id: item.title for one in standards(packs) if one.of_rules for item in one.item}
    numbers = sorted({number for rule in rules for number in rule.cwe})
    names = sorted({name for rule in rules for name in rule.owasp})
    return [
        {
            "name": CWE,
            "organization": "MITRE",
            "informationUri": "https://cwe.mitre.org/",
            "shortDescription": {"text": "The MITRE Common Weakness Enumeration"},
            "taxa": [
                {
                    **_named(f"CWE-{number}", titles),
                    "helpUri": f"https://cwe.mitre.org/data/definitions/{number}.html",
                }
                for number in numbers
            ],
        },
        {
            "name": OWASP,
            "organization": "OWASP Foundation",
            "informationUri": "https://genai.owasp.org/llm-top-10/",
            "shortDescription": {"text": "OWASP Top 10 for LLM Applications 2025"},
            "taxa": [_named(name, titles) for name in names],
        },
    ]


def _named(taxon: str, titles: Mapping[str, str]) -> Json:
    return {"id": taxon, **({"name": titles[taxon]} if taxon in titles else {})}
