"""Calls as Keras 1 and Keras 2 spelled them, each with the same call of Keras 3, an input, and the reason."""

from __future__ import annotations

import ast
from typing import Any, NamedTuple


class Row(NamedTuple):
    """``old`` in a script of some ``generation`` is ``new``, on an ``input`` without the batch.

    Without an input the call itself says what its input is. ``own`` is the reason where Keras 2 reads the call
    otherwise, or not at all.
    """

    old: str
    new: str
    input: Any
    why: str
    generation: int = 3
    own: str = ""


_ENDS = "W_regularizer='l2', b_regularizer=None, activity_regularizer=None, W_constraint='maxnorm', "
_ENDS += "b_constraint='nonneg', bias=False"
_NEW_ENDS = "kernel_regularizer='L2', bias_regularizer=None, activity_regularizer=None, kernel_constraint='MaxNorm', "
_NEW_ENDS += "bias_constraint='NonNeg', use_bias=False"
_RNN = "W_regularizer='l2', U_regularizer='l1', b_regularizer='l2', dropout_W=0.1, dropout_U=0.2, consume_less='gpu'"
_NEW_RNN = "kernel_regularizer='L2', recurrent_regularizer='L1', bias_regularizer='L2', dropout=0.1, "
_NEW_RNN += "recurrent_dropout=0.2"
_NOT_2 = "Keras 2 takes fewer arguments by place"
_MERGE = "Keras 2 has no such layer"

