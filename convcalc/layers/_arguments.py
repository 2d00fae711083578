"""Arguments that several families declare: each family lists the ones it takes, in Keras's order."""

from __future__ import annotations

from typing import Any

from convcalc.declare import types as t
from convcalc.declare.argument import arg

filters: Any = arg(t.positive, doc="number of output channels")
kernel_size: Any = arg(t.taps, doc="taps along each axis")
strides: Any = arg(t.taps, default=1, doc="step along each axis")
padding: Any = arg(t.Choice("valid", "same", fold=True), default="valid", doc="cells added around the input")
data_format: Any = arg(t.data_format, default=None, doc="place of the channel axis")
dilation_rate: Any = arg(t.taps, default=1, doc="distance between taps along each axis")
depth_multiplier: Any = arg(t.positive, default=1, doc="depthwise channels for each input channel")
activation: Any = arg(t.activation, default=None, doc="function applied to the output")
use_bias: Any = arg(t.flag, default=True, doc="whether each output channel adds a bias")
rate: Any = arg(t.fraction, doc="share of the values dropped, in training")
seed: Any = arg(t.strict_whole, default=None, doc="seed of the random numbers, in training")
center: Any = arg(t.flag, default=True, doc="whether beta is added")
scale: Any = arg(t.flag, default=True, doc="whether the result is multiplied by gamma")
activity_regularizer: Any = arg(t.regularizer, default=None, doc="penalty on the output, in training")
sliding_window: Any = arg(t.positive, default=None, doc="how many steps a query looks to either side, itself included")
flash_attention: Any = arg(t.flag, default=None, doc="whether Keras uses a GPU's kernels for attention")
lora_rank: Any = arg(t.natural, default=None, doc="rank of the two kernels trained in place of the kernel (LoRA)")
lora_alpha: Any = arg(t.number, default=None, doc="scale of the low-rank addition; its share is lora_alpha / lora_rank")


def initializer(weight: str, default: str = "glorot_uniform") -> Any:
    """Declares the initial values of ``weight``."""
    return arg(t.initializer, default=default, doc=f"initial values of the {weight}")


def regularizer(weight: str) -> Any:
    """Declares the penalty on ``weight``."""
    return arg(t.regularizer, default=None, doc=f"penalty on the {weight}, in training")


def constraint(weight: str) -> Any:
    """Declares the constraint on ``weight``."""
    return arg(t.constraint, default=None, doc=f"constraint on the {weight}, in training")


def epsilon(default: float) -> Any:
    """Declares what is added to a variance."""
    return arg(t.number, default=default, doc="added to the variance before its root is taken")


def axes(doc: str) -> Any:
    """Declares axes by number, the last by default; the batch is axis 0."""
    return arg(t.indices, default=-1, doc=doc)


# What the recurrent families declare.
units: Any = arg(t.positive, doc="number of outputs, at each time step")
tanh: Any = arg(t.activation, default="tanh", doc="function applied to the new state")
recurrent_activation: Any = arg(t.activation, default="sigmoid", doc="function applied to the gates")
unit_forget_bias: Any = arg(t.flag, default=True, doc="whether the forget gate's bias begins at 1")
dropout: Any = arg(t.number, default=0.0, doc="share of the inputs dropped, in training")
recurrent_dropout: Any = arg(t.number, default=0.0, doc="share of the state dropped, in training")
return_sequences: Any = arg(t.flag, default=False, doc="whether the output has every time step, or the last one")
return_state: Any = arg(t.flag, default=False, doc="whether the last states are outputs too")
go_backwards: Any = arg(t.flag, default=False, doc="whether the last time step comes first")
stateful: Any = arg(t.flag, default=False, doc="whether a batch begins with the states that the one before left")
unroll: Any = arg(t.flag, default=False, doc="whether Keras writes the loop out; the values are the same")
reset_after: Any = arg(t.flag, default=True, doc="whether the reset gate acts after the recurrent product, or before")
use_cudnn: Any = arg(t.auto_flag, default="auto", doc="whether Keras uses cuDNN; the values are the same")
zero_output_for_mask: Any = arg(t.flag, default=False, doc="whether masked time steps give zeros")
implementation: Any = arg(t.anything, default=2, doc="Keras's way to compute it; the values are the same")
