"""Operations are what real Keras says they are (golden/operations.*, by make_operations.py)."""

from __future__ import annotations

import json
import lzma
from typing import Any

import numpy as np
import pytest

import convcalc
from convcalc.errors import ConvcalcError
from convcalc.layers import FUNCTIONS, LEFT_OUT, OPERATIONS, find
from convcalc.stack.graph import Stack, dtype_of
from tests.operations import GOLDEN, Sample, drawn, told

TOLD: dict[str, Any] = json.loads(lzma.decompress((GOLDEN / "operations.json.xz").read_bytes()))
ANSWERS: dict[str, dict[str, Any]] = {answer["sample"]: answer for answer in TOLD["answers"]}
VALUES = np.load(GOLDEN / "operations.npz")
ACCEPTED = [text for text, answer in ANSWERS.items() if "refused" not in answer]
REFUSED = [text for text, answer in ANSWERS.items() if "refused" in answer]
COMPUTED = [(number, text) for number, text in enumerate(ANSWERS) if f"{number}/0" in VALUES]


def outputs(stack: Stack) -> list[list[Any]]:
    """The shapes and dtypes of a model's outputs."""
    return told((link.shape, dtype_of(link.source, link.tensor)) for link in stack.outputs)


@pytest.mark.parametrize("text", ACCEPTED)
def test_call_in_a_script_is_keras_operation(text: str) -> None:
    """The shapes and dtypes of all outputs, the operations with their names, and the table."""
    answer = ANSWERS[text]
    stack = convcalc.load(Sample(text).script)
    made = [[node.name, node.kind] for node in stack.nodes if f"ops.{node.kind}" in OPERATIONS]
    assert outputs(stack) == answer["outputs"]
    assert sorted(made) == sorted(answer["operations"])
    assert convcalc.summarize(stack).text(style="keras3").rstrip() == answer["summary"].rstrip()


@pytest.mark.parametrize("text", [text for text in ACCEPTED if "config" in ANSWERS[text]])
def test_operation_in_a_config_is_keras_operation(text: str) -> None:
    """The shapes and dtypes of all outputs, and the table."""
    answer = ANSWERS[text]
    stack = convcalc.load(answer["config"])
    assert outputs(stack) == answer["outputs"]
    assert convcalc.summarize(stack).text(style="keras3").rstrip() == answer["summary"].rstrip()


@pytest.mark.parametrize("text", REFUSED)
def test_call_that_keras_refuses_is_refused(text: str) -> None:
    """An error, and never a shape."""
    with pytest.raises(ConvcalcError):
        convcalc.load(Sample(text).script)


@pytest.mark.parametrize(("number", "text"), COMPUTED)
def test_values_are_keras_values(number: int, text: str) -> None:
    """Every output, as far as the shorter of both dtypes tells values apart."""
    inputs = drawn(Sample(text), number)
    trace = convcalc.run(convcalc.load(ANSWERS[text]["config"]), inputs if len(inputs) > 1 else inputs[0])
    for at, ours in enumerate(trace.outputs):
        expected = VALUES[f"{number}/{at}"]
        fine = np.finfo("float16" if "float16" in (ours.dtype, expected.dtype) else "float32").eps
        size = float(np.nanmax(np.abs(expected[np.isfinite(expected)]), initial=1)) if expected.size else 1
        assert ours.shape == expected.shape
        np.testing.assert_allclose(ours, expected, rtol=200 * fine, atol=20 * fine * size)


def test_every_function_of_keras_is_declared_or_left_out_for_a_reason() -> None:
    """The public names of keras.ops, and of the modules in it."""
    names = {name.rpartition(".")[2] for name in TOLD["functions"]}
    assert not names - {*FUNCTIONS} - {*LEFT_OUT}
    assert not {*FUNCTIONS} & {*LEFT_OUT}
    assert {*LEFT_OUT} <= names
    assert {*FUNCTIONS} <= names | {"get_item"}


def test_every_declared_operation_has_a_sample() -> None:
    """A call of operations.txt makes each kind."""
    made = {kind for text in ACCEPTED for _, kind in ANSWERS[text]["operations"]}
    assert not {kind.removeprefix("ops.") for kind in OPERATIONS} - made


@pytest.mark.parametrize("kind", OPERATIONS)
def test_every_argument_is_described(kind: str) -> None:
    """A line on the kind, and on each argument."""
    found = find(kind)
    assert (found.__doc__ or "").partition("\n")[0].endswith(".")
    assert all(argument.doc for argument in found.arguments.values())


SIGNS = {
    "1.0 - x": "Subtract", "x // 2": "FloorDivide", "x % 2": "Mod", "x > 0": "Greater", "0 > x": "Less",
    "x <= x": "LessEqual", "x >= 1": "GreaterEqual", "x != 1": "NotEqual",
    "(x > 0) & (x < 1)": "LogicalAnd", "(x > 0) | (x < 1)": "LogicalOr",
    "(x > 0) ^ (x < 1)": "LogicalXor", "~(x > 0)": "LogicalNot", "abs(x)": "Absolute", "x @ x": "Matmul",
    "2 ** x": "Power",
}  # fmt: skip


@pytest.mark.parametrize("code", SIGNS)
def test_sign_is_an_operation(code: str) -> None:
    """Python's signs on layers' outputs, with a number on either side."""
    stack = convcalc.load(f"import keras\nx = keras.Input((3, 3))\nm = keras.Model(x, {code})\n")
    assert stack.nodes[-1].kind == SIGNS[code]


