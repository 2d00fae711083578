"""How Keras 1 and Keras 2 spelled what Keras 3 has: one table for the readers of code and of configs.

`SIGNATURES` and `WORDS` say what Keras 1 called things; the declarations of the layers say what Keras 3 takes. An
old word counts where the kind had it in Keras 1 and Keras 3 does not take it. Source: ``keras/layers`` of Keras 1.2.2
and ``keras/legacy/interfaces.py`` of Keras 2.3.1.
"""

from __future__ import annotations

from typing import Any

# Classes that Keras 3 has under another name; two of them are functions in Keras 2.
KINDS = {
    "Deconvolution2D": "Conv2DTranspose",
    "Deconv2D": "Conv2DTranspose",
    "Deconvolution3D": "Conv3DTranspose",
    "Deconv3D": "Conv3DTranspose",
    "AtrousConvolution1D": "Conv1D",
    "AtrousConv1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "AtrousConv2D": "Conv2D",
}
# What TensorFlow called classes of which it had two.
VERSIONS = {f"{kind}V{number}": kind for kind in ("BatchNormalization", "LSTM", "GRU") for number in (1, 2)}
# Layers that Keras 3 does not have, and the last Keras that has them.
GONE = {
    **dict.fromkeys(
        ("TimeDistributedDense", "MaxoutDense", "Highway", "ParametricSoftplus", "SReLU", "TimeDistributedMerge"), 1
    ),
    **dict.fromkeys(
        ("LocallyConnected1D", "LocallyConnected2D", "ThresholdedReLU", "CuDNNLSTM", "CuDNNGRU", "DenseFeatures"), 2
    ),
    **dict.fromkeys(("ConvRecurrent2D", "Recurrent", "ConvRNN2D", "RandomHeight", "RandomWidth"), 2),
}

_ENDS = "W_regularizer b_regularizer activity_regularizer W_constraint b_constraint bias"
_DROPOUTS = "W_regularizer U_regularizer b_regularizer dropout_W dropout_U"
_RECURRENT = f"{_DROPOUTS} weights return_sequences go_backwards stateful unroll consume_less input_dim input_length"
_CONV_1D = "nb_filter filter_length init activation weights border_mode subsample_length"
_CONV_2D = "init activation weights border_mode subsample"
_GATES = "forget_bias_init activation inner_activation"
# The arguments of Keras 1 in positional order, by the kind as written or else by Keras 3's name of the kind.
SIGNATURES = {
    "Dense": f"output_dim init activation weights {_ENDS} input_dim",
    "Dropout": "p noise_shape seed",
    "SpatialDropout1D": "p",
    "SpatialDropout2D": "p dim_ordering",
    "SpatialDropout3D": "p dim_ordering",
    "GaussianDropout": "p",
    "GaussianNoise": "sigma",
    "Conv1D": f"{_CONV_1D} {_ENDS} input_dim input_length",
    **dict.fromkeys(("AtrousConvolution1D", "AtrousConv1D"), f"{_CONV_1D} atrous_rate {_ENDS} input_dim input_length"),
    "Conv2D": f"nb_filter nb_row nb_col {_CONV_2D} dim_ordering {_ENDS}",
    **dict.fromkeys(
        ("AtrousConvolution2D", "AtrousConv2D"),
        f"nb_filter nb_row nb_col {_CONV_2D} atrous_rate dim_ordering {_ENDS}",
    ),
    "Conv2DTranspose": f"nb_filter nb_row nb_col output_shape {_CONV_2D} dim_ordering {_ENDS}",
    "SeparableConv2D": f"nb_filter nb_row nb_col {_CONV_2D} depth_multiplier dim_ordering depthwise_regularizer "
    "pointwise_regularizer b_regularizer activity_regularizer depthwise_constraint pointwise_constraint b_constraint "
    "bias",
    "Conv3D": f"nb_filter kernel_dim1 kernel_dim2 kernel_dim3 {_CONV_2D} dim_ordering {_ENDS}",
    **dict.fromkeys(("MaxPooling1D", "AveragePooling1D"), "pool_length stride border_mode"),
    **dict.fromkeys(
        ("MaxPooling2D", "AveragePooling2D", "MaxPooling3D", "AveragePooling3D"),
        "pool_size strides border_mode dim_ordering",
    ),
    **dict.fromkeys(
        ("GlobalMaxPooling2D", "GlobalAveragePooling2D", "GlobalMaxPooling3D", "GlobalAveragePooling3D"), "dim_ordering"
    ),
    "UpSampling1D": "length",
    **dict.fromkeys(("UpSampling2D", "UpSampling3D"), "size dim_ordering"),
    "ZeroPadding1D": "padding",
    **dict.fromkeys(("ZeroPadding2D", "ZeroPadding3D"), "padding dim_ordering"),
    **dict.fromkeys(("Cropping2D", "Cropping3D"), "cropping dim_ordering"),
    "SimpleRNN": f"output_dim init inner_init activation {_RECURRENT}",
    "GRU": f"output_dim init inner_init activation inner_activation {_RECURRENT}",
    "LSTM": f"output_dim init inner_init {_GATES} {_RECURRENT}",
    "ConvLSTM2D": f"nb_filter nb_row nb_col init inner_init {_GATES} dim_ordering border_mode subsample {_DROPOUTS}",
    "Embedding": "input_dim output_dim init input_length W_regularizer activity_regularizer W_constraint mask_zero "
    "weights dropout",
    "BatchNormalization": "epsilon mode axis momentum weights beta_init gamma_init gamma_regularizer beta_regularizer",
    "PReLU": "init weights shared_axes",
    "InputLayer": "input_shape batch_input_shape input_dtype input_tensor sparse name",
    "Input": "shape batch_shape name dtype sparse tensor",
}

