"""Layer configurations drawn from the declarations: mostly good, sometimes wrong, reproducible by seed.

Values come from each type's own JSON Schema, so that a new kind or type is drawn without a change here.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from convcalc.declare.argument import Argument
from convcalc.declare.layer import Layer
from convcalc.declare.types import Type
from convcalc.declare.types.held import Cells, Held
from convcalc.declare.types.words import Configured
from convcalc.errors import ConvcalcError
from convcalc.layers import find
from convcalc.sizes.shapes import Shape
from tests.keras.held import CELLS, HELD, HeldLayer, made
from tests.kinds import every_name

MOST = 40
OMIT = object()
# What no schema offers: each is refused somewhere and accepted somewhere else.
ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 7, -3, 0.0, 1.0, 0.5, 1.5, -0.5, 2.0, float("nan"), float("inf"),
    "", "valid", "same", "causal", "full", "VALID", "Same", "relu", "ReLU", "RELU", "zeros", "l2", "float32",
    (), (1,), (2,), (2, 2), (1, 2, 3), (2, 2, 2, 2), [3], [1, 2], [2, 1, 2], (0, 1), (1, -1), (1, None), (2.0, 2),
    (True, 1), ((1, 1), (2, 0)), "2", b"same", {}, {"class_name": "Zeros"}, {"class_name": "Zeros", "config": {}},
)  # fmt: skip


class Drawn:
    """One configuration: a call of ``kind`` and the shapes of its inputs, batch first."""

    __slots__ = ("kind", "named", "positional", "shapes")

    def __init__(self, kind: str, positional: tuple[Any, ...], named: dict[str, Any], *shapes: Shape) -> None:
        self.kind = kind
        self.positional = positional
        self.named = named
        self.shapes = shapes

    @property
    def shape(self) -> Shape:
        """The shape of the first input."""
        return self.shapes[0]

    def on(self, *shapes: Shape) -> Drawn:
        """The same call on other inputs."""
        return Drawn(self.kind, self.positional, self.named, *shapes)

    def revised(self, revise: Callable[[str, Any], Any]) -> Drawn:
        """The same with each value as ``revise(argument, value)`` has it; a keyword that becomes `OMIT` is left out."""
        order = [*find(self.kind).arguments, *("?" for _ in self.positional)]
        positional = tuple(revise(name, value) for name, value in zip(order, self.positional, strict=False))
        named = {name: revise(name, value) for name, value in self.named.items()}
        return Drawn(self.kind, positional, {k: v for k, v in named.items() if v is not OMIT}, *self.shapes)

    def make(self, find: Callable[[str], Any]) -> Any:
        """The layer, of the kinds that ``find`` knows by name."""
        whole = self.revised(lambda name, value: made(value, find))
        return find(self.kind)(*whole.positional, **whole.named)

    def __repr__(self) -> str:
        return f"({self.kind!r}, {self.positional!r}, {self.named!r}, {', '.join(map(repr, self.shapes))})"


def draw(seed: int, kinds: list[str] | None = None) -> Drawn:
    """The configuration of ``seed``; of one of ``kinds``, by default of any."""
    random = Random(seed)
    name = random.choice(kinds or every_name())
    kind = find(name)
    given = _values(kind, random)
    shape = _shape(kind, random)
    if random.random() < 0.8:
        shape = _agree(kind, given, shape, random)
    if random.random() < 0.2:
        given[random.choice(list(given or kind.accepted or ["name"]))] = random.choice(ODD)
    if random.random() < 0.03:
        _break(kind, given, random)
    positional, named = _split(kind, given, random)
    return Drawn(name, positional, named, shape, *_further(Drawn(name, positional, named, shape), random))


def _values(kind: type[Layer], random: Random) -> dict[str, Any]:
    """Good values for the required arguments and some of the others."""
    share = random.choice((0.1, 0.25, 0.5))
    given = {}
    for name, argument in kind.accepted.items():
        chance = 1.0 if argument.required else share if name in kind.arguments else 0.03
        if random.random() < chance:
            given[name] = _good(argument, kind.rank, random)
    return given


def _good(argument: Argument, rank: int, random: Random) -> Any:
    if argument.default is None and random.random() < 0.2:
        return None
    if isinstance(argument.type, Cells):
        cells = [HeldLayer(random.choice(CELLS)) for _ in range(random.choice((1, 1, 2, 2, 3)))]
        return cells[0] if argument.type.alone and random.random() < 0.5 else random.choice((list, tuple))(cells)
    if isinstance(argument.type, Held):
        return HeldLayer(random.choice(HELD))
    if isinstance(argument.type, Configured):
        return _configured(argument.type, random)
    return _recased(argument.type, _from_schema(argument.type.schema(rank), random), random)


def _configured(type: Configured, random: Random) -> Any:
    """A name, or with its options at their defaults as Keras serialises it."""
    name = random.choice(sorted(type.table))
    return name if random.random() < 0.7 else {"class_name": name, "config": dict(type.table[name])}


def _recased(type: Type, value: Any, random: Random) -> Any:
    if isinstance(value, str) and random.random() < 0.1:
        return random.choice((value.upper(), value.title(), value.swapcase()))
    return value


def _from_schema(schema: dict[str, Any], random: Random) -> Any:
    """A value that the schema allows; small ones are likelier, as most arguments multiply."""
    if "anyOf" in schema:
        return _from_schema(random.choice(schema["anyOf"]), random)
    if "enum" in schema:
        return random.choice(schema["enum"])
    kind = schema.get("type")
    kind = random.choice(kind) if isinstance(kind, list) else kind
    if kind == "array":
        most = schema.get("maxItems", schema.get("minItems", 0) + 3)
        items = [
            _from_schema(schema.get("items", {}), random)
            for _ in range(random.randint(schema.get("minItems", 0), most))
        ]
        return random.choice((list, tuple))(items)
    return _scalar(kind, schema, random)


def _scalar(kind: str | None, schema: dict[str, Any], random: Random) -> Any:
    least = schema.get("minimum", schema.get("exclusiveMinimum", -3))
    if kind == "integer":
        most = schema.get("maximum", least + random.choice((1, 2, 4, 8)))
        drawn = random.randint(least, most)
        return drawn | 1 if schema.get("not") == {"multipleOf": 2} else drawn
    if kind == "number":
        return random.choice((random.uniform(least, schema.get("maximum", least + 4)), least))
    if kind == "boolean":
        return random.random() < 0.5
    if kind == "string":
        return random.choice(("a", "left", "my_layer", "a b"))
    return None if kind == "null" else random.choice(ODD)


def _shape(kind: type[Layer], random: Random) -> Shape:
    """A shape of an accepted rank, sometimes of another; some sizes unknown, hardly any zero."""
    ranks = [rank for rank in kind.ranks() if rank <= max(5, kind.ranks().start)]
    rank = random.choice(ranks) if random.random() < 0.94 else random.randint(1, 6)
    sizes = [_size(random) for _ in range(rank - 1)]
    return (random.choice((None, None, None, 1, 2, 5)), *sizes)


def _further(drawn: Drawn, random: Random) -> list[Shape]:
    """Shapes of further inputs where the kind takes several, mostly such as go with the first."""
    kind, first = find(drawn.kind), drawn.shape
    if kind.is_cell:
        return _states(drawn, random)
    if kind.takes.stop == 2:
        return []
    most = min(kind.takes.stop - 1, kind.takes.start + 1)
    count = random.randint(kind.takes.start, most) if random.random() < 0.97 else random.randint(1, most + kind.listed)
    if not kind.listed and random.random() < 0.8:  # queries look at a sequence of another length
        second = (first[0], *(_size(random) if random.random() < 0.8 else n for n in first[1:-1]), first[-1])
        return [second] * (count - 1)
    return [_like(first, random) for _ in range(count - 1)]


def _states(drawn: Drawn, random: Random) -> list[Shape]:
    """The shapes of a cell's states, sometimes of others."""
    try:
        states = drawn.make(find).step_states(drawn.shape)
    except (ConvcalcError, TypeError):
        states = (drawn.shape,)
    return [_like(one, random) if random.random() < 0.1 else one for one in states]