# What functions of TensorFlow and of Keras's backend make of (None, 4, 4, 8), by kind of the last node.
FUNCTIONS_OF_OTHERS = {
    "tf.expand_dims(x, -1)": ("ExpandDims", (None, 4, 4, 8, 1)),
    "tf.concat([x, x], -1)": ("Concatenate", (None, 4, 4, 16)),
    "tf.reduce_mean(x, axis=[1, 2], keepdims=True)": ("Mean", (None, 1, 1, 8)),
    "tf.nn.space_to_depth(x, 2)": ("SpaceToDepth", (None, 2, 2, 32)),
    "tf.nn.depth_to_space(x, 2)": ("DepthToSpace", (None, 8, 8, 2)),
    "tf.split(x, 2, axis=-1)[1]": ("Split", (None, 4, 4, 4)),
    "tf.split(x, [3, 5], -1)[1]": ("Split", (None, 4, 4, 5)),
    "tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], 'REFLECT')": ("Pad", (None, 6, 6, 8)),
    "tf.image.resize(x, (8, 8))": ("Resize", (None, 8, 8, 8)),
    "tf.image.resize(x, [8, 8], method='nearest')": ("Resize", (None, 8, 8, 8)),
    "tf.tile(x, [1, 2, 1, 1])": ("Tile", (None, 8, 4, 8)),
    "tf.gather(x, [0, 2], axis=3)": ("Take", (None, 4, 4, 2)),
    "tf.matmul(x, x, transpose_b=True)": ("Matmul", (None, 4, 4, 4)),
    "tf.linalg.norm(x, axis=-1)": ("Norm", (None, 4, 4)),
    "tf.argmax(x, axis=-1)": ("Argmax", (None, 4, 4)),
    "tf.where(x > 0, x, 0.1 * x)": ("Where", (None, 4, 4, 8)),
    "tf.reshape(x, [tf.shape(x)[0], -1])": ("Reshape", (None, None)),
    "tf.reshape(x, (-1, 16, 8))": ("Reshape", (None, 16, 8)),
    "tf.cast(x, tf.float16)": ("Cast", (None, 4, 4, 8)),
    "tf.nn.relu6(x)": ("Relu6", (None, 4, 4, 8)),
    "tf.nn.l2_normalize(x, axis=-1)": ("Normalize", (None, 4, 4, 8)),
    "tf.nn.max_pool2d(x, 2, 2, 'VALID')": ("MaxPool", (None, 2, 2, 8)),
    "tf.nn.avg_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME')": ("AveragePool", (None, 2, 2, 8)),
    "tf.nn.conv2d(x, tf.ones((3, 3, 8, 5)), 1, 'SAME')": ("Conv", (None, 4, 4, 5)),
    "tf.unstack(x, axis=3)[0]": ("Unstack", (None, 4, 4)),
    "tf.one_hot(tf.argmax(x, -1), 8)": ("OneHot", (None, 4, 4, 8)),
    "tf.math.squared_difference(x, 1.0)": ("Square", (None, 4, 4, 8)),
    "tf.image.flip_left_right(x)": ("Flip", (None, 4, 4, 8)),
    "K.permute_dimensions(x, (0, 3, 1, 2))": ("Transpose", (None, 8, 4, 4)),
    "K.sum(x, axis=-1, keepdims=True)": ("Sum", (None, 4, 4, 1)),
    "K.concatenate([x, x])": ("Concatenate", (None, 4, 4, 16)),
    "K.batch_flatten(x)": ("Reshape", (None, 128)),
    "K.resize_images(x, 2, 2, 'channels_last')": ("Resize", (None, 8, 8, 8)),
    "K.spatial_2d_padding(x)": ("Pad", (None, 6, 6, 8)),
    "K.repeat_elements(x, 2, 1)": ("Repeat", (None, 8, 4, 8)),
    "K.batch_dot(x[:, 0], x[:, 1], axes=1)": ("Einsum", (None, 8, 8)),
}


@pytest.mark.parametrize("code", FUNCTIONS_OF_OTHERS)
def test_function_of_another_library_is_the_operation_that_does_the_same(code: str) -> None:
    """Functions of TensorFlow and of the backend, as older scripts have them."""
    head = "import keras, tensorflow as tf\nfrom keras import backend as K\nx = keras.Input((4, 4, 8))\n"
    stack = convcalc.load(f"{head}m = keras.Model(x, {code})\n")
    link = stack.outputs[0]
    kind, shape = FUNCTIONS_OF_OTHERS[code]
    assert (link.source.kind, link.shape) == (kind, shape)


def test_large_data_keeps_its_shape_only() -> None:
    """An array without known values broadcasts, and the model cannot be run."""
    code = "import keras, numpy as np\nx = keras.Input((50, 8))\nm = keras.Model(x, x + np.random.rand(50, 8))\n"
    stack = convcalc.load(code)
    assert [node.kind for node in stack.nodes] == ["Add"]
    assert stack.outputs[0].shape == (None, 50, 8)
    with pytest.raises(ConvcalcError, match="values of an array"):
        convcalc.run(stack, np.zeros((2, 50, 8), "float32"))


def test_unfit_data_is_refused() -> None:
    """An array that does not broadcast with the tensor."""
    with pytest.raises(ConvcalcError, match="do not go together"):
        convcalc.load("import keras, numpy as np\nx = keras.Input((50, 8))\nm = keras.Model(x, x + np.ones((50, 7)))\n")
