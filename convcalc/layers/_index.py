"""The index: family module -> the names (kinds and aliases) that it declares. `python -m tests.layer_index` writes it.

With the index a family is loaded only when a kind of the family is asked for.
"""

FAMILIES = {
    "core": "InputLayer Input Dense Activation Identity",
    "embedding": "Embedding ReversibleEmbedding Masking",
    "einsum": "EinsumDense",
    "conv": "Conv1D Conv2D Conv3D Convolution1D Convolution2D Convolution3D",
    "conv_transpose": "Conv1DTranspose Conv2DTranspose Conv3DTranspose Convolution1DTranspose "
    "Convolution2DTranspose Convolution3DTranspose",
    "conv_depthwise": "DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D SeparableConvolution1D "
    "SeparableConvolution2D",
    "pool": "MaxPooling1D MaxPooling2D MaxPooling3D MaxPool1D MaxPool2D MaxPool3D AveragePooling1D AveragePooling2D "
    "AveragePooling3D AvgPool1D AvgPool2D AvgPool3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D "
    "GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D GlobalAveragePooling1D GlobalAveragePooling2D "
    "GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D",
    "adaptive": "AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D AdaptiveAveragePooling1D "
    "AdaptiveAveragePooling2D AdaptiveAveragePooling3D",
    "activation": "ReLU LeakyReLU PReLU ELU Softmax",
    "norm": "BatchNormalization LayerNormalization GroupNormalization RMSNormalization UnitNormalization",
    "regularization": "Dropout AlphaDropout GaussianDropout GaussianNoise SpatialDropout1D SpatialDropout2D "
    "SpatialDropout3D ActivityRegularization",
    "reshape": "Flatten Reshape Permute RepeatVector",
    "merge": "Add Subtract Multiply Average Maximum Minimum Concatenate Dot",
    "attention": "Attention AdditiveAttention",
    "attention_heads": "MultiHeadAttention GroupedQueryAttention GroupQueryAttention",
    "resize": "ZeroPadding1D ZeroPadding2D ZeroPadding3D Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D "
    "UpSampling3D",
    "preprocessing": "Rescaling Normalization CategoryEncoding Discretization",
    "hashing": "Hashing HashedCrossing",
    "lookup": "IntegerLookup StringLookup",
    "text": "TextVectorization",
    "image": "Resizing CenterCrop RandomCrop MaxNumBoundingBoxes",
    "spectrogram": "STFTSpectrogram MelSpectrogram",
    "augmentation": "RandomFlip RandomRotation RandomTranslation RandomZoom RandomShear RandomPerspective "
    "RandomElasticTransform RandomErasing RandomGaussianBlur CutMix MixUp RandAugment AugMix",
    "color": "RandomBrightness RandomContrast RandomHue RandomSaturation RandomSharpness RandomGrayscale "
    "RandomColorDegeneration RandomColorJitter RandomPosterization RandomInvert Solarization Equalization "
    "AutoContrast ContrastLimitedAdaptiveHistogramEqualization",
    "recurrent": "SimpleRNN LSTM GRU RNN",
    "cells": "SimpleRNNCell LSTMCell GRUCell StackedRNNCells",
    "conv_lstm": "ConvLSTM1D ConvLSTM2D ConvLSTM3D",
    "wrappers": "Bidirectional TimeDistributed SpectralNormalization",
    "applications": "LayerScale StochasticDepth CustomScaleLayer",
}