def _like(shape: Shape, random: Random) -> Shape:
    """A shape like another: the same, or with a size changed, or fewer axes."""
    chance = random.random()
    if chance < 0.4 or len(shape) < 2:
        return shape
    if chance < 0.5:
        return (shape[0], *shape[random.randint(1, len(shape)) :])
    at = random.randrange(0 if chance < 0.55 else 1, len(shape))
    return (*shape[:at], random.choice((1, None, _size(random))), *shape[at + 1 :])


def _size(random: Random) -> int | None:
    chance = random.random()
    if chance < 0.05:
        return None
    return 0 if chance < 0.055 else random.randint(1, random.choice((4, 12, MOST, MOST)))


def _agree(kind: type[Layer], given: dict[str, Any], shape: Shape, random: Random) -> Shape:
    """Makes agree what excludes or divides each other, as arguments drawn apart rarely do."""
    groups, filters = given.get("groups"), given.get("filters")
    if isinstance(groups, int) and isinstance(filters, int):
        given["filters"] = filters * groups
        at = 1 if str(given.get("data_format")).lower() == "channels_first" else len(shape) - 1
        shape = tuple(n * groups if i == at > 0 and n else n for i, n in enumerate(shape))
    if given.get("output_padding") is not None:
        given["strides"] = random.randint(3, 9)
    for pair in (("dilation_rate", "strides"), ("batch_shape", "shape"), ("batch_shape", "batch_size")):
        if all(name in given for name in pair):
            del given[random.choice(pair) if "output_padding" not in given else "dilation_rate"]
    if "dims" in kind.arguments:
        given["dims"] = random.sample(range(1, len(shape)), len(shape) - 1)
    if "num_query_heads" in kind.arguments:
        given["num_query_heads"] = random.randint(1, 3) * int(given.get("num_key_value_heads") or 1)
    if "equation" in kind.arguments:
        given |= _equation(shape, random)
    if "target_shape" in kind.arguments and random.random() < 0.5:
        given["target_shape"] = random.choice(((-1, *shape[2:]), (*shape[:1:-1], -1), (1, *shape[1:])))
    if "shape" in kind.arguments and "shape" not in given and "batch_shape" not in given:
        given["shape"] = shape[1:]
    return shape


