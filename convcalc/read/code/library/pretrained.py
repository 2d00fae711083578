"""What stands beside the published networks: how they want their images, and what they recognise."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code.library import Table
from convcalc.read.code.values import Data, Tensor, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
# How each family of networks wants its images: scaled to -1 to 1, scaled and centred, centred only, or as they are.
_MODES = {
    "tf": "xception inception_v3 inception_resnet_v2 mobilenet mobilenet_v2 resnet_v2 nasnet",
    "torch": "densenet",
    "caffe": "vgg16 vgg19 resnet resnet50 imagenet_utils",
    "": "efficientnet efficientnet_v2 convnext mobilenet_v3",
}
# The mean colours of the images that the networks have learned.
_MEANS = (103.939, 116.779, 123.68)
_TORCH = (0.485, 0.456, 0.406)
_DEVIATIONS = (0.229, 0.224, 0.225)


def _of(mode: str) -> Callable[..., Any]:
    """``preprocess_input`` of the networks with a mode."""

    def preprocess_input(site: Site, x: Any, data_format: str | None = None, mode: str = mode) -> Any:
        if not isinstance(x, Tensor):
            return (
                Data(x.shape, "float32") if isinstance(x, Data) else site.unknown("this is no image that is known here")
            )
        if (data_format or site.machine.session.format()) == "channels_first" and mode in ("torch", "caffe"):
            return site.unknown(f"{site.text} of channels first is not followed")
        return _STEPS[mode](site, x)

    return preprocess_input


def _signed(site: Site, sign: str, x: Any, value: Any) -> Any:
    if isinstance(x, Unknown):
        return x
    return site.machine.evaluate.combined(sign, x, value, site.node)


def _array(x: Data, values: tuple[float, ...]) -> Data:
    array = np.array(values, "float32").reshape((1,) * (len(x.shape) - 1) + (3,))
    return Data(array.shape, "float32", value=array)


def _scaled(site: Site, x: Any) -> Any:
    return _signed(site, "-", _signed(site, "/", x, 127.5), 1.0)


def _normalized(site: Site, x: Any) -> Any:
    scaled = _signed(site, "/", x, 255.0)
    centred = _signed(site, "+", scaled, _array(x, tuple(-one for one in _TORCH)))
    return _signed(site, "/", centred, _array(x, _DEVIATIONS))


def _centred(site: Site, x: Any) -> Any:
    parts = [site.machine.evaluate.part(x, (..., at), site.node) for at in (2, 1, 0)]
    turned = site.machine.operate(site, "Stack", (parts,), {"axis": -1})
    return _signed(site, "+", turned, _array(x, tuple(-one for one in _MEANS)))


_STEPS: dict[str, Callable[..., Any]] = {
    "tf": _scaled, "torch": _normalized, "caffe": _centred, "": lambda site, x: x
}  # fmt: skip

for _mode, _families in _MODES.items():
    for _family in _families.split():
        TABLE(f"keras.applications.{_family}.preprocess_input")(_of(_mode))


@TABLE(*(f"keras.applications.{family}.decode_predictions" for one in _MODES.values() for family in one.split()))
def decode_predictions(site: Site, *args: Any, **rest: Any) -> Any:
    """Names of what is recognised, which change no model."""
    return site.inert()