ROWS = (
    # Dense, and the layers without weights.
    Row(
        f"Dense(output_dim=3, init='normal', {_ENDS})",
        f"Dense(3, kernel_initializer='normal', {_NEW_ENDS})",
        (4,),
        "words",
    ),
    Row(
        "Dense(3, init='one', input_dim=4)", "Dense(3, kernel_initializer='one', input_shape=(4,))", None, "first layer"
    ),
    Row("Dense(3, 'uniform', 'relu')", "Dense(3, 'relu', kernel_initializer='uniform')", (4,), "order", 1, _NOT_2),
    Row("Dense(3, 'relu')", "Dense(3, activation='relu')", (4,), "the activation since Keras 2", 3, _NOT_2),
    Row("Dense(3, W_regularizer='activity_l2')", "Dense(3, kernel_regularizer='L2')", (4,), "name", 1, "Keras 1 only"),
    Row("Dropout(p=0.5)", "Dropout(0.5)", (4,), "words"),
    Row("SpatialDropout1D(p=0.5)", "SpatialDropout1D(0.5)", (4, 3), "words"),
    Row("SpatialDropout2D(p=0.5, dim_ordering='th')", "SpatialDropout2D(0.5, 'channels_first')", (3, 4, 4), "words"),
    Row("SpatialDropout2D(0.5, 'th')", "SpatialDropout2D(0.5, 'channels_first')", (3, 4, 4), "order", 1, _NOT_2),
    Row("SpatialDropout3D(p=0.5, dim_ordering='tf')", "SpatialDropout3D(0.5, 'channels_last')", (4, 4, 4, 3), "words"),
    Row("GaussianDropout(p=0.5)", "GaussianDropout(0.5)", (4,), "words"),
    Row("GaussianNoise(sigma=0.5)", "GaussianNoise(0.5)", (4,), "words"),
    Row("PReLU(init='one', weights=None)", "PReLU('one')", (4,), "words"),
    Row("keras.layers.advanced_activations.LeakyReLU(alpha=0.2)", "LeakyReLU(alpha=0.2)", (4,), "module", 2),
    # Convolutions.
    Row(
        "Convolution1D(nb_filter=3, filter_length=2, init='he_normal', border_mode='same', "
        f"subsample_length=2, {_ENDS})",
        f"Conv1D(3, 2, 2, 'same', kernel_initializer='he_normal', {_NEW_ENDS})",
        (9, 4),
        "words",
    ),
    Row("Convolution1D(3, 2, border_mode='same')", "Conv1D(3, 2, padding='same')", (9, 4), "order"),
    Row(
        "Conv1D(3, 2, input_dim=4, input_length=9)",
        "Conv1D(3, 2, input_shape=(9, 4))",
        None,
        "Keras 3 has no input_length",
    ),
    Row("Conv1D(3, 2, input_dim=4)", "Conv1D(3, 2, input_shape=(None, 4))", None, "input_dim is the last size", 2),
    Row("Conv1D(3, 2, batch_input_shape=(5, 9, 4))", "Conv1D(3, 2)", None, "the input, batch first", 2),
    Row(
        f"Convolution2D(nb_filter=8, nb_row=3, nb_col=2, init='uniform', border_mode='same', subsample=(2, 2), "
        f"dim_ordering='tf', {_ENDS})",
        f"Conv2D(8, (3, 2), (2, 2), 'same', 'channels_last', kernel_initializer='uniform', {_NEW_ENDS})",
        (9, 9, 4),
        "words",
    ),
    Row(
        "Convolution2D(8, 3, 2, border_mode='same')",
        "Conv2D(8, (3, 2), padding='same')",
        (9, 9, 4),
        "an old word decides",
    ),
    Row("Convolution2D(8, 3, 2)", "Conv2D(8, (3, 2))", (9, 9, 4), "the script decides", 1),
    Row(
        "Conv2D(8, 3, 2)",
        "Conv2D(8, 3, strides=2)",
        (9, 9, 4),
        "Keras 3, whatever the name",
        3,
        "Keras 2.3 has a kernel",
    ),
    Row(
        "Convolution2D(8, 3, 2, padding='same')", "Conv2D(8, 3, 2, 'same')", (9, 9, 4), "new words decide", 1, "refused"
    ),
    Row("Conv2D(8, (3, 3), border_mode='same')", "Conv2D(8, 3, padding='same')", (9, 9, 4), "the kernel is one value"),
    Row("Conv2D(8, 3, border_mode='same')", "Conv2D(8, 3, padding='same')", (9, 9, 4), "the kernel is one value"),
    Row("Conv2D(8, 3, nb_col=2)", "Conv2D(8, (3, 2))", (9, 9, 4), "the kernel by place and by name"),
    Row(
        "Convolution2D(8, 3, 3, 'glorot_normal', 'relu')",
        "Conv2D(8, 3, activation='relu', kernel_initializer='glorot_normal')",
        (9, 9, 4),
        "order",
        1,
        _NOT_2,
    ),
    Row(
        "AtrousConvolution1D(nb_filter=3, filter_length=2, init='zero', border_mode='valid', "
        f"subsample_length=1, atrous_rate=2, {_ENDS})",
        f"Conv1D(3, 2, dilation_rate=2, kernel_initializer='zero', {_NEW_ENDS})",
        (9, 4),
        "a kind that Keras 2 dilates",
    ),
    Row("AtrousConv1D(nb_filter=3, filter_length=2, atrous_rate=2)", "Conv1D(3, 2, dilation_rate=2)", (9, 4), "kind"),
    Row(
        "AtrousConvolution2D(nb_filter=8, nb_row=3, nb_col=2, init='zero', border_mode='same', subsample=(1, "
        "1), atrous_rate=(2, 2), "
        f"dim_ordering='default', {_ENDS})",
        f"Conv2D(8, (3, 2), padding='same', dilation_rate=2, kernel_initializer='zero', {_NEW_ENDS})",
        (9, 9, 4),
        "a kind that Keras 2 dilates",
    ),
    Row(
        "AtrousConv2D(nb_filter=8, nb_row=3, nb_col=2, atrous_rate=2)",
        "Conv2D(8, (3, 2), dilation_rate=2)",
        (9, 9, 4),
        "kind",
    ),
    Row(
        "Deconvolution2D(8, 3, 2, output_shape=(None, 18, 18, 8), init='normal', border_mode='same', "
        "subsample=(2, 2), "
        f"dim_ordering='tf', {_ENDS})",
        f"Conv2DTranspose(8, (3, 2), 2, 'same', data_format='channels_last', kernel_initializer='normal', {_NEW_ENDS})",
        (9, 9, 4),
        "Keras 2 works the shape out",
    ),
    Row("Deconvolution2D(8, 3, 2, (None, 11, 10, 8))", "Conv2DTranspose(8, (3, 2))", (9, 9, 4), "order"),
    Row("Deconv2D(nb_filter=8, nb_row=3, nb_col=2)", "Conv2DTranspose(8, (3, 2))", (9, 9, 4), "kind"),
    Row("Deconvolution3D(8, (3, 2, 2))", "Conv3DTranspose(8, (3, 2, 2))", (5, 5, 5, 4), "kind", 2),
    Row("Deconv3D(8, (3, 2, 2))", "Conv3DTranspose(8, (3, 2, 2))", (5, 5, 5, 4), "kind", 2),
    Row(
        "SeparableConvolution2D(nb_filter=8, nb_row=3, nb_col=2, init='normal', border_mode='same', subsample=(2, 2), "
        "depth_multiplier=2, dim_ordering='tf', b_regularizer='l2', b_constraint='nonneg', bias=False)",
        "SeparableConv2D(8, (3, 2), 2, 'same', 'channels_last', depth_multiplier=2, depthwise_initializer='normal', "
        "pointwise_initializer='normal', bias_regularizer='L2', bias_constraint='NonNeg', use_bias=False)",
        (9, 9, 4),
        "words",
    ),
    Row(
        f"Convolution3D(nb_filter=8, kernel_dim1=3, kernel_dim2=2, kernel_dim3=2, init='normal', border_mode='same', "
        f"subsample=(2, 2, 2), dim_ordering='tf', {_ENDS})",
        f"Conv3D(8, (3, 2, 2), 2, 'same', 'channels_last', kernel_initializer='normal', {_NEW_ENDS})",
        (5, 5, 5, 4),
        "words",
    ),
    Row("Convolution3D(8, 3, 2, 2, subsample=(2, 2, 2))", "Conv3D(8, (3, 2, 2), 2)", (5, 5, 5, 4), "order"),
    # Pools, and what moves edges.
    *(
        Row(f"{kind}1D(pool_length=3, stride=2, border_mode='same')", f"{kind}1D(3, 2, 'same')", (9, 4), "words")
        for kind in ("MaxPooling", "AveragePooling")
    ),
    *(
        Row(
            f"{kind}2D((2, 2), border_mode='same', dim_ordering='th')",
            f"{kind}2D(2, None, 'same', 'channels_first')",
            (4, 9, 9),
            "words",
        )
        for kind in ("MaxPooling", "AveragePooling")
    ),
    *(
        Row(
            f"{kind}3D(border_mode='same', dim_ordering='tf')",
            f"{kind}3D(2, None, 'same', 'channels_last')",
            (5, 5, 5, 4),
            "words",
        )
        for kind in ("MaxPooling", "AveragePooling")
    ),
    Row("AveragePooling1D()", "AveragePooling1D(2, data_format='channels_last')", (9, 4), "a default that is gone", 2),
    Row("AveragePooling2D()", "AveragePooling2D(2)", (9, 9, 4), "a default that is gone", 2),
    *(
        Row(f"{kind}()", f"{kind}(data_format='channels_last')", (9, 4), "1-D layers do not mind the setting", 2)
        for kind in ("MaxPooling1D", "GlobalMaxPooling1D", "GlobalAveragePooling1D")
    ),
    Row(
        "MaxPooling2D((2, 2), (1, 1), 'same', 'th')",
        "MaxPooling2D(2, 1, 'same', 'channels_first')",
        (4, 9, 9),
        "order",
        1,
        _NOT_2,
    ),
    *(
        Row(
            f"Global{kind}Pooling{rank}D(dim_ordering='th')",
            f"Global{kind}Pooling{rank}D('channels_first')",
            (4, 5, 5, 5)[: rank + 1],
            "words",
        )
        for kind in ("Max", "Average")
        for rank in (2, 3)
    ),
    Row("UpSampling1D(length=3)", "UpSampling1D(3)", (4, 3), "words"),
    Row("UpSampling2D((2, 2), dim_ordering='th')", "UpSampling2D(2, 'channels_first')", (3, 4, 4), "words"),
    Row("UpSampling3D(dim_ordering='th')", "UpSampling3D(2, 'channels_first')", (3, 4, 4, 4), "words"),
    Row("ZeroPadding1D({'left_pad': 1, 'right_pad': 2})", "ZeroPadding1D((1, 2))", (4, 3), "sides", 1, "Keras 1 only"),
    Row(
        "ZeroPadding2D({'top_pad': 1, 'left_pad': 2})", "ZeroPadding2D(((1, 0), (2, 0)))", (4, 4, 3), "sides by name", 1
    ),
    Row("ZeroPadding2D((1, 2, 3, 4))", "ZeroPadding2D(((1, 2), (3, 4)))", (4, 4, 3), "sides", 1, "Keras 1 only"),
    Row("ZeroPadding2D((1, 2), dim_ordering='th')", "ZeroPadding2D((1, 2), 'channels_first')", (3, 4, 4), "words"),
    Row(
        "ZeroPadding3D((1, 2, 1), dim_ordering='th')",
        "ZeroPadding3D((1, 2, 1), 'channels_first')",
        (3, 4, 4, 4),
        "words",
    ),
    Row(
        "Cropping2D(((1, 1), (0, 1)), dim_ordering='th')",
        "Cropping2D(((1, 1), (0, 1)), 'channels_first')",
        (3, 4, 4),
        "words",
    ),
    Row("Cropping3D(dim_ordering='tf')", "Cropping3D(data_format='channels_last')", (4, 4, 4, 3), "words"),
    # Recurrent layers.
    Row(
        f"SimpleRNN(output_dim=3, init='normal', inner_init='uniform', {_RNN})",
        f"SimpleRNN(3, kernel_initializer='normal', recurrent_initializer='uniform', {_NEW_RNN})",
        (5, 4),
        "words",
    ),
    Row(
        f"GRU(output_dim=3, init='normal', inner_init='uniform', inner_activation='relu', {_RNN})",
        "GRU(3, kernel_initializer='normal', recurrent_initializer='uniform', recurrent_activation='relu', "
        f"{_NEW_RNN}, "
        "reset_after=False)",
        (5, 4),
        "no GRU of Keras 1 resets after the product",
    ),
    Row("GRU(3)", "GRU(3, reset_after=False)", (5, 4), "no GRU of Keras 1 resets after the product", 1),
    Row(
        "LSTM(output_dim=3, init='normal', inner_init='uniform', forget_bias_init='one', "
        f"inner_activation='relu', {_RNN})",
        "LSTM(3, kernel_initializer='normal', recurrent_initializer='uniform', recurrent_activation='relu', "
        f"{_NEW_RNN})",
        (5, 4),
        "words",
    ),
    Row(
        "LSTM(output_dim=3, forget_bias_init='zero')",
        "LSTM(3, unit_forget_bias=False)",
        (5, 4),
        "words",
        1,
        "it is passed over",
    ),
    Row("LSTM(3, input_dim=4, input_length=5)", "LSTM(3, input_shape=(5, 4))", None, "Keras 3 has no input_length"),
    Row("LSTM(3, input_dim=4)", "LSTM(3, input_shape=(None, 4))", None, "input_dim is the last size", 2),
    Row(
        "LSTM(3, batch_input_shape=(2, 5, 4), stateful=True, implementation=2)",
        "LSTM(3, stateful=True)",
        None,
        "batch",
        2,
    ),
    Row(
        "ConvLSTM2D(nb_filter=3, nb_row=3, nb_col=2, init='normal', inner_init='uniform', forget_bias_init='one', "
        "inner_activation='relu', dim_ordering='tf', border_mode='same', subsample=(1, 1), W_regularizer='l2', "
        "U_regularizer='l1', b_regularizer='l2', dropout_W=0.1, dropout_U=0.2)",
        "ConvLSTM2D(3, (3, 2), padding='same', data_format='channels_last', recurrent_activation='relu', "
        f"kernel_initializer='normal', recurrent_initializer='uniform', {_NEW_RNN})",
        (5, 4, 4, 2),
        "words",
    ),
    # Embedding, BatchNormalization, inputs.
    Row(
        "Embedding(9, 4, init='normal', W_regularizer='l2', W_constraint='unitnorm', dropout=0.2, input_length=5)",
        "Embedding(9, 4, 'normal', 'L2', 'UnitNorm', input_length=5, input_shape=(5,))",
        None,
        "dropout is gone",
    ),
    Row(
        "Embedding(9, 4, input_length=5, weights=[0])",
        "Embedding(9, 4, input_length=5, input_shape=(5,))",
        None,
        "up to Keras 2 it says what the input is, and takes weights",
        2,
    ),
    Row("Embedding(9, 4)", "Embedding(9, 4, input_shape=(None,))", None, "up to Keras 2 it says what the input is", 2),
    Row("Embedding(9, 4)", "Embedding(9, 4)", (5,), "Keras 3"),
    Row(
        "BatchNormalization(mode=0, axis=1, beta_init='one', gamma_init='zero')",
        "BatchNormalization(1, beta_initializer='one', gamma_initializer='zero')",
        (3, 4),
        "words",
    ),
    Row("BatchNormalization(0.01, 0, 1)", "BatchNormalization(1, epsilon=0.01)", (3, 4), "order", 1, _NOT_2),
    Row(
        "BatchNormalizationV1(fused=True, virtual_batch_size=None, adjustment=None)",
        "BatchNormalization()",
        (3, 4),
        "what means nothing",
        2,
        "TensorFlow's",
    ),
    Row(
        "BatchNormalizationV2(axis=[1], renorm=False)",
        "BatchNormalization(1)",
        (3, 4),
        "TensorFlow's list",
        2,
        "TensorFlow's",
    ),
    *(
        Row(f"{kind}(3, time_major=False, enable_caching_device=False)", new, (5, 4), "TensorFlow's", 2, "TensorFlow's")
        for kind, new in (("LSTMV1", "LSTM(3)"), ("LSTMV2", "LSTM(3)"), ("GRUV2", "GRU(3)"))
    ),
    Row(
        "GRUV1(3)", "GRU(3, reset_after=False)", (5, 4), "the first class resets before the product", 3, "TensorFlow's"
    ),
    Row("Embedding(9, 4, sparse=False)", "Embedding(9, 4, input_shape=(None,))", None, "nothing", 2, "TensorFlow's"),
    Row("InputLayer((4,), type_spec=None)", "InputLayer((4,))", (4,), "what means nothing", 2, "TensorFlow's"),
    Row(
        "InputLayer(input_shape=(4,), input_dtype='int32')",
        "InputLayer((4,), dtype='int32')",
        (4,),
        "words",
        1,
        "Keras 2 has its own function for it",
    ),
    Row(
        "Input((4,), None, 'a')", "InputLayer((4,), name='a')", (4,), "order", 1, "Keras 2 has its own function for it"
    ),
    Row(
        "Dense(3, input_dtype='int32', dynamic=False, groups=1, trainable=True)",
        "Dense(3)",
        (4,),
        "nothing",
        2,
        "TensorFlow's",
    ),
    Row(
        "SpatialDropout1D(0.5, noise_shape=None)",
        "SpatialDropout1D(0.5)",
        (4, 3),
        "what means nothing",
        2,
        "TensorFlow's",
    ),
    Row(
        "DepthwiseConv2D(3, kernel_initializer='normal', kernel_regularizer='l2', kernel_constraint='maxnorm')",
        "DepthwiseConv2D(3)",
        (9, 9, 4),
        "its kernel has another name",
        2,
        "TensorFlow's",
    ),
    # Joins.
    *(
        Row(f"merge([], mode='{mode}')", f"{kind}()", [(4,), (4,)], "mode", 1, _MERGE)
        for mode, kind in (("sum", "Add"), ("mul", "Multiply"), ("ave", "Average"), ("max", "Maximum"))
    ),
    Row("merge([], mode='concat', concat_axis=1)", "Concatenate(1)", [(4, 3), (2, 3)], "mode", 1, _MERGE),
    Row("Merge(mode='concat')", "Concatenate()", [(4, 3), (4, 2)], "mode", 1, _MERGE),
    Row("Merge([], 'dot', dot_axes=1)", "Dot(1)", [(4, 3), (4, 2)], "mode", 1, _MERGE),
    Row("merge([], 'cos')", "Dot(-1, normalize=True)", [(4, 3), (2, 3)], "mode", 1, _MERGE),
    Row("merge([])", "Add()", [(4,), (4,)], "the mode without one", 1, _MERGE),
)


def parts(text: str) -> tuple[str, list[Any], dict[str, Any]]:
    """The name, the arguments by place and the arguments by name of a call."""
    call: Any = ast.parse(text, mode="eval").body
    words = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    return ast.unparse(call.func), [ast.literal_eval(one) for one in call.args], words
