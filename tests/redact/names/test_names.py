from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest

from prodworthy_redact import names
from prodworthy_redact.detect import Detector, Entity
from prodworthy_redact.errors import DetectionError, NamesUnavailable
from prodworthy_redact.names import rampart, spacy
from prodworthy_redact.names.model import Model, Piece, Together, joined
from prodworthy_redact.policy import Policy


class Fake:
    """A model that knows its names by heart."""

    def __init__(self, *known: tuple[str, str, float]) -> None:
        self.name, self._known = "fake", known

    def find(self, text: str) -> list[Entity]:
        return [
            Entity(text.index(value), text.index(value) + len(value), kind, score, self.name)
            for value, kind, score in self._known
            if value in text
        ]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[Model | None], None]:
    def install(model: Model | None) -> None:
        monkeypatch.setattr(names, "_automatic", lambda _: None if model is None else lambda: model)
        monkeypatch.setattr(names, "_warned", False)

    return install


def test_without_a_model_it_says_so_once(install: Callable[[Model | None], None]) -> None:
    install(None)
    with pytest.warns(UserWarning, match="NOT redacted"):
        Detector(Policy())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Detector(Policy())
        Detector(Policy(names="off"))


def test_required_names_are_an_error_at_start(install: Callable[[Model | None], None]) -> None:
    install(None)
    with pytest.raises(NamesUnavailable, match=r"prodworthy\[names\]"):
        Detector(Policy(names="required"))


@pytest.mark.parametrize("reference", ["spacy:no_such_model", "bert", "spacy", "gliner:"])
def test_a_model_that_is_not_there_is_an_error_at_start(reference: str) -> None:
    with pytest.raises(NamesUnavailable, match=reference):
        Detector(Policy(names_model=reference))


def test_no_model_is_looked_for_where_no_name_is_wanted(install: Callable[[Model | None], None]) -> None:
    install(None)
    assert names.choose(Policy(only=["EMAIL_ADDRESS"], names="required")) is None


def test_titles_belong_to_names_and_developers_words_are_none(
    install: Callable[[Model | None], None],
) -> None:
    install(Fake(("Maria Gonzalez", "PERSON", 0.9), ("Redis", "PERSON", 0.9), ("Claude", "PERSON", 0.9)))
    assert found("Dr. Maria Gonzalez runs Redis with Claude") == [("PERSON", "Dr. Maria Gonzalez")]


def test_further_mentions_are_found(install: Callable[[Model | None], None]) -> None:
    install(Fake(("Ana Silva", "PERSON", 0.9)))
    assert found("Ana Silva called. Tell Ana Silva.") == [("PERSON", "Ana Silva")] * 2


def test_parts_of_a_name_are_further_mentions_unless_they_are_words(
    install: Callable[[Model | None], None],
) -> None:
    install(Fake(("Will Okonkwo", "PERSON", 0.9)))
    assert found("Will Okonkwo called. Will you tell Okonkwo?") == [
        ("PERSON", "Will Okonkwo"),
        ("PERSON", "Okonkwo"),
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("and then Mrs. Oyelaran left", "Mrs. Oyelaran"),
        ("my name is Thandiwe", "Thandiwe"),
        ("Patient: Bojana Kri\u017eaj\nWard: 4", "Bojana Kri\u017eaj"),
        ("ask my sister Ximena about it", "Ximena"),
    ],
)
def test_people_who_are_introduced_need_no_label(
    install: Callable[[Model | None], None], text: str, name: str
) -> None:
    install(Fake())
    assert found(text) == [("PERSON", name)]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("Open port 8080 in the firewall.", "8080", "LOCATION"),
        ("return sum(values) / len(values)", "len", "PERSON"),
        ("Compare SQS and EventBridge.", "EventBridge", "LOCATION"),
        ("Apply Newton's method to it.", "Newton", "PERSON"),
        ("Translate it into German.", "German", "PERSON"),
        ("Use Jenkins for it.", "Use Jenkins", "PERSON"),
        ("Deploy to the Frankfurt region.", "Frankfurt", "LOCATION"),
        ("Write a limerick.", "limerick", "PERSON"),
        ("As SVG, not PNG.", "PNG", "PERSON"),
        ("name: string, Name: Required Field", "Required Field", "PERSON"),
    ],
)
def test_what_is_no_name_stays(
    install: Callable[[Model | None], None], text: str, value: str, kind: str
) -> None:
    install(Fake((value, kind, 0.9)) if value != "Required Field" else Fake())
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("write to ana mar\u00eda, please", "ana mar\u00eda", "PERSON"),
        ("zip code: 90210", "90210", "LOCATION"),
        ("Sean McAllister called", "Sean McAllister", "PERSON"),
        ("It is near Frankfurt.", "Frankfurt", "LOCATION"),
        ("Newton's laptop broke", "Newton", "PERSON"),
    ],
)
def test_what_is_a_name_is_found(
    install: Callable[[Model | None], None], text: str, value: str, kind: str
) -> None:
    install(Fake((value, kind, 0.9)))
    assert found(text) == [(kind, value)]