def _equation(shape: Shape, random: Random) -> dict[str, Any]:
    """An Einstein sum over a shape of that rank, now and then of one too many; and what belongs to it."""
    letters = "abcdefgh"[: max(len(shape) - random.choice((0,) * 8 + (1, -1)), 1)]
    gone = random.sample(letters[1:], min(random.randint(1, 2), len(letters) - 1))
    made = "xyz"[: random.randint(1, 2)]
    kept = "".join(letter for letter in letters if letter not in gone)
    form = random.choice(("{},{}->{}", "{},{}->{}", "...{},{}->...{}", "{}...,{}->{}..."))
    outside = (kept[1:] if form.startswith("...") else kept) + made
    inside = letters[1:] if form.startswith("...") else letters
    sizes = dict(zip(letters, shape, strict=False)) | {letter: random.randint(1, 6) for letter in made}
    named = outside if form.startswith("...") and len(inside) < len(shape) else outside[1:]
    output = [sizes.get(letter) if random.random() < 0.8 else None for letter in named]
    axes = {"bias_axes": "".join(random.sample(made + outside[-2:], 1))} if random.random() < 0.5 else {}
    return {"equation": form.format(inside, "".join(gone) + made, outside), "output_shape": output, **axes}


def _break(kind: type[Layer], given: dict[str, Any], random: Random) -> None:
    """Leaves an argument out, or gives one that does not exist."""
    if given and random.random() < 0.5:
        del given[random.choice(list(given))]
    else:
        given[random.choice(("kernel", "stride", "units_", "kernelsize", "filter", "weights"))] = 1


def _split(kind: type[Layer], given: dict[str, Any], random: Random) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The leading arguments by position, the others by name."""
    count = 0
    for name in kind.arguments:
        if name not in given or random.random() < 0.3:
            break
        count += 1
    order = list(kind.arguments)[:count]
    return tuple(given[name] for name in order), {name: value for name, value in given.items() if name not in order}