# A word of Keras 1: the words of Keras 3, of which the first that the kind takes is meant; a pair means both.
WORDS: dict[str, tuple[str | tuple[str, ...], ...]] = {
    "output_dim": ("units",),
    "nb_filter": ("filters",),
    "filter_length": ("kernel_size",),
    "subsample": ("strides",),
    "subsample_length": ("strides",),
    "stride": ("strides",),
    "pool_length": ("pool_size",),
    "border_mode": ("padding",),
    "dim_ordering": ("data_format",),
    "atrous_rate": ("dilation_rate",),
    "bias": ("use_bias",),
    "init": (
        "kernel_initializer",
        "embeddings_initializer",
        "alpha_initializer",
        ("depthwise_initializer", "pointwise_initializer"),
    ),
    "inner_init": ("recurrent_initializer",),
    "beta_init": ("beta_initializer",),
    "gamma_init": ("gamma_initializer",),
    "inner_activation": ("recurrent_activation",),
    "W_regularizer": ("kernel_regularizer", "embeddings_regularizer"),
    "U_regularizer": ("recurrent_regularizer",),
    "b_regularizer": ("bias_regularizer",),
    "W_constraint": ("kernel_constraint", "embeddings_constraint"),
    "b_constraint": ("bias_constraint",),
    "dropout_W": ("dropout",),
    "dropout_U": ("recurrent_dropout",),
    "p": ("rate",),
    "sigma": ("stddev",),
    "length": ("size",),
    "input_dtype": ("dtype",),
    "forget_bias_init": ("unit_forget_bias",),
}
# Words of Keras 1 that mean nothing to a shape or a weight, and so are left out.
DROPPED = ("output_shape", "consume_less", "dropout", "mode")
# The sizes of a kernel, one word for each axis.
KERNELS = (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"))
DATA_FORMATS = {"th": "channels_first", "tf": "channels_last", "default": None}
# What a layer was before Keras had an argument for it, and defaults that Keras 3 has changed or dropped.
DEFAULTS_1: dict[str, dict[str, Any]] = {"GRU": {"reset_after": False}}
DEFAULTS_2: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("Conv1D", "MaxPooling1D"), {"data_format": "channels_last"}),
    **dict.fromkeys(("GlobalMaxPooling1D", "GlobalAveragePooling1D"), {"data_format": "channels_last"}),
    "AveragePooling1D": {"pool_size": 2, "data_format": "channels_last"},
    **dict.fromkeys(("AveragePooling2D", "AveragePooling3D"), {"pool_size": 2}),
}
# Arguments that Keras 2 takes and that mean nothing to these layers, or only with another value than this one.
IDLE = (
    "kernel_constraint", "kernel_initializer", "kernel_regularizer", "noise_shape", "trainable", "weights",
    "implementation", "input_dtype", "input_length", "fused", "dynamic", "enable_caching_device",
)  # fmt: skip
IDLE_AS = {
    "groups": 1, "time_major": False, "renorm": False, "virtual_batch_size": None, "adjustment": None,
    "sparse": False, "type_spec": None,
}  # fmt: skip
# Regularizers and constraints: the class, old words of its arguments, and the defaults that Keras 3 has changed.
_L1L2 = {"l1": 0.01, "l2": 0.01}
OBJECTS: dict[str, tuple[str, dict[str, str], dict[str, float]]] = {
    **dict.fromkeys(("maxnorm", "max_norm", "MaxNorm"), ("MaxNorm", {"m": "max_value"}, {})),
    **dict.fromkeys(("nonneg", "non_neg"), ("NonNeg", {}, {})),
    **dict.fromkeys(("unitnorm", "unit_norm"), ("UnitNorm", {}, {})),
    **dict.fromkeys(("min_max_norm", "MinMaxNorm"), ("MinMaxNorm", {"low": "min_value", "high": "max_value"}, {})),
    **dict.fromkeys(("l1", "activity_l1"), ("L1", {"l": "l1"}, {})),
    **dict.fromkeys(("l2", "activity_l2"), ("L2", {"l": "l2"}, {})),
    **dict.fromkeys(("l1l2", "l1_l2", "activity_l1l2"), ("L1L2", {}, _L1L2)),
    **dict.fromkeys(("L1L2Regularizer", "WeightRegularizer", "ActivityRegularizer"), ("L1L2", {}, {})),
}
# How ``merge`` of Keras 1 and its layer ``Merge`` join their inputs: the kind, its argument, and the old word for that.
MODES: dict[str, tuple[str, str, str]] = {
    "sum": ("Add", "", ""),
    "mul": ("Multiply", "", ""),
    "ave": ("Average", "", ""),
    "max": ("Maximum", "", ""),
    "concat": ("Concatenate", "axis", "concat_axis"),
    "dot": ("Dot", "axes", "dot_axes"),
    "cos": ("Dot", "axes", "dot_axes"),
}
MERGE = "mode concat_axis dot_axes output_shape output_mask arguments node_indices tensor_indices name"
