"""The words around quotes: the same in every language of the interface."""

from dataclasses import fields

import pytest

from assistant.catalogue import EN, ZH_HANS, Frame, Phrases, phrases

TEXTS = [
    field.name for field in fields(Phrases) if field.name not in ("not_stated", "out_of_scope")
]
FRAMES: tuple[Frame, ...] = ("zh-Hans", "zh-Hant", "en")


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("name", TEXTS)
def test_each_text_has_as_many_gaps_in_every_language(frame: Frame, name: str) -> None:
    text, reference = getattr(phrases(frame), name), getattr(ZH_HANS, name)
    assert text.strip() == text != ""
    assert text.count("{}") == reference.count("{}")


@pytest.mark.parametrize("frame", FRAMES)
def test_the_same_reasons_have_words_in_every_language(frame: Frame) -> None:
    said = phrases(frame)
    assert said.not_stated.keys() == ZH_HANS.not_stated.keys() == EN.not_stated.keys()
    assert said.out_of_scope.keys() == ZH_HANS.out_of_scope.keys() == EN.out_of_scope.keys()
    assert "" in said.not_stated
    assert "" in said.out_of_scope


@pytest.mark.parametrize("frame", FRAMES)
def test_an_emergency_names_the_numbers_and_no_other_words_than_its_own(frame: Frame) -> None:
    said = phrases(frame).out_of_scope["emergency"]
    assert all(number in said for number in ("120", "110", "119", "12356"))


def test_our_own_sentences_have_full_width_marks() -> None:
    texts = [getattr(ZH_HANS, name) for name in TEXTS]
    texts += [*ZH_HANS.not_stated.values(), *ZH_HANS.out_of_scope.values()]
    assert all(mark not in text for text in texts for mark in ",:;?!()")
