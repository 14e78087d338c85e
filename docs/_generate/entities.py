"""The kinds of personal data and secrets that the redactor knows."""

from __future__ import annotations

from collections.abc import Iterator

from _generate.markdown import code, table
from prodworthy_redact.kinds import catalogue


def pages() -> Iterator[tuple[str, str]]:
    """One page: every kind, and who finds it."""
    known = catalogue()
    by_default = {"stays unless a policy names it": known.allowed, "only what is sure": known.sure}
    rows = []
    for kind in sorted(known.kinds):
        found_by = [one for one in known.recognizers if one.kind == kind]
        regions = sorted({one.region for one in found_by if one.region})
        told = [text for text, kinds in by_default.items() if kind in kinds]
        told += ["only where a policy names it"] * any(one.on_request for one in found_by)
        rows.append((f"`{kind}`", code(regions), "yes" if kind in known.names else "", "; ".join(told)))
    yield (
        "reference/entities.md",
        f"""# Kinds of entities

What the redactor looks for: {len(known.kinds)} kinds. Kinds with a region are looked for where the policy's
`regions` has it (by default `us` and `uk`). Kinds that need a model are found with
[`prodworthy[names]`](../names.md). What becomes of each is said in the [policy](../redact.md#actions).

{table(("kind", "region", "needs a model of names", "by default"), rows)}""",
    )
