"""Keras's published networks, named where a layer may stand: the name becomes the model that it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcalc.errors import ArgumentError, did_you_mean
from convcalc.layers import MODULES, OPERATIONS, UNCOVERED, canonical, find
from convcalc.script import Call, Given, Script
from convcalc.sizes.shapes import Shape


def opened(call: Call) -> Call:
    """The nested model of a call that names a published network; any other call unchanged."""
    network = None if call.layers is not None or call.opaque or call.use else network_of(call.kind)
    if network is None:
        return call
    named = {name: given.value for name, given in call.named.items()}
    script = network.script([given.value for given in call.positional], named, call.place)
    own = {name: given for name, given in call.named.items() if name == "trainable"}
    if script.name:
        own["name"] = call.named.get("name") or script.name
    frozen = "trainable" in named and not named["trainable"]
    return Call("Functional", (), own, place=call.place, layers=script.layers, outputs=script.outputs, frozen=frozen)


def whole(script: Script, input_shape: Shape | None) -> Script:
    """The script of a network, where a script is nothing but the network's call; any other script unchanged.

    An ``input_shape`` replaces the argument of the call; the trained weights, which may be for another shape, do not
    matter then unless they are asked for.
    """
    if len(script.layers) != 1 or script.name or script.outputs or script.layers[0].inputs:
        return script
    first = script.layers[0]
    call = opened(first if input_shape is None else _on(first, input_shape))
    if call is first or call.layers is None:
        return script
    return Script(
        call.layers or [],
        name=call.name,
        input=script.input,
        batch_size=script.batch_size,
        functional=True,
        outputs=call.outputs,
        trainable=call.named.get("trainable"),
        frozen=call.frozen,
        place=script.place,
    )


def _on(call: Call, input_shape: Shape) -> Call:
    """The call of a network with another ``input_shape``; any other call unchanged."""
    network = None if call.layers is not None or call.opaque else network_of(call.kind)
    if network is None or len(call.positional) > len(network.arguments):
        return call
    given = dict(zip(network.arguments, call.positional, strict=False)) | call.named
    given = {"weights": Given(None), **given, "input_shape": Given(input_shape)}
    return Call(call.kind, (), given, place=call.place)


def arguments_of(kind: str) -> Mapping[str, Any]:
    """The arguments that a layer or a published network of a name takes by place, in order."""
    network = network_of(kind)
    return network.arguments if network else find(kind).arguments


def network_of(kind: str) -> Any:
    """The network of a name as written; None where the name means no network.

    Raises `ArgumentError` for a name that nothing has, and that is nearest to the name of a network.
    """
    if any(kind in kinds or canonical(kind) in kinds for kinds in (MODULES, OPERATIONS, UNCOVERED)):
        return None
    from convcalc.applications import APPLICATIONS, find_network, is_network  # only where a name is no layer's

    if is_network(kind):
        return find_network(kind)
    name = kind.rpartition(".")[2]
    near = did_you_mean(name, (*MODULES, *APPLICATIONS))
    if near and near == did_you_mean(name, APPLICATIONS):
        raise ArgumentError(f"no layer is called {kind!r}", code="unknown-layer", help=near)
    return None
