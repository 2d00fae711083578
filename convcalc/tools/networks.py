"""Keras's published networks: the list of all with their parameters, and a page for each, made from the networks."""

from __future__ import annotations

import sys
from typing import Any

from convcalc.applications import FAMILIES, find_network
from convcalc.applications.network import Network
from convcalc.stack.build import build
from convcalc.stack.graph import Stack
from convcalc.tools.arguments import argument_lines, argument_to_dict


class NetworkPage:
    """One network with its default arguments, but without weights: its arguments, parameters and input."""

    def __init__(self, name: str) -> None:
        self.network: Network = find_network(name)
        self.name = self.network.__name__
        stack = _stack(self.network)
        self.params = sum(weight.params for weight in stack.weights)
        self.layers = len(stack.inputs) + len(stack.nodes)

    @property
    def summary(self) -> str:
        """What the network is: the first line of its family's file."""
        return (sys.modules[self.network.home].__doc__ or "").partition("\n")[0]

    def to_dict(self) -> dict[str, Any]:
        """The page as JSON has it; the arguments' ``accepts`` are JSON Schemas."""
        return {
            **self.figures(),
            "layers": self.layers,
            "summary": self.summary,
            "arguments": [argument_to_dict(one, 0) for one in self.network.arguments.values()],
        }

    def figures(self) -> dict[str, Any]:
        """The network's line in the list of all networks, as JSON has it."""
        return {"name": self.name, "total_params": self.params, "input_size": self.network.size}

    def text(self) -> str:
        """The page as text."""
        size = self.network.size
        facts = f"{self.layers} layers, {self.params:,} parameters; its input is an image of {size}x{size}."
        lines = argument_lines(self.network.arguments.values(), 0)
        return "\n".join([f"{self.name}: {self.summary}", facts, "", "Arguments, in order:", *lines])


class NetworkListing:
    """Every published network with its parameters and the size of its input, by family."""

    def __init__(self) -> None:
        self.families = {family: [NetworkPage(name) for name in names.split()] for family, names in FAMILIES.items()}

    def to_dict(self) -> dict[str, Any]:
        """The listing as JSON has it."""
        pages = [(family, page) for family, pages in self.families.items() for page in pages]
        return {"applications": [{**page.figures(), "family": family} for family, page in pages]}

    def text(self) -> str:
        """The listing as aligned lines: name, parameters, height and width of the input."""
        pages = [page for pages in self.families.values() for page in pages]
        width = max(len(page.name) for page in pages)
        lines = [f"{'name':<{width}}  {'parameters':>11}  input"]
        return "\n".join(
            lines + [f"{p.name:<{width}}  {p.params:>11,}  {p.network.size}x{p.network.size}" for p in pages]
        )


def _stack(network: Network) -> Stack:
    """The network without weights."""
    return build(network.script((), {"weights": None}))
