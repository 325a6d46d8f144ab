"""The tokenizer: a WordPiece model built from counted words, never trained from raw text.

Two passes: a wide list of candidate words cuts the training text, and the words that were
seen most keep a row. Words of a language that the text lacks keep their row by frequency
lists, when there are any.
"""

import gzip
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from index.training.charsmap import compile_charsmap, simplified_characters

UNKNOWN = "<unk>"
# Rows each language may take; characters and numbers come on top.
QUOTAS = {
    "zh": 44_000,
    "en": 28_000,
    "ja": 9_000,
    "ko": 8_000,
    "ru": 12_000,
    "es": 9_000,
    "fr": 7_000,
    "de": 13_000,
    "ar": 12_000,
    "vi": 3_500,
    "th": 7_000,
    "tr": 12_000,
    "hi": 9_000,
    "el": 11_000,
    "id": 4_000,
    "pt": 5_000,
}
_SHARE = {"zh": 0.4, "en": 0.2}
# The blocks that final_tokenizer maps, not all of Han: a rare character must not join a run.
_EAST = r"㐀-鿿\p{Hiragana}\p{Katakana}ー々〇"
# Runs are bounded: the greedy cut of WordPiece takes the square of a run's length.
_RUNS = rf"[{_EAST}]{{1,32}}|\p{{N}}{{1,32}}|[\p{{L}}\p{{M}}&&[^{_EAST}]]{{1,48}}"


def counting_tokenizer(scores: Iterable[tuple[str, float]]) -> Tokenizer:
    """Cuts by the most probable words (word, log probability): what counts are taken with."""
    pieces = [(UNKNOWN, -30.0), *scores]
    return _prepared(Tokenizer(models.Unigram(pieces, unk_id=0)), simplified_characters())


def final_tokenizer(words: Sequence[str]) -> Tokenizer:
    """Cuts by the longest word of ``words`` from the left; row 0 is for what is unknown.

    Measured against Unigram on one table (LOG.md): the same scores, a third of the memory.
    A run with one unknown character would be lost whole, so Chinese characters that have no
    row are mapped to a blank.
    """
    rows = {word: row for row, word in enumerate((UNKNOWN, *words))}
    model = models.WordPiece(
        rows, unk_token=UNKNOWN, continuing_subword_prefix="", max_input_chars_per_word=64
    )
    mapping = {chr(code): " " for code in range(0x3400, 0xA000) if chr(code) not in rows}
    mapping |= {key: form if form in rows else " " for key, form in simplified_characters().items()}
    return _prepared(Tokenizer(model), mapping)


def _prepared(tokenizer: Tokenizer, mapping: Mapping[str, str]) -> Tokenizer:
    charsmap = compile_charsmap(mapping)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Precompiled(charsmap)]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_RUNS), "removed", invert=True)
    return tokenizer


def frequency_lists(folders: Iterable[Path]) -> dict[str, dict[str, float]]:
    """``frequency_<language>.tsv.gz`` of every folder: word and share of the language's text."""
    lists: dict[str, dict[str, float]] = {}
    for folder in folders:
        for path in sorted(folder.glob("frequency_*.tsv.gz")):
            with gzip.open(path, "rt", encoding="utf-8") as file:
                entries = (line.rstrip("\n").split("\t") for line in file)
                language = path.name.removeprefix("frequency_").removesuffix(".tsv.gz")
                lists[language] = {word: float(share) for word, share in entries}
    return lists


def normalised_words(words: Mapping[str, float], tokenizer: Tokenizer) -> dict[str, float]:
    """Words as the tokenizer sees them, shares added up; those it would cut at a blank go."""
    found: dict[str, float] = {}
    normalise, cut = tokenizer.normalizer, tokenizer.pre_tokenizer
    for word, share in words.items():
        form = normalise.normalize_str(word)
        runs = cut.pre_tokenize_str(form)
        if len(runs) == 1 and runs[0][0] == form:
            found[form] = found.get(form, 0.0) + share
    return found


def candidate_scores(lists: Mapping[str, Mapping[str, float]]) -> list[tuple[str, float]]:
    """Log probability of every word of every list, of every character, of short numbers."""
    mass: dict[str, float] = {}
    for language, words in lists.items():
        total = sum(words.values()) or 1.0
        for word, share in words.items():
            gain = _SHARE.get(language, 0.03) * share / total
            mass[word] = mass.get(word, 0.0) + max(gain, 1e-9)
    for character in {c for word in list(mass) for c in word}:
        mass[character] = max(mass.get(character, 0.0), 1e-7)
    for lead in range(0xB0, 0xF8):
        for trail in range(0xA1, 0xFF):
            character = bytes((lead, trail)).decode("gb2312", "ignore")
            if character:
                mass[character] = max(mass.get(character, 0.0), 1e-8)
    for number in range(2100):
        mass[str(number)] = max(mass.get(str(number), 0.0), 1e-6)
    for number in range(100):
        mass[f"{number:02d}"] = max(mass.get(f"{number:02d}", 0.0), 1e-6)
    return sorted(((w, math.log(p)) for w, p in mass.items()), key=lambda x: (-x[1], x[0]))


def count_tokens(tokenizer: Tokenizer, texts: list[str]) -> Counter[str]:
    """How often each token occurs in ``texts``."""
    counts: Counter[int] = Counter()
    for start in range(0, len(texts), 20_000):
        for encoding in tokenizer.encode_batch_fast(texts[start : start + 20_000]):
            counts.update(encoding.ids)
    words = ((tokenizer.id_to_token(token), number) for token, number in counts.items())
    return Counter({word: number for word, number in words if word and word != UNKNOWN})


def choose(
    counts: Mapping[str, Mapping[str, int]], lists: Mapping[str, Mapping[str, float]]
) -> dict[str, float]:
    """The words that get a row, with their probability; ``counts`` is by language.

    Half of a word's rank is its share of the training text, half its share of the
    language's frequency list. Words that were never seen keep a chance: they may borrow
    the row of a word with the same stem, and else say nothing instead of noise.
    """
    chosen: dict[str, float] = {}
    for language, quota in QUOTAS.items():
        seen, listed = counts.get(language, {}), lists.get(language, {})
        total_seen, total_listed = sum(seen.values()) or 1, sum(listed.values()) or 1.0
        shares = {
            word: (seen.get(word, 0) / total_seen + listed.get(word, 0.0) / total_listed) / 2
            for word in set(seen) | set(listed)
        }
        best = sorted(shares, key=lambda word: (-shares[word], word))[:quota]
        for word in best:
            gain = _SHARE.get(language, 0.03) * shares[word]
            chosen[word] = chosen.get(word, 0.0) + gain
    return chosen
