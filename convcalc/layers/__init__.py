"""The layer kinds, one file per family, loaded when a kind of the family is first asked for."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.declare.naming import snake_case
from convcalc.errors import ArgumentError, did_you_mean

if TYPE_CHECKING:
    from convcalc.declare.layer import Layer

# The index: family module -> the names (kinds and aliases) it declares. A test derives it anew.
FAMILIES = {
    "core": "InputLayer Input Dense Activation Identity",
    "embedding": "Embedding ReversibleEmbedding Masking",
    "einsum": "EinsumDense",
    "conv": "Conv1D Conv2D Conv3D Convolution1D Convolution2D Convolution3D",
    "conv_transpose": "Conv1DTranspose Conv2DTranspose Conv3DTranspose "
    "Convolution1DTranspose Convolution2DTranspose Convolution3DTranspose",
    "conv_depthwise": "DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D "
    "SeparableConvolution1D SeparableConvolution2D",
    "pool": "MaxPooling1D MaxPooling2D MaxPooling3D MaxPool1D MaxPool2D MaxPool3D "
    "AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D "
    "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D "
    "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D "
    "GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D",
    "adaptive": "AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D "
    "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D",
    "activation": "ReLU LeakyReLU PReLU ELU Softmax",
    "norm": "BatchNormalization LayerNormalization GroupNormalization RMSNormalization UnitNormalization",
    "regularization": "Dropout AlphaDropout GaussianDropout GaussianNoise "
    "SpatialDropout1D SpatialDropout2D SpatialDropout3D ActivityRegularization",
    "reshape": "Flatten Reshape Permute RepeatVector",
    "merge": "Add Subtract Multiply Average Maximum Minimum Concatenate Dot",
    "attention": "Attention AdditiveAttention",
    "attention_heads": "MultiHeadAttention GroupedQueryAttention GroupQueryAttention",
    "resize": "ZeroPadding1D ZeroPadding2D ZeroPadding3D Cropping1D Cropping2D Cropping3D "
    "UpSampling1D UpSampling2D UpSampling3D",
    "preprocessing": "Rescaling Normalization CategoryEncoding Discretization",
    "hashing": "Hashing HashedCrossing",
    "lookup": "IntegerLookup StringLookup",
    "text": "TextVectorization",
    "image": "Resizing CenterCrop RandomCrop MaxNumBoundingBoxes",
    "spectrogram": "STFTSpectrogram MelSpectrogram",
    "augmentation": "RandomFlip RandomRotation RandomTranslation RandomZoom RandomShear RandomPerspective "
    "RandomElasticTransform RandomErasing RandomGaussianBlur CutMix MixUp RandAugment AugMix",
    "color": "RandomBrightness RandomContrast RandomHue RandomSaturation RandomSharpness RandomGrayscale "
    "RandomColorDegeneration RandomColorJitter RandomPosterization RandomInvert Solarization Equalization AutoContrast "
    "ContrastLimitedAdaptiveHistogramEqualization",
    "recurrent": "SimpleRNN LSTM GRU RNN",
    "cells": "SimpleRNNCell LSTMCell GRUCell StackedRNNCells",
    "conv_lstm": "ConvLSTM1D ConvLSTM2D ConvLSTM3D",
    "wrappers": "Bidirectional TimeDistributed SpectralNormalization",
    "applications": "LayerScale StochasticDepth CustomScaleLayer",
}

_CODE = "its meaning is Python code, which is never run; from Keras's files it is shown as far as they state it"
# The public classes of keras.layers that are no kinds here, and why.
UNCOVERED = {
    "Lambda": _CODE,
    "TorchModuleWrapper": _CODE,
    "JaxLayer": _CODE,
    "FlaxLayer": _CODE,
    "TFSMLayer": _CODE,
    "Layer": "it is the base of all layers, and does nothing by itself",
    "Wrapper": "it is the base of layers that hold another one, and does nothing by itself",
    "InputSpec": "it is no layer: it says what inputs a layer takes",
    **dict.fromkeys(
        ("Pipeline",),
        "it is not supported yet",
    ),
}

MODULES = {name: module for module, names in FAMILIES.items() for name in names.split()}

# What stands in Keras's graphs beside layers, without being one: module -> Keras's classes.
_OPERATIONS = {
    "ops.operands": "Add Subtract Multiply Divide TrueDivide Power Maximum Minimum "
    "NotEqual LogicalOr ZerosLike OnesLike ConvertToTensor Matmul",
    "ops.unary": "Absolute Negative Square Sqrt Rsqrt Reciprocal Exp Expm1 Log Log1p Log2 Log10 Sign Floor Ceil "
    "Sin Cos Tan Sinh Cosh Tanh Arctan Erf Clip "
    "Relu Relu6 LeakyRelu Elu Selu Celu Gelu Silu HardSilu Sigmoid HardSigmoid LogSigmoid Softplus Softsign "
    "Softmax LogSoftmax Squareplus HardTanh TanhShrink HardShrink SoftShrink SparsePlus SparseSigmoid",
    "ops.shaping": "GetItem Reshape Transpose Swapaxes ExpandDims Squeeze Concatenate Stack",
    "ops.reducing": "Mean Sum Max Min Var Std Any All",
}
OPERATIONS = {f"ops.{kind}": module for module, kinds in _OPERATIONS.items() for kind in kinds.split()}

# What may stand before a kind in pasted code.
_PREFIX = re.compile(
    r"^(?:tensorflow\.keras|tf\.compat\.v1\.keras|tf\.keras|tf_keras|keras|tfk|tf)?\.?(?:layers|tfkl)?\.?(?=[A-Z]\w*$)"
)
_TENSORFLOW = re.compile(r"^(?:tf|tensorflow)\.(?:compat\.v1\.|compat\.v2\.|contrib\.)?(?:nn|layers)\.([a-z]\w*)$")
# TensorFlow functions whose name is not their kind's in snake case.
_FUNCTIONS = {
    "relu": "ReLU",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "max_pool": "MaxPooling2D",
    "avg_pool": "AveragePooling2D",
}


def find(name: str) -> type[Layer]:
    """The kind by its name as written, prefixes such as ``tf.keras.layers.`` included.

    TensorFlow's functions (``tf.nn.conv2d``, ``tf.layers.separable_conv2d``) find the layer they mean.
    Raises `ArgumentError` for an unknown name.
    """
    kind = canonical(name)
    if kind in UNCOVERED:
        raise ArgumentError(f"{kind} is not covered", code="uncovered-layer", why=UNCOVERED[kind])
    module = OPERATIONS.get(kind) or MODULES.get(kind)
    if module is None:
        raise ArgumentError(
            f"no layer is called {name!r}",
            code="unknown-layer",
            help=did_you_mean(kind, MODULES) or "`convcalc layers` lists every layer",
        )
    from convcalc.declare.layer import Layer

    if kind not in Layer.kinds:
        import_module(f"convcalc.layers.{module}")
    return Layer.kinds[kind]


def canonical(name: str) -> str:
    """The kind's own name for a name as written; an unknown name comes back without its prefix."""
    function = _TENSORFLOW.match(name)
    if function:
        snake = function[1]
        return _FUNCTIONS.get(snake) or next((kind for kind in MODULES if snake_case(kind) == snake), name)
    return _PREFIX.sub("", name)


def is_function(name: str) -> bool:
    """Whether a name as written is a TensorFlow function, which takes its input as an argument."""
    return bool(_TENSORFLOW.match(name))


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"convcalc.layers has no layer {name!r}")
    return find(name)


def __dir__() -> list[str]:
    return sorted(MODULES)
