"""Which Keras a script speaks: the oldest of its parts decides, and names that are not Keras's tell nothing."""

from __future__ import annotations

import ast

import pytest

from convcalc.read.code.generation import generation_of

CASES = [
    # Keras 1: words of layers, of methods, of models; modules and functions.
    (1, "border_mode", "from keras.layers import Conv2D\nConv2D(8, 3, border_mode='same')"),
    (1, "p", "import keras.layers as L\nL.Dropout(p=0.5)"),
    (1, "output_dim", "from keras.layers import *\nDense(output_dim=3)"),
    (1, "nb_epoch", "model.fit(x, y, nb_epoch=3)"),
    (1, "input", "from keras.models import Model\nModel(input=x, output=y)"),
    (1, "mode", "from keras.layers import merge\nmerge([a, b], mode='sum')"),
    (1, "keras.layers.Merge", "from keras.layers import Dense, Merge"),
    (1, "keras.engine.topology.Merge", "from keras.engine.topology import Merge"),
    (1, "keras.backend.set_image_dim_ordering", "import keras.backend as K\nK.set_image_dim_ordering('th')"),
    (
        1,
        "nb_filter",
        "from keras.layers.core import Dense\nfrom keras.layers import Convolution1D\nConvolution1D(nb_filter=3)",
    ),
    (1, "keras.layers.MaxoutDense", "from keras import layers\nlayers.MaxoutDense(3)"),
    # Keras 2: modules and functions that Keras 3 no longer has, and words that it refuses.
    (2, "keras.layers.core.Dense", "from keras.layers.core import Dense"),
    (2, "keras.layers.core.*", "from keras.layers.core import *"),
    (2, "keras.engine.Layer", "from keras.engine import Layer"),
    (2, "keras.utils.np_utils", "from keras.utils import np_utils"),
    (2, "keras.utils.multi_gpu_model", "from keras.utils import multi_gpu_model"),
    (2, "fit_generator", "model.fit_generator(data)"),
    (2, "keras.layers.CuDNNLSTM", "from keras.layers import CuDNNLSTM"),
    (2, "tensorflow.compat.v1.Session", "import tensorflow as tf\ntf.compat.v1.Session()"),
    (2, "batch_input_shape", "from tensorflow.keras.layers import LSTM\nLSTM(3, batch_input_shape=(1, 2, 3))"),
    (2, "lr", "import tensorflow as tf\ntf.keras.optimizers.Adam(lr=0.1)"),
    (2, "weights", "from keras.layers import Dense\nDense(3, weights=[w])"),
    # Keras 3, and what is not Keras's.
    (3, "", "from keras.layers import Conv2D\nConv2D(8, 3, padding='same')"),
    (3, "", "from keras.layers import Convolution2D\nConvolution2D(8, 3, 3)"),
    (3, "", "from torch.nn import Dropout\nDropout(p=0.5)"),
    (3, "", "def Dense(output_dim): pass\nfrom keras.models import *\nDense(output_dim=3)"),
    (3, "", "def block(nb_filter): pass\nblock(nb_filter=3)"),
    (3, "", "train(nb_epoch=3)"),
    (3, "", "model.predict_proba(x)"),
    (3, "", "from keras.layers import Embedding\nEmbedding(3, 4, weights=[w], input_length=3)"),
    (3, "", "from keras.layers import concatenate, Input\nInput(batch_shape=(1, 2))"),
    (3, "", "try:\n    from keras.layers.core import Dense\nexcept ImportError:\n    from keras.layers import Dense"),
    (3, "", "from .layers import Merge"),
]


@pytest.mark.parametrize(("number", "word", "text"), CASES, ids=[text for _, _, text in CASES])
def test_generation(number: int, word: str, text: str) -> None:
    """The number and the word that tells; Keras 3 needs no evidence."""
    found = generation_of(ast.parse(text).body)
    assert (found.number, found.word) == (number, word)
    assert (found.node is None) == (number == 3)


def test_evidence_is_the_first_of_its_kind() -> None:
    """Of two parts that tell the same, the first is the evidence."""
    found = generation_of(ast.parse("m.fit_generator(a)\nm.fit(b, nb_epoch=1)\nm.fit(c, nb_epoch=2)").body)
    assert (found.number, getattr(found.node, "lineno", 0)) == (1, 2)
