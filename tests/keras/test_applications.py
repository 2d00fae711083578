"""Keras's applications, made live: in other sizes and arrangements, with values, and those of tf.keras 2."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="the live comparison needs keras and tensorflow-cpu")
tf_keras = pytest.importorskip("tf_keras", reason="the comparison with tf.keras 2 needs tf_keras")

from convcalc import load, run, summarize  # noqa: E402
from tests.golden.make_applications import printed  # noqa: E402

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

HEADLESS = {"include_top": False, "weights": None}
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "without preprocessing": ("MobileNetV3Small", {"include_preprocessing": False, "weights": None}),
    "minimalistic": ("MobileNetV3Large", {"minimalistic": True, "weights": None, "input_shape": (224, 224, 3)}),
    "headless EfficientNetV2": ("EfficientNetV2B0", {"include_preprocessing": False, "pooling": "max", **HEADLESS}),
    "headless ConvNeXt": ("ConvNeXtTiny", {"pooling": "avg", "input_shape": (64, 96, 3), **HEADLESS}),
    "headless Inception": ("InceptionResNetV2", {"input_shape": (139, 75, 3), **HEADLESS}),
    "no size": ("EfficientNetB0", {"input_shape": (None, None, 1), **HEADLESS}),
    "width": ("MobileNet", {"alpha": 0.5, "dropout": 0.2, "classes": 7, "weights": None, "input_shape": (96, 96, 3)}),
}
# In a size that runs in seconds: layers of their own, operations, and the others' best known.
RUN = {"ConvNeXtTiny": 64, "EfficientNetB0": 64, "InceptionResNetV2": 75, "MobileNetV3Small": 64, "ResNet50": 64}
# One of each family of tf.keras 2. Not here: ConvNeXt and MobileNetV3 hold layers of TensorFlow's functions, whose
# meaning is not read; DenseNet's layers have names with "/", which Keras 3 refuses.
KERAS2 = (
    "EfficientNetB0", "EfficientNetV2B0", "InceptionV3", "MobileNet", "MobileNetV2", "NASNetMobile",
    "ResNet50", "ResNet50V2", "VGG16", "Xception",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _session() -> None:
    """Keras counts names and keeps graphs from one model to the next."""
    keras.utils.clear_session()
    tf_keras.backend.clear_session()


def agrees(model: Any, style: str) -> None:
    """The table of the model's config is the model's."""
    summary = summarize(load(json.loads(model.to_json())))
    assert summary.text(style=style).rstrip() == printed(model).rstrip()
    assert summary.total_params == model.count_params()


def given(model: Any, weights: list[Any]) -> None:
    """The model with these weights, also where they were copied when it was built, as Keras has it after a load."""
    model.set_weights(weights)
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()


@pytest.mark.parametrize("variant", VARIANTS)
def test_variant_of_an_application(variant: str) -> None:
    """Other arguments of an application give Keras's table too."""
    name, arguments = VARIANTS[variant]
    agrees(getattr(keras.applications, name)(**arguments), "keras3")


@pytest.mark.parametrize("name", KERAS2)
def test_application_of_keras2(name: str) -> None:
    """The config that tf.keras 2 writes of its application gives the table that it prints."""
    agrees(getattr(tf_keras.applications, name)(weights=None), "keras2")


@pytest.mark.parametrize("name", RUN)
def test_values_of_an_application(name: str) -> None:
    """The features of random images under random weights, given in Keras's order, are Keras's."""
    rng = np.random.default_rng(0)
    size = RUN[name]
    model = getattr(keras.applications, name)(input_shape=(size, size, 3), pooling="avg", **HEADLESS)
    weights = [
        rng.uniform(0.5, 1.5, w.shape) if w.shape and "kernel" not in w.name else np.array(w) for w in model.weights
    ]
    given(model, weights)
    x = rng.uniform(0, 255, (1, size, size, 3)).astype("float32")
    expected = np.asarray(model(x, training=False))
    (y,) = run(load(json.loads(model.to_json())), x, weights=model.get_weights()).outputs
    np.testing.assert_allclose(y, expected, rtol=0, atol=1e-4 * np.abs(expected).max())
