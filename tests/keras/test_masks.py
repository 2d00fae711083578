"""Small graphs with masks, drawn: convcalc and live Keras print the same table and compute the same values.

``CONVCALC_FUZZ`` is a hundred times the number of draws, ``CONVCALC_SEED`` the first seed.
"""

from __future__ import annotations

import json
import os
from random import Random
from typing import Any

import numpy as np
import pytest

keras: Any = pytest.importorskip("keras", reason="the live comparison needs keras and tensorflow-cpu")

import convcalc  # noqa: E402
from tests.golden.make_graphs import printed  # noqa: E402
from tests.golden.make_masks import values  # noqa: E402
from tests.masks import graph, without_masks  # noqa: E402

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

DRAWS = int(os.environ.get("CONVCALC_FUZZ", "20000")) // 100
FIRST = int(os.environ.get("CONVCALC_SEED", "0"))
L = keras.layers
STEPS, SIZE = 5, 4


def recurrent(random: Random, **more: Any) -> Any:
    """A recurrent layer with random options."""
    kind = random.choice((L.SimpleRNN, L.LSTM, L.GRU))
    flags = ("go_backwards", "zero_output_for_mask", "unroll")
    return kind(SIZE, **{name: random.random() < 0.3 for name in flags} | more)


def chained(random: Random) -> Any:
    """A layer on one sequence that gives one of as many steps and the same size."""
    return random.choice(
        (
            lambda: recurrent(random, return_sequences=True),
            lambda: L.Bidirectional(recurrent(random, return_sequences=True, go_backwards=False), merge_mode="sum"),
            lambda: L.RNN(L.StackedRNNCells([L.LSTMCell(3), L.GRUCell(SIZE)]), return_sequences=True),
            lambda: L.TimeDistributed(L.Dense(SIZE)),
            lambda: L.TimeDistributed(L.BatchNormalization()),
            lambda: L.Dense(SIZE, activation="tanh"),
            lambda: L.Dropout(0.3),
            lambda: L.SpatialDropout1D(0.3),
            lambda: L.BatchNormalization(),
            lambda: L.LayerNormalization(),
            lambda: L.RMSNormalization(),
            lambda: L.UnitNormalization(),
            lambda: L.Activation("tanh"),
            lambda: L.PReLU(),
            lambda: L.Masking(1.0),
            lambda: L.Conv1D(SIZE, 3, padding="same"),
            lambda: L.Reshape((STEPS, SIZE)),
            lambda: L.GaussianNoise(0.2),
            lambda: L.Rescaling(0.5),
            lambda: keras.Sequential([L.Dense(SIZE), L.LSTM(SIZE, return_sequences=True)]),
        )
    )()


def merged(random: Random, x: Any, y: Any) -> Any:
    """Two sequences of as many steps in one, of the same size."""
    return random.choice(
        (
            lambda: L.Add()([x, y]),
            lambda: L.Subtract()([x, y]),
            lambda: L.Multiply()([x, y]),
            lambda: L.Average()([x, y]),
            lambda: L.Maximum()([x, y, x]),
            lambda: L.Minimum()([x, y]),
            lambda: L.Dense(SIZE)(L.Concatenate()([x, y])),
            lambda: L.Attention(use_scale=random.random() < 0.5)([x, y], use_causal_mask=random.random() < 0.3),
            lambda: L.AdditiveAttention()([x, y]),
            lambda: L.Attention()([x, y], return_attention_scores=True)[0],
            lambda: heads(random)(x, y, use_causal_mask=random.random() < 0.3),
            lambda: heads(random)(x, value=y, key=x, return_attention_scores=random.random() < 0.5),
            lambda: L.GRU(SIZE, return_sequences=True)(x, initial_state=L.GlobalAveragePooling1D()(y)),
            lambda: L.LSTM(SIZE, return_sequences=True)(x, initial_state=L.LSTM(SIZE, return_state=True)(y)[1:]),
        )
    )()


def heads(random: Random) -> Any:
    """Attention by several heads."""
    if random.random() < 0.3:
        return L.GroupQueryAttention(2, 4, 2)
    return L.MultiHeadAttention(2, 3, dropout=random.choice((0.0, 0.1)), sliding_window=random.choice((None, 2)))


def ended(random: Random, x: Any) -> Any:
    """An output of a sequence."""
    return random.choice(
        (
            lambda: L.GlobalAveragePooling1D()(x),
            lambda: recurrent(random)(x),
            lambda: L.Bidirectional(recurrent(random, go_backwards=False))(x),
            lambda: L.GlobalMaxPooling1D()(x),
            lambda: L.Flatten()(x),
            lambda: x,
        )
    )()


def drawn(seed: int) -> Any:
    """A model: two sequences, some of whose steps are masked, through a few layers."""
    random = Random(seed)
    words, film = keras.Input((STEPS,), dtype="int32", name="words"), keras.Input((STEPS, SIZE), name="film")
    tensors = [L.Embedding(9, SIZE, mask_zero=random.random() < 0.8)(words)]
    tensors.append(L.Masking(1.0)(film) if random.random() < 0.5 else film)
    for _ in range(random.randint(1, 5)):
        x, y = random.choices(tensors, k=2)
        made = chained(random)(x) if random.random() < 0.6 else merged(random, x, y)
        tensors.append(made[0] if isinstance(made, tuple | list) else made)
    return keras.Model([words, film], [ended(random, x) for x in tensors[-2:]])


def difference(model: Any, config: Any, given: dict[str, np.ndarray]) -> str:
    """How the values differ; empty where they do not."""
    weights = [given[f"w{at}"] for at in range(len(model.weights))]
    trace = convcalc.run(convcalc.load(config), [given["x0"], given["x1"]], weights=weights)
    for ours, expected in zip(trace.outputs, (given["y0"], given["y1"]), strict=True):
        if not np.allclose(ours, expected, rtol=1e-3, atol=1e-4, equal_nan=True):
            return f"off by {np.nanmax(np.abs(ours - expected))}"
    return ""


def test_drawn_graphs_match_keras() -> None:
    """Table and values of a drawn graph are Keras's, from its config and from one that says nothing of masks."""
    different = []
    for seed in range(FIRST, FIRST + DRAWS):
        keras.backend.clear_session(free_memory=False)
        model = drawn(seed)
        given = values(model, np.random.default_rng(seed))
        config = json.loads(model.to_json())
        bare = without_masks(config)
        found = [difference(model, one, given) for one in (config, bare)]
        found += ["another table"] * (convcalc.summarize(convcalc.load(config)).text(style="keras3") != printed(model))
        found += ["another graph"] * (graph(config) != graph(bare))
        different += [f"seed {seed}: {what}" for what in found if what]
    assert not different, f"{len(different)} differ:\n" + "\n".join(different[:20])
