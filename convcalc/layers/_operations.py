"""The index of the operations: the file of each kind, and what Keras calls the functions that make them.

With the index a file is loaded only when one of its kinds is asked for.
"""

from __future__ import annotations

from convcalc.declare.naming import snake_case

# What stands in Keras's graphs beside layers, without being one: module -> Keras's classes.
_KINDS = {
    "binary": "Add Subtract Multiply Divide TrueDivide DivideNoNan FloorDivide Mod Fmod Power Maximum Minimum Fmax "
    "Fmin Arctan2 Hypot Heaviside Logaddexp Logaddexp2 Ldexp Nextafter Gcd Lcm Kron Equal NotEqual "
    "Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr LogicalXor Isclose AllClose IsIn BitwiseAnd "
    "BitwiseOr BitwiseXor BitwiseLeftShift LeftShift BitwiseRightShift RightShift BitwiseNot "
    "BitwiseInvert Where",
    "unary": "Softmax LogSoftmax LeakyRelu Elu Celu Gelu Squareplus HardShrink SoftShrink Clip Rsqrt Erf Absolute "
    "Negative Square Sqrt Reciprocal Exp Expm1 Log Log1p Log2 Log10 Sign Floor Ceil Sin Cos Tan Sinh Cosh "
    "Tanh Arctan Relu Relu6 Selu Silu HardSilu Sigmoid HardSigmoid LogSigmoid Softplus Softsign HardTanh "
    "TanhShrink SparsePlus SparseSigmoid ReLU",
    "pointwise": "Arcsin Arccos Arcsinh Arccosh Arctanh Sinc Exp2 Fabs Erfc Erfinv Cbrt Deg2rad Rad2deg I0 Round Trunc "
    "NanToNum Threshold Real Imag Conjugate Angle ViewAsComplex ViewAsReal Isnan Isinf Isfinite Isposinf "
    "Isneginf Isreal Signbit LogicalNot Glu Sparsemax Normalize",
    "casting": "Array ConvertToTensor ZerosLike OnesLike EmptyLike FullLike Full Cast SaturateCast Copy StopGradient "
    "Size",
    "reducing": "Mean Sum Var Std Median Max Min Amax Amin Ptp Prod Any All CountNonzero Logsumexp Argmax Argmin "
    "Nanargmax Nanargmin Nanmax Nanmin Nanmean Nanmedian Nanstd Nanvar Nansum Nanprod",
    "measures": "Quantile Nanquantile Percentile Nanpercentile Average Moments Norm Cumsum Cumprod Nancumsum "
    "Nancumprod Diff Trapezoid Corrcoef Correlate Histogram Bincount Trace",
    "shaping": "GetItem Reshape Transpose Swapaxes ExpandDims Squeeze Concatenate Stack",
    "layout": "Tile Repeat BroadcastTo Pad Flip Fliplr Flipud Roll Rot90 Ravel Moveaxis Diag Diagflat Diagonal Tril "
    "Triu Vander Rearrange",
    "splitting": "Split Vsplit Hsplit Dsplit ArraySplit Unstack Vstack Hstack Dstack Append Meshgrid",
    "taking": "Take TakeAlongAxis Slice SliceUpdate Scatter ScatterUpdate OneHot MultiHot",
    "ordering": "Sort Argsort Argpartition TopK InTopK SearchSorted Digitize UnravelIndex Nonzero Unique",
    "matrices": "Matmul Dot Inner Vdot Outer Tensordot Cross CDist Einsum DotProductAttention",
    "algebra": "Det Inv Cholesky CholeskyInverse Eig Eigh LuFactor Pinv MatrixRank Qr SVD Slogdet Logdet Solve "
    "SolveTriangular Lstsq",
    "spectra": "FFT FFT2 IFFT2 RFFT IRFFT STFT ISTFT ExtractSequences Polar",
    "images": "Resize RGBToGrayscale RGBToHSV HSVToRGB PadImages CropImages GaussianBlur ElasticTransform "
    "SobelEdges AffineTransform PerspectiveTransform MapCoordinates SSIM",
    "sliding": "Conv DepthwiseConv SeparableConv ConvTranspose MaxPool AveragePool "
    "SpaceToDepth DepthToSpace ExtractPatches Unfold Fold",
    "losses": "BatchNorm LayerNorm RMSNorm BinaryCrossentropy CategoricalCrossentropy SparseCategoricalCrossentropy "
    "CTCLoss CTCDecode PSNR SegmentSum SegmentProd SegmentMax SegmentMin",
    "spacing": "Linspace Logspace Geomspace",
}
OPERATIONS = {f"ops.{kind}": f"ops.{module}" for module, kinds in _KINDS.items() for kind in kinds.split()}

# The functions of keras.ops whose name is not their kind's in snake case; and further names of functions.
_NAMED = {
    "allclose": "AllClose",
    "batch_normalization": "BatchNorm",
    "cdist": "CDist",
    "isin": "IsIn",
    "layer_normalization": "LayerNorm",
    "rms_normalization": "RMSNorm",
    "searchsorted": "SearchSorted",
}
_ALSO = {
    "abs": "Absolute",
    "conj": "Conjugate",
    "extract_patches_3d": "ExtractPatches",
    "hard_swish": "HardSilu",
    "swish": "Silu",
}
# Functions of other modules of Keras's that make operations of their own, and the operations' kinds.
ELSEWHERE = {"keras.activations.relu": "ReLU"}
_SNAKE = {
    snake_case(kind[4:]): kind[4:]
    for kind in OPERATIONS
    if kind[4:] not in _NAMED.values() and kind[4:] not in ELSEWHERE.values()
}
# Every function of keras.ops that makes an operation, and the operation's kind.
FUNCTIONS = {**_SNAKE, **_NAMED, **_ALSO}

_OF_A_FUNCTION = "it takes a function of Python, which is never run here"
_MAKES = "it makes a tensor of sizes or numbers, and takes no layer's output"
_TELLS = "it tells something of a tensor, and makes no node"
_MISSTATED = "Keras states another shape of a layer's output than it computes"
_NO_CLASS = "Keras computes it with values, and has no operation for a layer's output"
# The functions of keras.ops that are no operations here, and why.
LEFT_OUT = {
    **dict.fromkeys(
        (
            "associative_scan", "cond", "custom_gradient", "fori_loop", "jvp", "map", "scan", "switch", "vectorize",
            "vectorized_map", "while_loop",
        ),
        _OF_A_FUNCTION,
    ),
    **dict.fromkeys(("empty", "eye", "identity", "ones", "tri", "zeros"), _MAKES),
    **dict.fromkeys(("dtype", "is_tensor", "shape"), _TELLS),
    **dict.fromkeys(("bartlett", "blackman", "convert_to_numpy", "hamming", "hanning", "kaiser"), _NO_CLASS),
    **dict.fromkeys(("adaptive_average_pool", "adaptive_max_pool", "ndim"), _MISSTATED),
    "arange": "how many numbers there are depends on values",
    "scale_and_translate": "its shape is a tensor's values",
    "select": "it takes lists of conditions and of choices",
    "view": "its shape depends on how many bits the input's numbers have",
}  # fmt: skip
