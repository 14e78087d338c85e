"""How much personal data is left in place, and how much else is taken, on labelled texts.

    python benchmarks/redact_leaks.py FOLDER... [--names off|auto|required] [--limit N]

A folder holds presidio-research's ``synth_dataset_v2.json`` or AmbientMeta's ``*.jsonl``, at any
depth; neither belongs to this project. A gold value *leaks* where nothing of it was redacted; an entity is a
*false alarm* where it touches no gold value. Three rows: the default policy, a policy that asks for every
kind, and stock presidio: all of its English recognizers, with the spaCy pipeline that is installed, if any.
With ``--halves`` each data set is split by a digest of its texts, so that one half can stay unread.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from prodworthy_redact.detect import Detector
from prodworthy_redact.kinds import catalogue
from prodworthy_redact.policy import Policy

Span = tuple[int, int, str]
Sample = tuple[str, list[Span]]


def main() -> None:
    """Prints one table for each data set."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--names", default="auto", choices=["off", "auto", "required"])
    parser.add_argument("--model", default="auto", help="as `names_model` in a policy")
    parser.add_argument("--limit", type=int, default=0, help="only the first texts of each data set")
    parser.add_argument("--halves", action="store_true")
    parser.add_argument("--no-presidio", action="store_true")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    given = {"names": arguments.names, "names_model": arguments.model, "cache_size": 0}
    everything = dict.fromkeys((*catalogue().allowed, *catalogue().sure), "replace")
    systems = {
        "default policy": _prodworthy(Policy(**given)),
        "every kind asked for": _prodworthy(Policy(**given, entities=everything)),
    }
    if not arguments.no_presidio:
        systems["stock presidio"] = _presidio()
    summary = []
    for folder in arguments.folders:
        for name, samples in _data(folder):
            chosen = samples[: arguments.limit] if arguments.limit else samples
            for part, some in _halves(name, chosen) if arguments.halves else [(name, chosen)]:
                for system, find in systems.items():
                    rates = _report(f"{system} on {part}", some, find)
                    summary.append(f"  {part:<24} {system:<24} {rates[0]:>7.3f} {rates[1]:>10.3f}")
    print("\n  data                     system                    leaked  precision")
    print("\n".join(summary))


def _prodworthy(policy: Policy) -> Callable[[str], list[Span]]:
    detector = Detector(policy)
    return lambda text: [(e.start, e.end, e.kind) for e in detector.find(text)]


def _halves(name: str, samples: list[Sample]) -> Iterator[tuple[str, list[Sample]]]:
    for half in (0, 1):
        chosen = [s for s in samples if hashlib.sha256(s[0].encode()).digest()[0] % 2 == half]
        yield f"{name}, half {half}", chosen


def _report(title: str, samples: list[Sample], find: Callable[[str], list[Span]]) -> tuple[float, float]:
    gold, leaked = Counter[str](), Counter[str]()
    right, wrong = Counter[str](), Counter[str]()
    for text, spans in samples:
        found = find(text)
        for start, end, kind in spans:
            gold[kind] += 1
            leaked[kind] += not any(low < end and start < high for low, high, _ in found)
        for low, high, kind in found:
            hit = any(low < end and start < high for start, end, _ in spans)
            (right if hit else wrong)[kind] += 1
    rate = sum(leaked.values()) / max(1, sum(gold.values()))
    taken = sum(right.values()) + sum(wrong.values())
    precision = sum(right.values()) / max(1, taken)
    print(f"\n{title}: {len(samples)} texts, leak rate {rate:.3f}, precision {precision:.3f}")
    print("  gold kind                 values  leaked   rate")
    for kind, number in gold.most_common():
        print(f"  {kind:<24} {number:>7} {leaked[kind]:>7} {leaked[kind] / number:>6.2f}")
    print("  found kind                 found   false   precision")
    for kind in sorted(right | wrong):
        total = right[kind] + wrong[kind]
        print(f"  {kind:<24} {total:>7} {wrong[kind]:>7} {right[kind] / total:>8.2f}")
    return rate, precision


def _data(folder: Path) -> Iterator[tuple[str, list[Sample]]]:
    for file in sorted(folder.rglob("synth_dataset_v2.json")):
        rows = json.loads(file.read_text(encoding="utf-8"))
        yield (
            "synth_v2",
            [
                (
                    r["full_text"],
                    [(s["start_position"], s["end_position"], s["entity_type"]) for s in r["spans"]],
                )
                for r in rows
            ],
        )
    lines = [
        line
        for file in sorted(folder.rglob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    rows = [row for line in lines if "annotations" in (row := json.loads(line))]
    if rows:
        samples = [
            (r["text"], [(a["start"], a["end"], a["entity_type"]) for a in r["annotations"]]) for r in rows
        ]
        yield f"{folder.name}", samples
    if not rows and not list(folder.rglob("synth_dataset_v2.json")):
        sys.exit(f"{folder}: neither synth_dataset_v2.json nor annotated *.jsonl in it")


def _presidio() -> Callable[[str], list[Span]]:
    """Stock presidio: its analyzer with all its English recognizers, as it comes."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider
    from presidio_analyzer.recognizer_registry import RecognizerRegistry

    from prodworthy_redact.names import spacy

    offline = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    vars(tldextract)["extract"] = offline  # it would download the list of suffixes
    model = next(spacy.installed(), "")
    if model:
        models = [{"lang_code": "en", "model_name": model}]
        engine = NlpEngineProvider(
            nlp_configuration={"nlp_engine_name": "spacy", "models": models}
        ).create_engine()
        analyzer = AnalyzerEngine(nlp_engine=engine)
    else:
        from presidio_analyzer.nlp_engine import NoOpNlpEngine

        nothing = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "none"}])
        nothing.load()
        registry = RecognizerRegistry()
        registry.load_predefined_recognizers(languages=["en"])
        registry.remove_recognizer("SpacyRecognizer")
        analyzer = AnalyzerEngine(registry=registry, nlp_engine=nothing)
    return lambda text: [
        (r.start, r.end, r.entity_type) for r in analyzer.analyze(text, "en", score_threshold=0.4)
    ]


if __name__ == "__main__":
    main()
