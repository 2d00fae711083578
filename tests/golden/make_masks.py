"""Builds graphs with masks and call arguments in Keras; writes masks.json (configs, tables) and masks.npz (values).

Run with an interpreter that has Keras: `python -m tests.golden.make_masks`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tests.golden.make_graphs import printed

HERE = Path(__file__).parent
L = keras.layers


def words(units: int = 4, name: str = "words") -> tuple[Any, Any]:
    """An input of whole numbers, and their vectors, zeros masked."""
    x = keras.Input((6,), dtype="int32", name=name)
    return x, L.Embedding(9, units, mask_zero=True)(x)


def recurrent() -> Any:
    """Recurrent layers of every kind over masked steps, in both directions of time."""
    x, y = words()
    y = L.LSTM(3, return_sequences=True)(L.Dropout(0.5)(y))
    y = L.Bidirectional(L.GRU(3, return_sequences=True))(y)
    back = L.GRU(3, go_backwards=True, return_sequences=True, zero_output_for_mask=True)(y)
    y = L.Bidirectional(L.LSTM(3, unroll=True, zero_output_for_mask=True, return_sequences=True))(y)
    last, state = L.SimpleRNN(3, return_state=True)(y)
    return keras.Model(x, [back, L.LSTM(2, go_backwards=True)(y), last, state])


def states() -> Any:
    """An encoder's states begin a decoder's, whose mask is then not looked at."""
    x, encoded = words(name="said")
    _, h, c = L.LSTM(3, return_state=True)(encoded)
    other, y = words(name="heard")
    y, *_ = L.LSTM(3, return_sequences=True, return_state=True)(y, initial_state=[h, c])
    y = L.Bidirectional(L.LSTM(3))(y, initial_state=[h, c, c, h])
    return keras.Model([x, other], [y, L.GRU(3)(encoded, initial_state=h)])


def explicit() -> Any:
    """Masks given as tensors."""
    x = keras.Input((5, 4), name="x")
    mask = keras.Input((5,), dtype="bool", name="mask")
    y = L.LSTM(3, return_sequences=True)(x, mask=mask)
    pooled = L.GlobalAveragePooling1D()(y)
    attended = L.Attention()([x, x], mask=[mask, mask], use_causal_mask=True)
    shares = L.Softmax()(x, mask=L.Reshape((5, 1))(mask))
    states = [L.Dense(6)(pooled) for _ in range(2)]
    both = L.Bidirectional(L.SimpleRNN(6, return_sequences=True), merge_mode="sum")
    other = keras.Input((3, 4), name="other")
    z, scores = L.MultiHeadAttention(2, 3)(x, other, query_mask=mask, return_attention_scores=True)
    grouped = L.GroupQueryAttention(2, 4, 2)(x, other, query_mask=mask)
    outputs = [pooled, attended, shares, both(x, mask=mask, initial_state=states), z, scores, grouped]
    return keras.Model([x, mask, other], outputs)


def attentions() -> Any:
    """Attention over masked queries and values, with the scores."""
    x, query = words()
    other, value = words(name="others")
    y, scores = L.Attention(use_scale=True)([query, value], return_attention_scores=True)
    z = L.AdditiveAttention()([query, value], use_causal_mask=True)
    grouped, shares = L.GroupQueryAttention(2, 4, 2)(query, value, return_attention_scores=True)
    whole = L.MultiHeadAttention(2, 3)(query, value, use_causal_mask=True)
    return keras.Model([x, other], [L.LSTM(2)(y), scores, L.LSTM(2)(z), grouped, shares, L.LSTM(2)(whole)])


def transformer() -> Any:
    """A block whose shortcut loses its mask to the attention; and a given attention mask."""
    x, y = words()
    allowed = keras.Input((6, 6), name="allowed")
    kept = L.LSTM(4, return_sequences=True)(y)
    z = L.MultiHeadAttention(2, 3)(y, y, attention_mask=allowed)
    y = L.LayerNormalization()(L.Add()([y, z]))
    bare = L.GlobalAveragePooling1D()(y)
    z, scores = L.MultiHeadAttention(2, 3, dropout=0.1)(query=kept, value=y, key=kept, return_attention_scores=True)
    return keras.Model([x, allowed], [bare, L.GlobalAveragePooling1D()(z), scores])


def merged() -> Any:
    """Masks of several inputs: any of them, side by side, and lost beside an input without one."""
    (x, y), (other, z) = words(), words(name="others")
    bare = L.Dense(4)(L.Reshape((6, 4))(y))
    added, product = L.Add()([y, z]), L.Multiply()([y, bare])
    most, least = L.Maximum()([y, z]), L.Minimum()([z, bare])
    longer, wider = L.Concatenate(axis=1)([y, bare]), L.Concatenate()([y, z])
    dot = L.Dot(axes=(2, 2))([y, z])
    alone = L.Concatenate()([L.Average()([z])])
    ends = (added, product, L.Multiply()([y, z]), most, least, longer, wider, dot, alone)
    pooled = [L.GlobalAveragePooling1D()(one) for one in ends]
    return keras.Model([other, x], [*pooled, L.Flatten()(L.Multiply()([y, z]))])


def steps() -> Any:
    """Masking by a value, through layers that keep masks and layers that end them."""
    x = keras.Input((6, 4), name="x")
    y = L.Masking(1.0)(x)
    kept = L.ReLU()(L.BatchNormalization()(L.TimeDistributed(L.Dense(4))(y)))
    ended = L.Conv1D(4, 1)(y)
    inner = keras.Sequential([keras.Input((6, 4)), L.Masking(1.0), L.Dense(3), L.GRU(3, return_sequences=True)])
    return keras.Model(x, [L.LSTM(2)(one) for one in (kept, ended, inner(x, training=False), inner(y))])


def frames() -> Any:
    """Masked steps that are sequences or images themselves."""
    x = keras.Input((3, 5), dtype="int32", name="x")
    y = L.Embedding(9, 4, mask_zero=True)(x)
    each = L.TimeDistributed(L.LSTM(3))(y)
    film, mask = keras.Input((3, 6, 2), name="film"), keras.Input((3,), dtype="bool", name="mask")
    seen, h, c = L.ConvLSTM1D(2, 3, padding="same", return_sequences=True, return_state=True)(film, mask=mask)
    again = L.ConvLSTM1D(2, 3, padding="same", go_backwards=True)(film, initial_state=[h, c])
    return keras.Model([x, film, mask], [each, seen, again])


def vocabulary() -> Any:
    """An embedding and its way back, and counts that weigh."""
    x = keras.Input((6,), dtype="int32", name="x")
    table = L.ReversibleEmbedding(9, 4, mask_zero=True, logit_soft_cap=2.0)
    y = L.LSTM(4, return_sequences=True)(table(x))
    weights = keras.Input((6,), name="weights")
    counts = L.CategoryEncoding(9, "count")(x, count_weights=weights)
    return keras.Model([x, weights], [L.Softmax()(table(y, reverse=True)), counts])


MODELS: dict[str, Callable[[], Any]] = {
    build.__name__: build
    for build in (recurrent, states, explicit, attentions, transformer, merged, steps, frames, vocabulary)
}


def feed(one: Any, rng: np.random.Generator) -> np.ndarray:
    """Values for an input: whole numbers with zeros among them, booleans, or numbers with steps of ones."""
    shape = (3, *one.shape[1:])
    if one.dtype == "int32":
        return (rng.integers(0, 9, shape) * rng.integers(0, 2, shape)).astype("int32")
    if one.dtype == "bool" or one.name == "allowed":
        return rng.integers(0, 2, shape).astype(one.dtype)
    there = rng.integers(0, 2, (*shape[:2], *(1 for _ in shape[2:])))
    return np.where(there, rng.normal(size=shape), 1.0).astype("float32")


def values(model: Any, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Random weights and inputs, and the outputs that Keras makes of them."""
    weights = [rng.uniform(0, 1, weight.shape).astype("float32") for weight in model.weights]
    model.set_weights(weights)
    inputs = [feed(one, rng) for one in model.inputs]
    out = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    named = {f"w{i}": weight for i, weight in enumerate(weights)} | {f"x{i}": x for i, x in enumerate(inputs)}
    return named | {f"y{i}": np.asarray(y) for i, y in enumerate(out)}


def main() -> None:
    """Writes both files."""
    told: dict[str, Any] = {}
    arrays: dict[str, np.ndarray] = {}
    for number, (name, build) in enumerate(MODELS.items()):
        keras.utils.clear_session()
        model = build()
        told[name] = {"config": json.loads(model.to_json()), "summary": printed(model)}
        arrays |= {f"{name}/{key}": value for key, value in values(model, np.random.default_rng(number)).items()}
    (HERE / "masks.json").write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")
    np.savez_compressed(HERE / "masks.npz", **arrays)


if __name__ == "__main__":
    main()
