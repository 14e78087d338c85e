from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from prodworthy_redact.detect import Detector, Entity, patterns
from prodworthy_redact.detect.detector import CHUNK
from prodworthy_redact.errors import DetectionError, PolicyError
from prodworthy_redact.policy import Policy

TEXT = "my ssn is 078-05-1121, mail jane.doe@corp.org or call +1 212 555 0147; card 4111 1111 1111 1111"


def test_kinds_places_and_scores() -> None:
    assert values(TEXT) == [
        ("US_SSN", "078-05-1121"),
        ("EMAIL_ADDRESS", "jane.doe@corp.org"),
        ("PHONE_NUMBER", "+1 212 555 0147"),
        ("CREDIT_CARD", "4111 1111 1111 1111"),
    ]


def test_a_context_word_raises_the_score_without_spacy() -> None:
    [entity] = detector().find("my ssn is 078-05-1121")
    assert entity.score == pytest.approx(0.85)
    assert entity.recognizer == "UsSsnRecognizer"
    assert "`ssn`" in entity.why


def test_the_value_is_never_part_of_the_explanation() -> None:
    assert all("078" not in entity.why for entity in detector().find(TEXT))


def test_spacy_is_not_imported_and_presidio_stays_whole() -> None:
    code = (
        "import sys\n"
        "from prodworthy_redact.detect import Detector\nfrom prodworthy_redact.policy import Policy\n"
        "d = Detector(Policy(names='off'))\nassert 'presidio_analyzer' not in sys.modules\n"
        "assert d.find('mail jane.doe@corp.org')\nassert 'spacy' not in sys.modules\n"
        "from presidio_analyzer import AnalyzerEngine, PatternRecognizer\n"
        "from presidio_analyzer.predefined_recognizers import EmailRecognizer, SpacyRecognizer\n"
        "assert issubclass(EmailRecognizer, PatternRecognizer) and 'spacy' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_credentials_are_entities() -> None:
    key = "gh" + "p_" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2"
    assert values(f"use {key} now") == [("API_KEY", key)]
    assert values(f"use {key} now", credentials=False) == []


def test_a_value_named_as_a_credential_is_one() -> None:
    random = "q7Zt" + "Xw93LmPa" + "58RkVd2N"
    assert values(f"client_secret: '{random}'") == [("API_KEY", random)]
    assert values(f"the build {random} failed") == []


@pytest.mark.parametrize("text", ["", " \n", "Nothing to see here.", "version 1.2, 15 minutes, 4.2 percent"])
def test_nothing(text: str) -> None:
    assert values(text) == []


def test_allowed_values_stay() -> None:
    assert values("Jane.Doe@corp.org", allow=["jane.doe@corp.org"]) == []
    assert values("mail x@corp.org, y@home.org", allow_patterns=[r".*@corp\.org"]) == [
        ("EMAIL_ADDRESS", "y@home.org")
    ]


def test_denied_values_are_found_as_whole_words() -> None:
    found = values("Project Blue  Heron and blue heronry, BLUE HERON", deny={"PROJECT": ["Blue Heron"]})
    assert found == [("PROJECT", "Blue  Heron"), ("PROJECT", "BLUE HERON")]


def test_thresholds_and_actions_by_kind() -> None:
    assert values("mail a@corp.org, 212-555-0147", entities={"EMAIL_ADDRESS": "allow"}) == [
        ("PHONE_NUMBER", "212-555-0147")
    ]
    assert values("my 212-555-0147", entities={"PHONE_NUMBER": {"threshold": 0.5}}) == []


def test_only_some_kinds() -> None:
    assert values(TEXT, only=["US_SSN"]) == [("US_SSN", "078-05-1121")]


def test_regions_choose_identifiers() -> None:
    text = "PESEL 44051401359"
    assert ("PL_PESEL", "44051401359") not in values(text)
    assert ("PL_PESEL", "44051401359") in values(text, regions=["pl"])


OWN = {"entity": "EMPLOYEE_ID", "regex": r"\bEMP-\d{4}\b", "context": ["employee"], "score": 0.3}


def test_an_own_recognizer_with_context() -> None:
    assert values("EMP-1234 is free", recognizers=[OWN]) == []
    assert values("employee EMP-1234", recognizers=[OWN]) == [("EMPLOYEE_ID", "EMP-1234")]


def is_even(value: str) -> bool | None:
    return int(value[-1]) % 2 == 0


def test_an_own_recognizer_with_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "own_checks", sys.modules[__name__])
    own = [{**OWN, "check": "own_checks:is_even"}]
    assert values("EMP-1234 EMP-1235", recognizers=own) == [("EMPLOYEE_ID", "EMP-1234")]


def test_any_presidio_recognizer() -> None:
    reference = "presidio_analyzer.predefined_recognizers:EsNifRecognizer"
    assert values("DNI 55555555K", recognizers=[{"use": reference}], regions=["us"]) == [
        ("ES_NIF", "55555555K")
    ]


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"entity": "X", "regex": "("}, "`(` is no expression"),
        ({"use": "no_such_module:Thing"}, "no_such_module cannot be imported"),
        ({"use": "json:Thing"}, "json has no function or class `Thing`"),
        ({"use": "json:loads"}, "json:loads cannot be built"),
        ({"entity": "X", "regex": "a", "check": "json:nothing"}, "json has no function"),
    ],
)
def test_mistakes_in_own_recognizers_are_errors_at_start(own: dict[str, object], message: str) -> None:
    with pytest.raises(PolicyError, match=r"^`recognizers`") as raised:
        Detector(Policy(recognizers=[own], names="off"))
    assert message in str(raised.value)


