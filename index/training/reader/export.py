"""Turns a trained reader into the folder that is served: int8 for onnxruntime."""

import json
import shutil
import warnings
from pathlib import Path

import torch
from transformers import BertModel

from index.training.reader.train import Reader


def export(base: Path, run: Path, out: Path, *, temperature: float = 1.0) -> float:
    """Write model.onnx (weights in int8), tokenizer.json and config.json; returns megabytes.

    ``temperature`` divides the relation's logits, fitted so that its shares are probabilities.
    """
    from onnxruntime.quantization import (  # type: ignore[import-untyped]
        QuantType,
        quantize_dynamic,
    )

    out.mkdir(parents=True, exist_ok=True)
    body = BertModel.from_pretrained(base, add_pooling_layer=False, attn_implementation="eager")
    model = Reader(body)
    weights = torch.load(run)
    model.load_state_dict(weights.get("model", weights))
    model.float().eval()
    ids = torch.randint(5, 1000, (2, 24))
    whole = out / "whole.onnx"
    axes = {0: "batch", 1: "tokens"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (ids, torch.ones_like(ids)),
            str(whole),
            input_names=["input_ids", "attention_mask"],
            output_names=["relation", "span"],
            dynamic_axes={
                "input_ids": axes, "attention_mask": axes, "span": axes, "relation": {0: "batch"}
            },
            dynamo=False,
            opset_version=17,
        )  # fmt: skip
    quantize_dynamic(whole, out / "model.onnx", weight_type=QuantType.QInt8)
    whole.unlink()
    shutil.copy(base / "tokenizer.json", out / "tokenizer.json")
    described = {
        "relations": ["states", "lacks", "contradicts", "unrelated"],
        "temperature": temperature,
    }
    (out / "config.json").write_text(json.dumps(described) + "\n", "utf-8")
    return float((out / "model.onnx").stat().st_size / 1e6)
