"""Keras's published networks by name, one file per family, loaded when a network of the family is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.errors import ArgumentError, did_you_mean
from convcalc.layers import canonical

if TYPE_CHECKING:
    from convcalc.applications.network import Network
    from convcalc.script import Script
    from convcalc.source import Place

FAMILIES = {
    "vgg": "VGG16 VGG19",
    "resnet": "ResNet50 ResNet101 ResNet152 ResNet50V2 ResNet101V2 ResNet152V2",
    "inception_v3": "InceptionV3",
    "inception_resnet_v2": "InceptionResNetV2",
    "xception": "Xception",
    "mobilenet": "MobileNet",
    "mobilenet_v2": "MobileNetV2",
    "mobilenet_v3": "MobileNetV3Small MobileNetV3Large",
    "densenet": "DenseNet121 DenseNet169 DenseNet201",
    "nasnet": "NASNetMobile NASNetLarge",
    "efficientnet": "EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3 EfficientNetB4 EfficientNetB5 "
    "EfficientNetB6 EfficientNetB7",
    "efficientnet_v2": "EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 EfficientNetV2S "
    "EfficientNetV2M EfficientNetV2L",
    "convnext": "ConvNeXtTiny ConvNeXtSmall ConvNeXtBase ConvNeXtLarge ConvNeXtXLarge",
}
# Every network's name and the module of its family.
APPLICATIONS = {name: module for module, names in FAMILIES.items() for name in names.split()}


def is_network(name: str) -> bool:
    """Whether a name as written is a network's, such as ``keras.applications.vgg16.VGG16``."""
    before, _, last = name.rpartition(".")
    return last in APPLICATIONS and (not before or "applications" in before.split("."))


def find_network(name: str) -> Network:
    """The network by its name as written. Raises `ArgumentError` for an unknown name."""
    last = name.rpartition(".")[2]
    if not is_network(name):
        help = did_you_mean(canonical(name), APPLICATIONS) or "`convcalc layers --applications` lists every network"
        raise ArgumentError(f"no network is called {name!r}", code="unknown-layer", help=help)
    network: Network = import_module(f"convcalc.applications.{APPLICATIONS[last]}").NETWORKS[last]
    network.__name__ = last
    return network


def script(name: str, /, *positional: Any, place: Place | None = None, **arguments: Any) -> Script:
    """The network of a name as calls, with Keras's layers, names and order.

    The arguments are the arguments of Keras's function of this name. ``input_tensor`` is the shape of a tensor, batch
    first, for which the first call of the script, an InputLayer, stands. Layers that Keras's code does not name have no
    name here. Raises `ArgumentError` for arguments that Keras refuses.
    """
    return find_network(name).script(positional, arguments, place)