def test_an_expression_of_the_policy_that_does_not_end_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "TIMEOUT", 0.05)
    endless = detector(recognizers=[{"entity": "X", "regex": r"(.*a){8}[bc]!", "score": 0.9}])
    with pytest.raises(DetectionError, match="X of the policy: `expression 1` took too long"):
        endless.find("b! " + "a" * 150)


class Failing:
    name, context, supported_entities, is_loaded = "Failing", None, ["X"], True

    def analyze(self, text: str, *_: object) -> None:
        raise RuntimeError(text)


def test_a_recognizer_that_fails_is_an_error_without_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "failing", sys.modules[__name__])
    failing = Detector(Policy(recognizers=[{"use": "failing:Failing"}], names="off"))
    with pytest.raises(DetectionError) as raised:
        failing.find("my secret")
    assert str(raised.value) == "Failing failed: RuntimeError"


def test_overlaps_leave_nothing_uncovered() -> None:
    text = "see 4111 1111 1111 1111"
    found = detector(deny={"NOTE": ["see 4111"]}).find(text)
    assert [(e.kind, text[e.start : e.end]) for e in found] == [
        ("NOTE", "see"),
        ("CREDIT_CARD", "4111 1111 1111 1111"),
    ]


def test_a_long_text_is_the_sum_of_its_parts() -> None:
    line = "Nothing here but words and words. " * 20 + TEXT + "\n"
    text = line * (3 * CHUNK // len(line))
    one = detector().find(line)
    expected = [
        Entity(e.start + at, e.end + at, e.kind, e.score, e.recognizer, e.why)
        for at in range(0, len(text), len(line))
        for e in one
    ]
    assert detector(cache_size=0).find(text) == expected


@pytest.mark.parametrize(
    "text", ["a" * 300_000 + "@", "1 " * 60_000, "((((" * 60_000, "a.b" * 60_000, "-1" * 60_000]
)
def test_hostile_texts_end(text: str) -> None:
    assert len(detector(cache_size=0).find(text)) <= len(text) // 4


def test_a_text_seen_before_is_not_scanned_again(monkeypatch: pytest.MonkeyPatch) -> None:
    own = detector(cache_size=2)
    first = own.find(TEXT)
    monkeypatch.setattr(own, "find_all", None)
    assert own.find(TEXT) == first


def test_the_memory_is_bounded() -> None:
    own = detector(cache_size=3)
    for number in range(9):
        own.find(f"text {number}")
    assert len(own._memo) <= 4


def test_eight_threads_agree() -> None:
    own = detector(cache_size=4)
    texts = [f"{TEXT} number {n}: {n}12-555-0147" for n in range(2, 8)]
    expected = {text: detector(cache_size=0).find(text) for text in texts}
    wrong: list[str] = []

    def work() -> None:
        wrong.extend(text for _ in range(3) for text in texts if own.find(text) != expected[text])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def detector(**policy: object) -> Detector:
    return Detector(Policy(**{"names": "off", **policy}))


def values(text: str, **policy: object) -> list[tuple[str, str]]:
    return [(entity.kind, text[entity.start : entity.end]) for entity in detector(**policy).find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("born March 3, 2021", [("DATE_TIME", "March 3, 2021")]),
        ("on 3rd of May 2020.", [("DATE_TIME", "3rd of May 2020")]),
        ("she may 3.5 it", []),
        ("a 34-year-old, aged 7", [("AGE", "34"), ("AGE", "7")]),
        ("MRN: 12369149", [("MEDICAL_RECORD_NUMBER", "12369149")]),
        ("Medical Record Number:** MED65584008", [("MEDICAL_RECORD_NUMBER", "MED65584008")]),
        ("card number 630490017740292441", [("CREDIT_CARD", "630490017740292441")]),
        ("card number 630490017740292442", []),
        ("Phone: 451 5986", [("PHONE_NUMBER", "451 5986")]),
        ("dial +733-75.654 8017", [("PHONE_NUMBER", "+733-75.654 8017")]),
        ("reach me at 699 956 915", [("PHONE_NUMBER", "699 956 915")]),
        ('{"phone": "513 379 706"}', [("PHONE_NUMBER", "513 379 706")]),
        (
            "328.994.7574 or 28-64-66-98 office",
            [("PHONE_NUMBER", "328.994.7574"), ("PHONE_NUMBER", "28-64-66-98")],
        ),
        ("call 1000000 times; build 100.200.3000.1", []),
        ("I'm 31, he is 58 y/o, Ana, 40, from Rome", [("AGE", "31"), ("AGE", "58"), ("AGE", "40")]),
        ("I'm 3 steps in, I am 99% sure, I'm 20 minutes late", []),
        ("born in 1984", [("DATE_TIME", "1984")]),
        ("released in 1984", []),
        (
            "Employee ID: EMP-70886, policy number WF-915260488",
            [("ID_NUMBER", "EMP-70886"), ("ID_NUMBER", "WF-915260488")],
        ),
        ("employee id: optional; policy number is required", []),
        ("see (NPI 4208737534)", [("US_NPI", "4208737534")]),
        (
            "P.O. Box 1234, 221B Baker Street",
            [("LOCATION", "P.O. Box 1234"), ("LOCATION", "221B Baker Street")],
        ),
        (
            "PSC 0413, Box 8144\nAPO AA 96854",
            [("LOCATION", "PSC 0413, Box 8144"), ("LOCATION", "APO AA 96854")],
        ),
        ("1 + 2 = 3, C++11 2345678", []),
    ],
)
def test_what_presidio_has_no_pattern_for(text: str, expected: list[tuple[str, str]]) -> None:
    assert values(text) == expected
    assert [v for v in values(text, extra=False) if v in expected] == []
