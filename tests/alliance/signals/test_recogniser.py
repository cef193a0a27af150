"""What words signal: danger is heard however it is typed; idioms and denials stay quiet; no text is too odd.

These are the sentences that nobody should ever get wrong. How well everyday language is read is measured by
``make eval``, and held by ``test_figures.py``.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alliance.rating import Concern
from bot.alliance.signals import URGENT_CONCERNS, Severity, normalise
from bot.text import recogniser

READER = recogniser()

DANGER = {
    Concern.CRISIS: [
        "Je veux mourir",
        "j'ai envie de mourir",
        "J'ai le goût de mourir",
        "je veux en finir",
        "je vais me suicider",
        "Je veux me tuer",
        "j'ai des idées suicidaires",
        "Je n'ai plus envie de vivre",
        "je ne veux plus vivre",
        "je veux plus vivre",
        "je ne veux plus être là",
        "tout le monde serait mieux sans moi",
        "j'aimerais ne plus me réveiller",
        "Ma vie ne vaut plus la peine",
        "je veux mettre fin à mes jours",
        "I want to die",
        "I wanna die",
        "I want to kill myself",
        "I'm suicidal",
        "I've been thinking about suicide",
        "I don't want to live anymore",
        "I don't want to be here anymore",
        "they'd be better off without me",
        "I wish I was dead",
        "I wish I wasn't here anymore",
        "honestly I have given up on life",
        "I wish I didn't exist",
        "I do not feel like living",
        "I want to end my life",
        "life isn't worth living",
        "I have no reason to live",
        "I hope I don't wake up",
    ],
    Concern.SELF_HARM: [
        "je me suis coupée hier soir",
        "J'ai envie de me faire du mal",
        "je me suis mutilée",
        "je me suis scarifié",
        "j'ai envie de me couper",
        "je me suis brûlée exprès",
        "I cut myself again",
        "I want to hurt myself on purpose",
        "I burned myself on purpose",
        "I've been self-harming",
        "I self-injured last night",
        "I have the urge to cut myself tonight",
    ],
    Concern.VIOLENCE: [
        "mon mari m'a frappée",
        "Il me frappe",
        "mon conjoint me bat",
        "elle m'a menacé",
        "j'ai peur de lui",
        "j'ai peur de rentrer chez moi",
        "mon chum m'a étranglée",
        "je vais le tuer",
        "my husband hit me",
        "my boyfriend choked me",
        "I'm scared of him",
        "I'm afraid to go home",
        "he threatened to kill me",
        "I'm going to hurt him",
    ],
    Concern.EMERGENCY: [
        "j'ai mal à la poitrine",
        "J'ai une douleur dans la poitrine",
        "je n'arrive plus à respirer",
        "je peux plus respirer",
        "j'étouffe",
        "je fais un AVC",
        "j'ai avalé tous mes comprimés",
        "ça saigne beaucoup",
        "elle est inconsciente",
        "I have pain in my chest",
        "chest pain since this morning",
        "I can't breathe",
        "I'm having a heart attack",
        "I took all my pills",
        "I overdosed",
        "he's not breathing",
        "it won't stop bleeding",
        "my throat is swelling",
    ],
}

QUIET = [
    "je suis morte de rire",
    "mort de fatigue après la marche",
    "on meurt de faim ici",
    "une blague à mourir de rire",
    "je tuerais pour un café",
    "mes genoux me tuent",
    "la chaleur me tue",
    "je n'ai pas envie de mourir",
    "je ne veux pas mourir",
    "je n'ai plus envie de me couper",
    "pas d'idées noires cette semaine",
    "je n'ai pas d'idées suicidaires",
    "j'ai vu un documentaire sur le suicide",
    "mon téléphone est mort",
    "j'ai mal au dos",
    "j'ai bien respiré au parc",
    "j'ai coupé les légumes du potager",
    "je voulais mourir il y a longtemps",
    "dans ma jeunesse je voulais mourir",
    "quand j'étais ado je voulais mourir",
    "je me tue à te le répéter",
    "tout va bien, merci",
    "I'm dying of laughter",
    "I'm dying for a coffee",
    "I could kill for a coffee",
    "my back is killing me",
    "this heat is killing me",
    "I don't want to die",
    "I'm not suicidal",
    "I have no thoughts of suicide",
    "I watched a documentary about suicide",
    "my phone is dead",
    "I wanted to die years ago",
    "when I was a boy I wanted to die",
    "back in college I was suicidal",
    "as a teenager I was suicidal",
    "he hit the ball",
    "today I cut myself some slack",
    "I can breathe better today",
    "doing fine, thanks",
    "",
]

SPOKEN = [
    pytest.param(concern, words, id=f"{concern}: {words}")
    for concern, sentences in DANGER.items()
    for words in sentences
]


def danger(words: str) -> Concern | None:
    signal = READER.seen(words).danger
    return None if signal is None else signal.concern


@pytest.mark.parametrize(("concern", "words"), SPOKEN)
def test_danger_is_heard(concern: Concern, words: str) -> None:
    assert danger(words) is concern


@pytest.mark.parametrize(("concern", "words"), SPOKEN)
def test_danger_is_heard_inside_other_words(concern: Concern, words: str) -> None:
    assert danger(f"Bonjour, la nuit a été longue. {words}. À demain peut-être, bonne journée") is concern


@pytest.mark.parametrize("words", QUIET)
def test_idioms_and_denials_stay_quiet(words: str) -> None:
    assert danger(words) is None


@pytest.mark.parametrize(
    ("words", "concern"),
    [
        ("je ne veux pas mourir, mais je vais me tuer", Concern.CRISIS),
        ("morte de rire hier, ce soir je veux mourir", Concern.CRISIS),
        ("mon dos me tue et je n'ai plus envie de vivre", Concern.CRISIS),
        ("I'm dying for a coffee and I want to die", Concern.CRISIS),
        ("my back is killing me. I want to kill myself", Concern.CRISIS),
    ],
)
def test_an_idiom_never_hides_what_stands_beside_it(words: str, concern: Concern) -> None:
    assert danger(words) is concern


DISGUISES = {
    "as it is": "j'ai envie de mourir",
    "capitals": "J'AI ENVIE DE MOURIR",
    "typographic apostrophe": "j’ai envie de mourir",
    "modifier apostrophe": "jʼai envie de mourir",
    "grave accent": "j`ai envie de mourir",
    "acute accent": "j´ai envie de mourir",
    "prime": "j′ai envie de mourir",
    "no apostrophe": "jai envie de mourir",
    "elongated": "j'ai enviiiie de mouriiiiiir",
    "line breaks": "j'ai envie\nde\n\nmourir",
    "tabs and no-break spaces": "j'ai\tenvie\u00a0de\u202fmourir",
    "zero-width": "j'ai en\u200bvie de mou\u200drir\ufeff",
    "soft hyphen": "j'ai envie de mou\u00adrir",
    "full width": "ｊ'ａｉ ｅｎｖｉｅ ｄｅ ｍｏｕｒｉｒ",
    "accents that are not there": "j'àï énvie dè mourir",
    "accents apart from their letters": "j'ai envie de mourir".replace("e", "e\u0301"),
    "punctuation": "...j'ai envie de mourir!!!",
    "NUL": "j'ai\x00 envie\x00 de mou\x00rir",
    "emoji": "😢😢😢 j'ai envie de mourir 😢",
    "right to left mark": "\u202ej'ai envie de mourir\u202c",
}


@pytest.mark.parametrize("words", DISGUISES.values(), ids=DISGUISES.keys())
def test_danger_is_heard_however_it_is_typed(words: str) -> None:
    assert danger(words) is Concern.CRISIS


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        pytest.param("  Ça   VA\n", "ca va", id="case, accents, spaces"),
        pytest.param("Noooooon", "non", id="elongated"),
        pytest.param("ouiii", "oui", id="elongated at the end"),
        pytest.param("belle, allée, coopérer", "belle, allee, cooperer", id="two letters are no elongation"),
        pytest.param("1000 fois, 1110", "1000 fois, 1110", id="figures are no letters"),
        pytest.param("l’Œuvre", "l'oeuvre", id="ligature"),
        pytest.param("peut-être", "peut etre", id="hyphen"),
        pytest.param("a\u200bb\u00adc", "abc", id="invisible"),
        pytest.param("İ", "i", id="Turkish capital"),
        pytest.param("ß", "ss", id="sharp s"),
        pytest.param("\ud83d\ude00x\ud800", "x", id="lone surrogates"),
    ],
)
def test_normalise(typed: str, bare: str) -> None:
    assert normalise(typed) == bare


ODD = {
    "NUL": "\x00bonjour\x00\x00",
    "lone surrogates": "\ud800\udc00\udfff\ud83d",
    "4,096 letters": "a" * 4096,
    "4,096 emoji": "😀" * 4096,
    "4,096 combining marks": "e" + "\u0301" * 4095,
    "4,096 spaces": " " * 4096,
    "4,096 apostrophes": "'" * 4096,
    "right to left": "\u202eשלום مرحبا\u202c" * 100,
    "half of every phrase": "je veux je ne veux plus j'ai envie de " * 100,
    "nearly an idiom, many times": "mort de mort de mort " * 200,
    "expressions of its own": "(?i)(a+)+$ [^\\]]* \\b{3,}",
    "Hangul": "힣" * 1000,
    "a ligature that grows": "ﷺ" * 1000,
}


@pytest.mark.parametrize("words", ODD.values(), ids=ODD.keys())
def test_no_text_is_too_odd(words: str) -> None:
    assert READER.seen(words).severity in Severity


@pytest.mark.parametrize("words", ODD.values(), ids=ODD.keys())
def test_danger_is_heard_after_something_odd(words: str) -> None:
    assert danger(f"{words} . I want to die") is Concern.CRISIS


EVERYTHING = st.text(st.characters(exclude_categories=()), max_size=200)


@given(EVERYTHING)
def test_normalising_twice_changes_nothing_more(words: str) -> None:
    once = normalise(words)
    assert normalise(once) == once
    assert once == once.strip()
    assert not re.search(r"\s\s", once)


@given(EVERYTHING, st.sampled_from([words for sentences in DANGER.values() for words in sentences]))
def test_no_words_before_it_can_hide_danger(before: str, words: str) -> None:
    """Unless they run into it: a full stop stands between."""
    assert danger(f"{before} . {words}") is not None


@pytest.mark.parametrize("grave", URGENT_CONCERNS, ids=str)
def test_of_several_dangers_the_first_in_order_is_answered(grave: Concern) -> None:
    rank = URGENT_CONCERNS.index(grave)
    together = ". ".join(DANGER[concern][0] for concern in reversed(URGENT_CONCERNS[rank:]))
    assert danger(together) is grave
    assert {signal.concern for signal in READER.seen(together).signals} >= set(URGENT_CONCERNS[rank:])


def test_danger_stands_before_everything_else() -> None:
    found = READER.seen("je suis découragée, j'ai rechuté, je veux parler à une infirmière, je veux mourir").signals
    assert found[0].concern is Concern.CRISIS
    assert [signal.severity for signal in found] == sorted((signal.severity for signal in found), reverse=True)
    assert {Concern.DISCOURAGEMENT, Concern.RELAPSE} <= {signal.concern for signal in found}


SOON = [
    (Concern.RELAPSE, "j'ai rechuté hier"),
    (Concern.RELAPSE, "J'ai arrêté mes pilules"),
    (Concern.RELAPSE, "I relapsed last night"),
    (Concern.RELAPSE, "I stopped taking my meds"),
    (Concern.WANTS_NURSE, "je voudrais parler à une infirmière"),
    (Concern.WANTS_NURSE, "can a nurse call me"),
    (Concern.WANTS_TO_STOP, "laissez-moi tranquille"),
    (Concern.WANTS_TO_STOP, "leave me alone"),
    (Concern.DISCOURAGEMENT, "je n'en peux plus"),
    (Concern.DISCOURAGEMENT, "chu au bout du rouleau"),
    (Concern.DISCOURAGEMENT, "I can't take it any more"),
    (Concern.DISCOURAGEMENT, "I'm at the end of my rope"),
]


@pytest.mark.parametrize(("concern", "words"), SOON)
def test_what_a_nurse_should_see_soon(concern: Concern, words: str) -> None:
    found = READER.seen(words).signals
    assert (concern, Severity.SOON) in [(signal.concern, signal.severity) for signal in found]