def test_large_places_need_no_label(install: Callable[[Model | None], None]) -> None:
    install(Fake())
    assert found("flying to New Zealand from Toronto") == [
        ("LOCATION", "New Zealand"),
        ("LOCATION", "Toronto"),
    ]


def test_scores_below_the_threshold_are_left_out(install: Callable[[Model | None], None]) -> None:
    install(Fake(("Ana Silva", "PERSON", 0.3)))
    assert found("Ana Silva called") == []


def test_a_model_that_fails_is_an_error_without_the_text(install: Callable[[Model | None], None]) -> None:
    class Failing(Fake):
        def find(self, text: str) -> list[Entity]:
            raise ValueError(text)

    install(Failing())
    with pytest.raises(DetectionError) as raised:
        found("a secret")
    assert str(raised.value) == "fake failed: ValueError"


def test_models_run_together() -> None:
    both = Together((Fake(("Ana", "PERSON", 0.9)), Fake(("Acme", "ORGANIZATION", 0.8))))
    assert [e.kind for e in both.find("Ana of Acme")] == ["PERSON", "ORGANIZATION"]
    assert both.name == "fake+fake"


@pytest.mark.parametrize(
    ("text", "pieces", "values"),
    [
        ("Maria Gonzalez", [(0, 5), (6, 14)], ["Maria Gonzalez"]),
        ("Müllerin", [(0, 3)], ["Müllerin"]),
        ("Ana, Bob", [(0, 3), (5, 8)], ["Ana", "Bob"]),
        ("Anne-Marie O'Neil", [(0, 4), (5, 10), (11, 12), (13, 17)], ["Anne-Marie O'Neil"]),
    ],
)
def test_pieces_become_values(text: str, pieces: list[tuple[int, int]], values: list[str]) -> None:
    entities = joined(text, [Piece(a, b, "PERSON", 0.9) for a, b in pieces], "m")
    assert [text[e.start : e.end] for e in entities] == values


needs_rampart = pytest.mark.skipif(not rampart.is_installed(), reason="the model is not installed")


@needs_rampart
def test_rampart_finds_people_and_addresses() -> None:
    text = "My name is Maria Gonzalez and I live at 12 Main Street, Springfield, IL 62704."
    model = rampart.Rampart()
    assert [(e.kind, text[e.start : e.end]) for e in model.find(text)] == [
        ("PERSON", "Maria Gonzalez"),
        ("LOCATION", "12 Main Street, Springfield, IL 62704"),
    ]
    assert model.find("Thanks, the build is green again and the tests pass.") == []


@needs_rampart
@pytest.mark.parametrize("filler", ["The report was fine. ", "한글 문장입니다 ", "\U00010348" * 40 + " "])
def test_rampart_reads_long_texts_to_the_end(filler: str) -> None:
    text = filler * 60 + "My name is Maria Gonzalez."
    assert "Maria Gonzalez" in [text[e.start : e.end] for e in rampart.Rampart().find(text)]


@pytest.mark.skipif(next(spacy.installed(), None) is None, reason="no spaCy pipeline is installed")
def test_a_spacy_pipeline_finds_organisations() -> None:
    model = spacy.Spacy(next(spacy.installed()))
    text = "Maria Gonzalez works for Microsoft in Paris."
    assert ("ORGANIZATION", "Microsoft") in [(e.kind, text[e.start : e.end]) for e in model.find(text)]


def found(text: str) -> list[tuple[str, str]]:
    return [(e.kind, text[e.start : e.end]) for e in Detector(Policy(credentials=False)).find(text)]


@needs_rampart
def test_a_growing_prompt_is_labelled_where_it_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    model, plain = rampart.Rampart(64), rampart.Rampart()
    prompt = "My name is Maria Gonzalez. The report was fine and everybody liked it. " * 20
    longer = prompt + "Then Bojana Novak called. "
    assert model.find(prompt) == plain.find(prompt)
    asked: list[int] = []
    session = model._session

    class Counting:
        def run(self, outputs: None, feed: dict[str, object]) -> object:
            asked.append(len(feed["input_ids"]))  # type: ignore[arg-type]
            return session.run(outputs, feed)

    monkeypatch.setattr(model, "_session", Counting())
    assert model.find(longer) == plain.find(longer)
    assert asked == [1]
