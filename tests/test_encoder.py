"""Encoders: the shipped table read fast, and any other sentence-transformers model."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from index import encoder
from index.encoder import SHIPPED_FOLDER, SentenceTransformerEncoder, StaticEncoder, load_encoder
from index.errors import EncoderError
from index.training.export import quantised, write_folder

WORDS = ["<unk>", "高龄", "津贴", "公墓", "安葬", "费", "老", "人", "query", "passage", "grave"]
TEXTS = ["高龄津贴", "公墓安葬费,老人", "grave 费", "老" * 50, "未知", "……", ""]
MIXED = [
    "火葬场在哪里办手续?", "殯儀館服務時間", "Where can I apply for the old-age allowance?",
    "Как получить пособие?", "고령 수당은 어디에서 신청하나요", "高齢者手当の申請", "٣ أيام", "3.5%", "ﾊﾝｶｸ",
    "👵🏽 领补贴", "", "。", "𠮷野家", "一" * 3000, "naïve café ﬁn",
]  # fmt: skip


@pytest.fixture
def tokenizer_file(tmp_path: Path) -> Path:
    rows = {word: row for row, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordPiece(rows, unk_token="<unk>", continuing_subword_prefix=""))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Whitespace(), pre_tokenizers.Punctuation("removed")]
    )
    path = tmp_path / "words.json"
    tokenizer.save(str(path))
    return path


@pytest.fixture
def static_folder(tmp_path: Path, tokenizer_file: Path) -> Path:
    rows = np.random.default_rng(1).standard_normal((len(WORDS), 8)).astype(np.float32)
    write_folder(rows, tokenizer_file, tmp_path / "static")
    return tmp_path / "static"


@pytest.fixture(scope="module")
def transformer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real BERT of one layer and random weights, with prompts of its own."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast  # type: ignore[attr-defined]

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("bert")
    characters = sorted({c for word in WORDS[1:] for c in word} | set("abcdefghijklmnop:"))
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]))
    config = BertConfig(
        vocab_size=len(characters) + 5, hidden_size=32, num_hidden_layers=1,
        num_attention_heads=2, intermediate_size=64, max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder / "plain")
    BertTokenizerFast(str(vocabulary)).save_pretrained(folder / "plain")
    inner = Transformer(str(folder / "plain"))
    model = SentenceTransformer(
        modules=[inner, Pooling(32)], device="cpu",
        prompts={"query": "ab: ", "document": "cd: "},
    )  # fmt: skip
    model.save(str(folder / "model"))
    return folder / "model"


def reference(folder: Path, texts: list[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    from sentence_transformers import SentenceTransformer

    return np.asarray(SentenceTransformer(str(folder), device="cpu").encode(texts))


def test_the_fast_path_gives_the_vectors_of_sentence_transformers(static_folder: Path) -> None:
    encoder = load_encoder(str(static_folder))
    assert isinstance(encoder, StaticEncoder)
    ours = encoder.encode(TEXTS, role="passage")
    assert ours.dtype == np.float32
    assert ours.shape == (7, 8)
    assert np.abs(ours - reference(static_folder, TEXTS)).max() < 1e-5


def test_a_vector_is_the_unit_mean_of_its_rows(tmp_path: Path, tokenizer_file: Path) -> None:
    rows = np.zeros((len(WORDS), 2), dtype=np.float32)
    rows[1], rows[2] = (3.0, 0.0), (0.0, 4.0)  # 高龄, 津贴
    write_folder(rows, tokenizer_file, tmp_path / "two")
    vectors = load_encoder(str(tmp_path / "two")).encode(["高龄 津贴", "公墓"], role="query")
    assert vectors[0].tolist() == pytest.approx([0.6, 0.8], abs=1e-6)
    assert vectors[1].tolist() == [0.0, 0.0]


def test_a_static_folder_saved_by_sentence_transformers_takes_the_fast_path(
    tmp_path: Path, tokenizer_file: Path
) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    module = StaticEmbedding(Tokenizer.from_file(str(tokenizer_file)), embedding_dim=16)
    SentenceTransformer(modules=[module], device="cpu").save(str(tmp_path / "theirs"))
    encoder = load_encoder(str(tmp_path / "theirs"))
    assert isinstance(encoder, StaticEncoder)
    theirs = reference(tmp_path / "theirs", TEXTS[:4])
    theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
    assert np.abs(encoder.encode(TEXTS[:4], role="query") - theirs).max() < 1e-5


def test_eight_bits_keep_every_value_within_half_a_step() -> None:
    rows = np.random.default_rng(2).standard_normal((5, 16)).astype(np.float32)
    whole, factors = quantised(rows)
    assert np.abs(whole * factors[:, None] - rows).max() <= factors.max() / 2 + 1e-7


def test_the_shipped_model_equals_sentence_transformers() -> None:
    ours = load_encoder().encode(MIXED, role="query")
    assert np.abs(ours - reference(SHIPPED_FOLDER, MIXED)).max() < 1e-5


def test_the_shipped_model_is_small_and_readable_by_all() -> None:
    files = [path for path in SHIPPED_FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 64_000_000
    assert all(path.stat().st_mode & 0o444 == 0o444 for path in files)


def test_traditional_characters_width_and_case_make_no_difference() -> None:
    texts = ["殯葬服務ABC１２", "殡葬服务abc12"]
    vectors = load_encoder().encode(texts, role="query")
    assert vectors[0].tolist() == vectors[1].tolist()


def test_an_unknown_character_takes_no_other_word_with_it() -> None:
    vectors = load_encoder().encode(["公墓安葬费𠮷", "公墓安葬费"], role="query")
    assert float(vectors[0] @ vectors[1]) > 0.9


def test_asking_the_shipped_model_imports_no_torch_and_stays_small() -> None:
    code = (
        "import re, sys, time\n"
        "from pathlib import Path\n"
        "from index.encoder import load_encoder\n"
        "e = load_encoder(); e.encode(['公墓安葬费有减免吗'], role='query')\n"
        # not ru_maxrss, which a child takes over from the process that started it
        "peak = re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))\n"
        "print(int(peak) // 1024, time.process_time())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        cwd=SHIPPED_FOLDER.parents[1],
    )  # fmt: skip
    modules, usage = done.stdout.splitlines()
    megabytes, seconds = (float(part) for part in usage.split())
    assert modules == "[]"
    assert megabytes <= 250
    assert seconds < 1.5  # processor time; 0.5 s on a machine of our own


def test_one_text_at_a_time_or_many_are_the_same() -> None:
    encoder = load_encoder()
    together = encoder.encode(MIXED, role="passage")
    alone = np.concatenate([encoder.encode([text], role="passage") for text in MIXED])
    assert np.abs(together - alone).max() < 1e-6
    assert encoder.encode([], role="query").shape == (0, encoder.dimensions)


def test_the_fingerprint_follows_weights_and_tokenizer_but_not_the_card(
    static_folder: Path,
) -> None:
    first = load_encoder(str(static_folder)).fingerprint
    assert len(first) == 64
    (static_folder / "README.md").write_text("card", encoding="utf-8")
    assert load_encoder(str(static_folder)).fingerprint == first
    config = static_folder / "config_sentence_transformers.json"
    config.write_text(json.dumps({"prompts": {"query": "query "}}), encoding="utf-8")
    assert load_encoder(str(static_folder)).fingerprint != first


def test_prompts_of_a_static_folder_are_put_before_the_text(static_folder: Path) -> None:
    config = static_folder / "config_sentence_transformers.json"
    config.write_text(json.dumps({"prompts": {"query": "query "}}), encoding="utf-8")
    encoder = load_encoder(str(static_folder))
    asked = encoder.encode(["高龄"], role="query")
    assert np.array_equal(asked, encoder.encode(["query 高龄"], role="passage"))
    assert not np.array_equal(asked, encoder.encode(["高龄"], role="passage"))


def test_a_transformer_folder_uses_its_own_prompts_and_dimension(transformer_folder: Path) -> None:
    encoder = load_encoder(str(transformer_folder))
    assert isinstance(encoder, SentenceTransformerEncoder)
    assert encoder.dimensions == 32
    for role, prompt in (("query", "ab: "), ("passage", "cd: ")):
        expected = reference(transformer_folder, [prompt + "高龄津贴", prompt + "公墓"])
        expected /= np.linalg.norm(expected, axis=1, keepdims=True)
        ours = encoder.encode(["高龄津贴", "公墓"], role=role)  # type: ignore[arg-type]
        assert np.abs(ours - expected).max() < 1e-5
    assert encoder.encode([], role="query").shape == (0, 32)


def test_two_models_have_two_fingerprints(transformer_folder: Path, static_folder: Path) -> None:
    prints = {load_encoder(n).fingerprint for n in (str(transformer_folder), str(static_folder))}
    assert len(prints | {load_encoder().fingerprint}) == 3


def test_a_long_list_shows_its_progress_on_stderr(
    transformer_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    load_encoder(str(transformer_folder)).encode(["公墓"] * 300, role="passage")
    out, err = capfd.readouterr()
    assert out == ""
    assert "Batches" in err


def test_a_folder_that_does_not_exist_is_named() -> None:
    with pytest.raises(EncoderError, match="no embedding model in the folder") as caught:
        load_encoder("./nowhere/model")
    assert "TONGBAO_ENCODER" in caught.value.hint


def test_a_shipped_model_that_was_written_over_by_half_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "model"
    shutil.copytree(encoder.SHIPPED_FOLDER, copy)
    monkeypatch.setattr(encoder, "SHIPPED_FOLDER", copy)
    assert load_encoder().name == "shipped"
    with (copy / "model.safetensors").open("r+b") as file:
        file.seek(-1_000_000, 2)
        file.write(b"\0" * 1_000_000)
    with pytest.raises(EncoderError, match=r"has the digest \w+….*expected") as caught:
        load_encoder()
    assert "git checkout index/model" in caught.value.hint


def test_a_hub_name_that_cannot_be_had_is_an_error_and_no_other_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderError, match="nobody/no-such-model") as caught:
        load_encoder("nobody/no-such-model")
    assert "unset TONGBAO_ENCODER" in caught.value.hint


def test_a_torn_table_is_reported_with_its_folder(static_folder: Path) -> None:
    table = static_folder / "model.safetensors"
    table.write_bytes(table.read_bytes()[:-9])
    with pytest.raises(EncoderError, match="static"):
        load_encoder(str(static_folder))


def test_a_folder_of_something_else_is_reported(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing", encoding="utf-8")
    with pytest.raises(EncoderError, match="could not be loaded"):
        load_encoder(str(tmp_path))


def test_e5_models_without_prompts_get_the_prefixes_of_their_card(
    transformer_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "my-e5-small"
    shutil.copytree(transformer_folder, folder)
    config = folder / "config_sentence_transformers.json"
    kept = json.loads(config.read_text(encoding="utf-8")) | {"prompts": {}}
    config.write_text(json.dumps(kept), encoding="utf-8")
    encoder = load_encoder(str(folder))
    expected = reference(folder, ["query: 公墓"])[0]
    expected /= np.linalg.norm(expected)
    assert np.abs(encoder.encode(["公墓"], role="query")[0] - expected).max() < 1e-5
