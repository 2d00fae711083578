"""The shape that a published network takes for its input, as Keras's networks settle it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convcalc.read.code.site import Site


def obtained(
    site: Site, shape: Any, default: int, least: int, data_format: str, args: tuple[Any, ...], rest: dict[str, Any]
) -> Any:
    """The shape without the batch: the given shape, else the default size where the network has its classifier."""
    flat = rest.get("require_flatten", rest.get("include_top", args[0] if args else True))
    weights = rest.get("weights", args[1] if len(args) > 1 else None)
    first = data_format == "channels_first"
    if shape is not None and weights != "imagenet" and len(shape) == 3:
        channels = shape[0] if first else shape[-1]
        own = (channels, default, default) if first else (default, default, channels)
    else:
        own = (3, default, default) if first else (default, default, 3)
    if weights == "imagenet" and flat:
        if shape is not None and tuple(shape) != own:
            return site.unknown(f"with weights='imagenet' and the classifier the input's shape must be {own}")
        return own
    if shape is not None:
        sizes = shape[1:] if first else shape[:-1]
        if any(size is not None and size < least for size in sizes):
            return site.unknown(f"the input must be at least {least} by {least}, got {tuple(shape)}")
        return tuple(shape)
    if flat:
        return own
    return (3, None, None) if first else (None, None, 3)
