"""Every rule's page with its facts, and the rules by code, OWASP entry, CWE and section of the guide."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from _generate.markdown import entries, facts, slug
from prodworthy.pack import PackedRule, load_packs
from prodworthy.report.taxonomies import OWASP, taxonomies
from prodworthy.rule import Rule

FAMILIES = {
    "0": "The checker itself",
    "1": "Secrets",
    "2": "Resilience",
    "3": "Limits",
    "4": "Inputs",
    "5": "Privacy",
    "6": "Outputs",
    "7": "Latency",
    "8": "Operations",
}
T = TypeVar("T", str, int)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^# file: (\S+)\n", re.MULTILINE)
_LEXERS = {".py": "python", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".sh": "sh", ".json": "json"}
_FAKE = re.compile(r"\{\{ fake_key\('([^']+)'\) \}\}")


def pages() -> Iterator[tuple[str, str]]:
    """The index, the cross-references and the page of every rule."""
    packs = load_packs()
    yield "reference/rules/index.md", _index(packs.rules)
    yield "reference/rules/owasp.md", _by_owasp(packs.rules)
    yield "reference/rules/cwe.md", _by_cwe(packs.rules)
    yield "reference/rules/guide.md", _by_guide(packs.rules)
    for packed in packs.by_code.values():
        yield f"reference/rules/{packed.page.stem}.md", _page(packed)


def link(rule: Rule) -> str:
    """A link to the rule's page from a page beside it."""
    return f"[{rule.code} {rule.name}]({rule.name.replace('-', '_')}.md)"


def _page(packed: PackedRule) -> str:
    title, _, rest = packed.page.read_text(encoding="utf-8").partition("\n")
    rest = _FAKE.sub(lambda match: f"<a made-up key: {match[1]}>", rest)
    rest = _BLOCK.sub(lambda match: _files(match[1], match[2]), rest)
    return f"{title}\n\n{packed.rule.summary}.\n\n{_facts(packed.rule)}\n{rest.lstrip()}"


def _files(language: str, block: str) -> str:
    """A block of several files as a block for each, under its name and in its own language."""
    head, *rest = _FILE.split(block)
    parts = [f"```{language}\n{head}```\n"] if head.strip() else []
    for name, text in zip(rest[::2], rest[1::2], strict=True):
        lexer = _LEXERS.get(Path(name).suffix, "text")
        parts.append(f"```{{code-block}} {lexer}\n:caption: {name}\n\n{text.strip() or '# nothing'}\n```\n")
    return "\n".join(parts)


def _facts(rule: Rule) -> str:
    cwe = (f"[CWE-{number}](cwe.md#cwe-{number})" for number in rule.cwe)
    owasp = (f"[{title}](owasp.md#{slug(title)})" for title in map(_entry, rule.owasp))
    rows = [
        ("Severity", rule.severity.value),
        ("In the default set", "yes" if rule.default else f"no: `--select {rule.code}`"),
        ("OWASP LLM 2025", ", ".join(owasp)),
        ("CWE", ", ".join(cwe)),
        ("Production guide", ", ".join(rule.guide)),
    ]
    return facts(rows)


def _entry(name: str) -> str:
    return f"{name} {_owasp_names()[name]}"


@cache
def _owasp_names() -> dict[str, str]:
    """OWASP's own name of each entry that a rule is about."""
    packs = load_packs()
    owasp = next(t for t in taxonomies(packs.rules, packs) if t["name"] == OWASP)
    taxa = owasp["taxa"]
    assert isinstance(taxa, list)
    return {taxon["id"]: taxon["name"] for taxon in taxa}


def _index(rules: Sequence[Rule]) -> str:
    return f"""# Rules

Every rule has a page: what it reports, why, examples, how to mend it. The page is what `prodworthy explain`
prints, and its examples are tests: a comment `# error: [PW301] "..."` stands on each line that is reported,
with a part of the message.

The same rules [by OWASP entry](owasp.md), [by CWE](cwe.md), [by section of the production guide](guide.md).

```{{raw}} html
<p><input id="rule-filter" type="search" placeholder="Filter: code, name, words, CWE-798, LLM01, error ..."
 aria-label="Filter the rules"></p>
```

`default` marks the set that is on without configuration.

{_rows(rules)}

```{{toctree}}
:hidden:

owasp
cwe
guide
```
{_toctrees(rules)}"""


def _rows(rules: Sequence[Rule]) -> str:
    head = ("rule", "reports", "severity", "also known as")
    return entries(
        head,
        (
            (
                link(rule),
                rule.summary,
                rule.severity.value + (", default" if rule.default else ""),
                ", ".join([f"CWE-{number}" for number in rule.cwe] + list(rule.owasp)),
            )
            for rule in rules
        ),
        "rule-table",
    )


def _toctrees(rules: Sequence[Rule]) -> str:
    return "\n".join(
        "```{toctree}\n:hidden:\n:caption: " + family + "\n\n" + "\n".join(
            rule.name.replace("-", "_") for rule in rules if rule.code[2] == digit
        ) + "\n```\n"
        for digit, family in FAMILIES.items()
    )  # fmt: skip


def _by_owasp(rules: Sequence[Rule]) -> str:
    return f"""# Rules by OWASP entry

The [OWASP Top 10 for LLM Applications 2025](https://genai.owasp.org/llm-top-10/), and the rules about each
entry.

{_grouped(rules, lambda rule: rule.owasp, _entry)}"""


def _by_cwe(rules: Sequence[Rule]) -> str:
    return f"""# Rules by CWE

MITRE's [Common Weakness Enumeration](https://cwe.mitre.org/), and the rules about each.

{_grouped(rules, lambda rule: rule.cwe, lambda number: f"CWE-{number}")}"""


def _by_guide(rules: Sequence[Rule]) -> str:
    guides = "https://platform.openai.com/docs/guides"
    return f"""# Rules by section of the production guide

OpenAI's [production best practices]({guides}/production-best-practices) and
[safety best practices]({guides}/safety-best-practices), and the rules that serve each section.

{_grouped(rules, lambda rule: rule.guide, str)}"""


def _grouped(rules: Sequence[Rule], of: Callable[[Rule], tuple[T, ...]], name: Callable[[T], str]) -> str:
    """A section for everything that some rule names, with those rules."""
    parts = []
    for key in sorted({key for rule in rules for key in of(rule)}):
        lines = [f"- {link(rule)}: {rule.summary}\n" for rule in rules if key in of(rule)]
        parts.append(f"## {name(key)}\n\n{''.join(lines)}")
    return "\n".join(parts)
