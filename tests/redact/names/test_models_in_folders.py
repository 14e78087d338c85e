"""Models of transformers and GLiNER: tiny ones with random weights, made here, run through the real libraries."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from prodworthy_redact.detect import Detector
from prodworthy_redact.errors import NamesUnavailable
from prodworthy_redact.names.labels import kind_of_label
from prodworthy_redact.names.windows import windows
from prodworthy_redact.policy import Policy

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "maria",
    "gonzalez",
    "lives",
    "in",
    "paris",
    "and",
    "works",
    "for",
    "acme",
    ".",
    ",",
]
TEXT = "Maria Gonzalez lives in Paris and works for Acme. "


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A token classifier that calls every token a person."""
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    folder = _vocabulary(tmp_path_factory.mktemp("classifier"), transformers)
    labels = {0: "O", 1: "B-PER", 2: "I-PER", 3: "B-LOC"}
    config = transformers.BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=64, num_labels=4, id2label=labels, label2id={v: k for k, v in labels.items()},
    )  # fmt: skip
    model = transformers.BertForTokenClassification(config)
    with torch.no_grad():
        model.classifier.bias.copy_(torch.tensor([0.0, 9.0, 0.0, 0.0]))
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def gliner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library, transformers = pytest.importorskip("gliner"), pytest.importorskip("transformers")
    encoder = _vocabulary(tmp_path_factory.mktemp("encoder"), transformers)
    config = transformers.BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    transformers.BertModel(config).save_pretrained(encoder)
    folder = tmp_path_factory.mktemp("gliner")
    settings = library.GLiNERConfig(model_name=str(encoder), hidden_size=16, max_width=4, max_len=64)
    library.GLiNER.from_config(settings).save_pretrained(folder)
    return folder


def _vocabulary(folder: Path, transformers: ModuleType) -> Path:
    (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    tokenizer = transformers.BertTokenizerFast(str(folder / "vocab.txt"), do_lower_case=True)
    tokenizer.save_pretrained(folder)
    return folder


def test_a_classifier_reads_long_and_dense_texts_to_the_end(classifier: Path) -> None:
    from prodworthy_redact.names.transformers import Transformers

    model = Transformers(str(classifier))
    for text in (TEXT, TEXT * 60, "." * 900 + TEXT):
        found = model.find(text)
        assert {entity.kind for entity in found} == {"PERSON"}
        assert max(entity.end for entity in found) >= len(text.rstrip()) - 1
    assert model.find("") == []


def test_a_classifier_in_a_policy(classifier: Path) -> None:
    detector = Detector(Policy(names_model=f"transformers:{classifier}"))
    assert [e.kind for e in detector.find("maria gonzalez")] == ["PERSON"]


def test_a_classifier_without_known_labels_is_an_error(classifier: Path, tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    model = transformers.BertForTokenClassification.from_pretrained(classifier)
    model.config.id2label = {0: "LABEL_A", 1: "LABEL_B", 2: "LABEL_C", 3: "LABEL_D"}
    model.save_pretrained(_vocabulary(tmp_path, transformers))
    with pytest.raises(NamesUnavailable, match="none of its labels is known: LABEL_A"):
        Detector(Policy(names_model=f"transformers:{tmp_path}")).find("maria")


def test_a_gliner_model_reads_to_the_end(gliner: Path) -> None:
    from prodworthy_redact.names.gliner import Gliner

    model = Gliner(str(gliner))
    text = TEXT * 40
    found = model.find(text)
    assert all(text[entity.start : entity.end].strip() for entity in found)
    assert {entity.kind for entity in found} <= {"PERSON", "LOCATION", "ORGANIZATION", "NRP"}
    assert Detector(Policy(names_model=f"gliner:{gliner}")).find("") == []


@pytest.mark.parametrize("library", ["transformers", "gliner"])
def test_a_folder_that_is_not_there_is_an_error_at_start(library: str) -> None:
    pytest.importorskip(library)
    with pytest.raises(NamesUnavailable, match="is no folder; nothing is fetched"):
        Detector(Policy(names_model=f"{library}:/no/such/folder"))


def test_a_folder_without_a_model_is_an_error_that_says_so(tmp_path: Path) -> None:
    pytest.importorskip("spacy")
    with pytest.raises(NamesUnavailable, match="cannot be loaded"):
        Detector(Policy(names_model=f"spacy:{tmp_path}")).find("Maria")


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("B-PER", "PERSON"),
        ("GIVEN_NAME", "PERSON"),
        ("I-LASTNAME2", "PERSON"),
        ("GPE", "LOCATION"),
        ("B-STREET_NAME", "LOCATION"),
        ("organization", "ORGANIZATION"),
        ("NORP", "NRP"),
        ("O", ""),
        ("B-MISC", ""),
        ("EMAIL", ""),
    ],
)
def test_labels(label: str, kind: str) -> None:
    assert kind_of_label(label) == kind


@pytest.mark.parametrize("text", ["", "a", "word " * 400, "x" * 2_000, "word\n" * 300 + "z" * 700])
def test_windows_cover_every_letter(text: str) -> None:
    covered: set[int] = set()
    for low, high in windows(text, 120, 20):
        assert 0 < high - low <= 120
        covered |= set(range(low, high))
    assert all(index in covered for index, character in enumerate(text) if character.isalpha())
