"""Random programs that make Keras models: functions, classes and control around layers, reproducible by seed.

Every program is sound Python that real Keras executes; what is drawn is the way in which it says what the model is.
Clones of graphs are not drawn: Keras names their inputs after the number of all tensors that it has ever made.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from random import Random

from tests.keras.classes import CALLS, LAYERS, MODELS
from tests.keras.sizes import PRELUDE, Sizes

IMPORTS = (
    "import keras\nfrom keras import layers, ops, Input, Model, Sequential",
    "import tensorflow as tf\nfrom tensorflow import keras\nfrom tensorflow.keras import layers, Input, Model, Sequential\n"
    "ops = keras.ops",
    "import tensorflow as tf\nkeras = tf.keras\nlayers = keras.layers\nInput, Model, Sequential = keras.Input, keras.Model, "
    "keras.Sequential\nfrom keras import ops",
    "import keras\nimport keras.layers as layers\nfrom keras.models import Model, Sequential\nfrom keras.layers import *\n"
    "from keras import ops",
)
# The shapes of inputs, and the layers that keep a tensor's sort; {n} is a size, {k} a small one.
SHAPES = {"flat": ("({n},)", "[{n}]", "({n}, )"), "seq": ("({k}, {n})",), "image": ("(8, 8, {k})", "(6, 9, 2)")}
PLAIN = {
    "flat": ("Dense({n})", "Dense({n}, activation='relu')", "Dense(units={n}, use_bias=False)", "Dropout(0.5)", "Activation('relu')",
             "BatchNormalization()", "LayerNormalization()", "ReLU()", "LeakyReLU()", "Dense({n}, 'tanh')", "GaussianNoise(0.1)"),
    "seq": ("Conv1D({n}, {k}, padding='same')", "LSTM({n}, return_sequences=True)", "GRU({n}, return_sequences=True)",
            "SimpleRNN({n}, return_sequences=True)", "Dense({n})", "Bidirectional(layers.LSTM({k}, return_sequences=True))",
            "TimeDistributed(layers.Dense({n}))", "LayerNormalization()", "SpatialDropout1D(0.2)", "ZeroPadding1D(1)",
            "MaxPooling1D(2, padding='same')", "UpSampling1D(2)"),
    "image": ("Conv2D({n}, 3, padding='same')", "Conv2D(filters={n}, kernel_size=({k}, 1), padding='same', activation='relu')",
              "SeparableConv2D({n}, 3, padding='same')", "DepthwiseConv2D(3, padding='same')", "BatchNormalization()", "ReLU()",
              "MaxPooling2D(2, padding='same')", "Conv2DTranspose({n}, 2, strides=2, padding='same')", "Dropout(0.25)", "Dense({n})",
              "ZeroPadding2D(1)", "AveragePooling2D((2, 1), padding='same')"),
}  # fmt: skip
# Layers that keep all but the last axis, which becomes {n}; and a way from each sort to another.
TO_SIZE = {"flat": ("Dense({n})",), "seq": ("Dense({n})", "Conv1D({n}, 3, padding='same')"),
           "image": ("Conv2D({n}, 1)", "Conv2D({n}, 3, padding='same')", "Dense({n})")}  # fmt: skip
TURNS = {
    "flat": (("seq", "RepeatVector({k})"),),
    "seq": (("flat", "GlobalAveragePooling1D()"), ("flat", "Flatten()"), ("flat", "LSTM({n})"), ("flat", "GRU(units={n})")),
    "image": (("flat", "GlobalAveragePooling2D()"), ("flat", "Flatten()"), ("flat", "GlobalMaxPooling2D()")),
}  # fmt: skip


class Programs:
    """Draws one program."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.sizes = Sizes(self.random)
        self.lines: list[str] = []
        self.blocks: list[
            tuple[str, str]
        ] = []  # the sort that a block keeps, and the expression that applies it to {x}
        self.models: list[tuple[str, str, str]] = []  # the sort that a model takes and gives, and its expression
        self.inside = 0

    def text(self) -> str:
        """The program."""
        self.lines += [PRELUDE, self.random.choice(IMPORTS)]
        for _ in range(self.random.randint(0, 3)):
            self.lines.append(self.sizes.statement())
        for _ in range(self.random.randint(0, 3)):
            self.random.choice((self._function, self._own_layer, self._own_layer, self._builder))()
        for _ in range(self.random.choice((1, 1, 1, 2, 2, 3))):
            ways = (self._functional, self._functional, self._sequential, self._own_model, self._made_by_function)
            self.random.choice(ways)()
        return "\n".join(self.lines) + "\n"

    # Words.

    def fill(self, template: str, **more: str) -> str:
        """A template with sizes in it; each {n} and {k} is drawn for itself."""
        while "{n}" in template:
            template = template.replace("{n}", self.size(), 1)
        while "{k}" in template:
            template = template.replace("{k}", self.size(2, 4), 1)
        for word, text in more.items():
            template = template.replace("{" + word + "}", text)
        return template

    def size(self, least: int = 2, most: int = 12) -> str:
        """An expression of a size."""
        return self.sizes.number(self.random.randint(least, most), 1 if self.random.random() < 0.3 else 0)

    def layer(self, sort: str) -> str:
        """A layer that keeps the sort."""
        if self.random.random() < 0.05:
            return "layers.Lambda(lambda t: t * 2)"
        made = "layers." + self.fill(self.random.choice(PLAIN[sort]))
        draw = self.random.random()
        if draw < 0.05:
            kind, _, rest = made.removeprefix("layers.").partition("(")
            return f"getattr(layers, '{kind}')({rest}"
        if draw < 0.1 and not self.inside and "Bidir" not in made and "TimeD" not in made:
            return made[:-1] + ("" if made.endswith("()") else ", ") + f"name='{self.sizes.new('own')}')"
        return made

    def shape(self, sort: str) -> str:
        """The shape of an input."""
        return self.fill(self.random.choice(SHAPES[sort]))

    # Statements on the tensor x, which keep its sort.

    def steps(self, sort: str, count: int, depth: int = 2) -> list[str]:
        """Statements that change x."""
        found: list[str] = []
        for _ in range(count):
            ways: list[Callable[[str, int], list[str]]] = [self._call, self._call, self._call]
            if depth:
                ways += [self._loop, self._condition, self._residual, self._branch, self._listed, self._shared, self._block,
                         self._operation, self._sized, self._tried, self._nested, self._block, self._partial]  # fmt: skip
            found += self.random.choice(ways)(sort, depth - 1)
        return found

    def _call(self, sort: str, depth: int) -> list[str]:
        return [f"x = {self.layer(sort)}(x)"]

    def _loop(self, sort: str, depth: int) -> list[str]:
        i = self.sizes.new("i")
        self.inside += 1
        body = self.steps(sort, 1, depth)
        heads = (
            f"for {i} in range(2):", f"for {i} in ({self.size()}, {self.size()}):", f"for {i} in reversed([1, 2]):",
            f"for {i}, {i}_v in enumerate([{self.size()}, {self.size()}]):", f"for {i}_a, {i} in zip('ab', [3, 4, 5]):",
            f"for {i} in [v * 2 for v in range(1, 4) if v != 2]:", f"for {i} in {{'a': 3, 'b': 4}}.values():",
        )  # fmt: skip
        uses = [
            f"x = layers.{self.fill(self.random.choice(TO_SIZE[sort]), n=f'{i} + 1')}(x)".replace("{n}", f"{i} + 1")
        ]
        if self.random.random() < 0.3:
            uses.append(f"if {i} == {self.random.choice((0, 1, 3))}:\n    {self.random.choice(('break', 'continue'))}")
        name = self.sizes.new("step")
        uses += (
            [f"x = layers.Activation('relu', name=f'{name}_{{{i}}}')(x)"]
            if self.inside == 1 and not self.in_function
            else []
        )
        self.inside -= 1
        if self.random.random() < 0.2:
            return [f"{i} = 0", f"while {i} < 2:\n" + indented([f"{i} += 1", *body])]
        return [self.random.choice(heads) + "\n" + indented([*uses, *body])]

    in_function = 0

    def _condition(self, sort: str, depth: int) -> list[str]:
        truth = self.random.random() < 0.5
        left, right = self.steps(sort, 1, depth), self.steps(sort, 1, depth)
        text = f"if {self.sizes.truth(truth)}:\n{indented(left)}"
        if self.random.random() < 0.5:
            return [f"{text}\nelse:\n{indented(right)}"]
        if self.random.random() < 0.3:
            return [f"x = {self.layer(sort)}(x) if {self.sizes.truth(truth)} else {self.layer(sort)}(x)"]
        return [f"{text}\nelif {self.sizes.truth(not truth)}:\n{indented(right)}"]

    def _residual(self, sort: str, depth: int) -> list[str]:
        y, n = self.sizes.new("y"), self.size()
        to = self.random.choice(TO_SIZE[sort]).replace("{n}", n)
        join = self.random.choice(("layers.Add()([x, {y}])", "x + {y}", "layers.add([{y}, x])", "layers.concatenate([x, {y}])",
                                   "layers.Concatenate(axis=-1)([x, {y}])", "layers.Multiply()([x, {y}])", "x * {y}"))  # fmt: skip
        return [f"{y} = x = layers.{to}(x)", *self.same(sort), f"x = layers.{to}(x)", f"x = {join.format(y=y)}"]

    def same(self, sort: str) -> list[str]:
        """A statement that keeps all of x's axes but the last."""
        kinds = ("BatchNormalization()", "ReLU()", "Dropout(0.3)", "Dense({n})", "LayerNormalization()")
        return [f"x = layers.{self.fill(self.random.choice(kinds))}(x)"]

    def _branch(self, sort: str, depth: int) -> list[str]:
        parts, n = self.sizes.new("parts"), self.size()
        to = self.random.choice(TO_SIZE[sort]).replace("{n}", n)
        join = self.random.choice(("Add()", "Concatenate()", "Average()", "Maximum()"))
        make = self.random.choice((
            f"{parts} = [layers.{to}(x) for _ in range(3)]",
            f"{parts} = []\nfor _ in range(2):\n    {parts}.append(layers.{to}(x))",
            f"{parts} = [layers.{to}(x), layers.{to}(x)]",
            f"{parts} = list(map(lambda t: layers.{to}(t), [x, x]))",
            f"{parts} = {{'a': layers.{to}(x), 'b': layers.{to}(x)}}",
            f"{parts}_a, {parts}_b = layers.{to}(x), layers.{to}(x)\n{parts} = [{parts}_b, {parts}_a]",
        ))  # fmt: skip
        values = f"list({parts}.values())" if "{'a'" in make else parts
        return [make, f"x = layers.{join}({values})"]

    def _listed(self, sort: str, depth: int) -> list[str]:
        stack, a, b = self.sizes.new("stack"), self.layer(sort), self.layer(sort)
        ways = (
            f"{stack} = [{a}, {b}]\nfor layer in {stack}:\n    x = layer(x)",
            f"{stack} = {{'a': {a}, 'b': {b}}}\nx = {stack}['b']({stack}['a'](x))",
            f"{stack} = [layers.{self.fill(TO_SIZE[sort][0])} for _ in range(2)]\nfor layer in {stack}[::-1]:\n    x = layer(x)",
            f"x = reduce(lambda t, layer: layer(t), [{a}, {b}], x)",
            f"{stack} = [{a}]\n{stack}.append({b})\nwhile {stack}:\n    x = {stack}.pop()(x)",
            f"for name, layer in {{'p': {a}, 'q': {b}}}.items():\n    x = layer(x)",
            f"{stack} = ({a}, *[{b}])\nx = {stack}[-1](x)",
            f"def {stack}():\n    yield {a}\n    yield {b}\nfor layer in {stack}():\n    x = layer(x)",
            f"{stack} = lambda n: layers.{self.random.choice(TO_SIZE[sort]).replace('{n}', 'n')}\nx = {stack}({self.size()})(x)",
            f"{stack} = (layer for layer in ({a}, {b}))\nx = next({stack})(x)\nx = next({stack})(x)",
            f"{stack} = {a}\n{stack}.trainable = False\nx = {stack}(x)",
        )  # fmt: skip
        return [self.random.choice(ways)]

    def _shared(self, sort: str, depth: int) -> list[str]:
        one, n = self.sizes.new("one"), self.size()
        to = self.random.choice(TO_SIZE[sort]).replace("{n}", n)
        return [f"x = layers.{to}(x)", f"{one} = layers.{to}", f"x = {one}({one}(x))" if self.random.random() < 0.5 else
                f"x = layers.Add()([{one}(x), {one}(layers.ReLU()(x))])"]  # fmt: skip

    def _block(self, sort: str, depth: int) -> list[str]:
        found = [one for kept, one in self.blocks if kept in (sort, "any")]
        return [f"x = {self.fill(self.random.choice(found), x='x')}"] if found else self._call(sort, depth)

    def _operation(self, sort: str, depth: int) -> list[str]:
        ways = ("x * 2", "x + 1.0", "-x", "ops.relu(x)", "ops.concatenate([x, x], axis=-1)", "x / 2 - 1", "ops.add(x, x)", "x + x",
                "layers.Lambda(lambda t: t + 1)(x)", "2 * x", "ops.sigmoid(x)", "ops.multiply(x, 0.5)", "keras.activations.relu(x)",
                "ops.abs(x) ** 2", "x[..., :2]", "x[:, :2]", "ops.mean(x, axis=-1, keepdims=True)", "ops.square(x)")  # fmt: skip
        return [f"x = {self.random.choice(ways)}"]

    def _sized(self, sort: str, depth: int) -> list[str]:
        c, to = self.sizes.new("c"), self.random.choice(TO_SIZE[sort])
        ways = (f"{c} = x.shape[-1]", f"{c} = int(x.shape[-1])", f"*_, {c} = x.shape", f"{c} = tuple(x.shape)[-1]", f"{c} = len(x.shape)",
                f"{c} = x.shape.rank if hasattr(x.shape, 'rank') else x.shape[-1]", f"{c} = list(x.shape)[1] + 1")  # fmt: skip
        return [self.random.choice(ways), f"x = layers.{to.replace('{n}', f'{c} + {self.size()}')}(x)"]

    def _tried(self, sort: str, depth: int) -> list[str]:
        raising = f"raise ValueError('no {self.size()}')"
        ways = (
            f"try:\n{indented(self.steps(sort, 1, depth))}\nexcept ValueError:\n    x = None",
            f"try:\n    {raising}\nexcept (KeyError, ValueError) as error:\n{indented(self.steps(sort, 1, depth))}",
            f"try:\n    {raising}\nexcept KeyError:\n    x = None\nexcept Exception:\n{indented(self.steps(sort, 1, depth))}",
            f"with keras.name_scope('scope'):\n{indented(self.steps(sort, 1, depth))}",
            f"match {self.size()}:\n    case 0:\n        x = None\n    case _:\n{indented(self.steps(sort, 1, depth), 2)}",
        )  # fmt: skip
        return [self.random.choice(ways)]

    def _partial(self, sort: str, depth: int) -> list[str]:
        name, n = self.sizes.new("make"), self.size()
        kind, _, rest = self.random.choice(TO_SIZE[sort]).partition("({n}")
        return [f"{name} = partial(layers.{kind}, {n}{rest}", f"x = {name}(use_bias=False)(x)", f"x = {name}()(x)"]

    def _nested(self, sort: str, depth: int) -> list[str]:
        inner, to = self.sizes.new("inner"), self.fill(self.random.choice(TO_SIZE[sort]))
        ways = (
            f"{inner} = Sequential([layers.{to}, {self.layer(sort)}])",
            f"{inner} = Sequential([layers.{to}], name='{inner}')",
            f"{inner} = Sequential()\n{inner}.add(layers.{to})\n{inner}.add({self.layer(sort)})",
            f"{inner}_i = Input(x.shape[1:])\n{inner} = Model({inner}_i, layers.{to}({inner}_i))",
            f"{inner}_i = keras.Input(tuple(x.shape)[1:])\n{inner} = keras.Model(inputs={inner}_i, outputs=layers.{to}({inner}_i))",
        )  # fmt: skip
        after = self.random.choice(("", "", f"\n{inner}.trainable = False", f"\n{inner}.layers[-1].trainable = False"))
        return [self.random.choice(ways) + after, f"x = {inner}(x)"]

    # Definitions.

    def _function(self) -> None:
        name, sort = self.sizes.new("block"), self.random.choice(list(PLAIN))
        self.inside += 1
        self.in_function += 1
        to = self.random.choice(TO_SIZE[sort]).replace("{n}", "units")
        body = [f"x = layers.{to}(x)", *self.steps(sort, self.random.randint(0, 2))]
        self.inside -= 1
        self.in_function -= 1
        ways = (
            (f"def {name}(x, units=8):", "return x", (f"{name}({{x}})", f"{name}({{x}}, {{n}})", f"{name}(units={{n}}, x={{x}})")),
            (f"def {name}(x, units, *rest, rate=0.5, **more):", "return layers.Dropout(rate)(x) if rest else x",
             (f"{name}({{x}}, {{n}})", f"{name}({{x}}, {{n}}, 1, rate=0.1)", f"{name}({{x}}, units={{n}}, other=3)",
              f"{name}(*[{{x}}, {{n}}])", f"{name}({{x}}, **{{'units': {{n}}}})")),
            (f"def {name}(units=4):\n    def apply(x):", "    return x\n    return apply", (f"{name}()({{x}})", f"{name}({{n}})({{x}})")),
            (f"def {name}(x, units: int = 5, last=True):", "if not last:\n    return x\nx = layers.ReLU()(x)\nreturn x",
             (f"{name}({{x}})", f"{name}({{x}}, last=False)", f"{name}({{x}}, {{n}}, False)")),
            (f"def {name}(x, units=3):", "return x, units", (f"{name}({{x}})[0]", f"{name}({{x}}, {{n}})[0]")),
            (f"def {name}(x, units=3):", "return {'out': x, 'units': units}", (f"{name}({{x}})['out']",)),
        )  # fmt: skip
        head, end, uses = self.random.choice(ways)
        more = 2 if "apply" in head else 1
        self.lines.append("\n".join([head, indented(body, more), indented(end.split("\n"), 1)]))
        self.blocks += [(sort, use) for use in uses]

    def _own_layer(self) -> None:
        name, inner = self.sizes.new("Own"), [one for kept, one in self.blocks if one.startswith("Own")]
        template = self.random.choice(LAYERS)
        if "{Inner}" in template and not inner:
            template = self.random.choice([one for one in LAYERS if "{Inner}" not in one])
        text = template.replace("{Inner}", self.random.choice(inner).partition("(")[0] if inner else "")
        self.lines.append(self.fill(text, N=name))
        self.blocks += [("any", use.replace("{N}", name)) for use in CALLS[bool("units" in template)]]

    def _builder(self) -> None:
        """A class or a function that makes models."""
        name, sort = self.sizes.new("Net"), self.random.choice(list(PLAIN))
        self.inside += 1
        self.in_function += 1
        body = ["i = x = Input(size)", *self.steps(sort, 2), "return Model(i, x)"]
        chain = [f"m = Sequential([Input(size), {self.layer(sort)}])", f"m.add({self.layer(sort)})", "return m"]
        self.inside -= 1
        self.in_function -= 1
        body = self.random.choice((body, chain))
        ways = (
            (f"def {name}(size):\n{indented(body)}", f"{name}({{shape}})"),
            (f"class {name}:\n    @staticmethod\n    def build(size):\n{indented(body, 2)}", f"{name}.build({{shape}})"),
            (f"class {name}:\n    def __init__(self, size):\n        self.size = size\n        self.model = self.build(size)\n"
             f"    def build(self, size):\n{indented(body, 2)}", f"{name}({{shape}}).model"),
            (f"class {name}:\n    @classmethod\n    def make(cls, size):\n        return cls()(size)\n    def __call__(self, size):\n"
             f"{indented(body, 2)}", f"{name}.make({{shape}})"),
            (f"def {name}(size):\n    def make():\n{indented(body, 2)}\n    return {{'net': make}}", f"{name}({{shape}})['net']()"),
            (f"class {name}:\n    size = None\n    @property\n    def net(self):\n        size = self.size\n{indented(body, 2)}\n"
             f"def {name}_of(size):\n    made = {name}()\n    made.size = size\n    return made.net", f"{name}_of({{shape}})"),
        )  # fmt: skip
        text, use = self.random.choice(ways)
        self.lines.append(text)
        self.models.append((sort, sort, use))

    # Models.

    def _functional(self) -> None:
        i, m = self.sizes.new("inputs"), self.sizes.new("model")
        sort = self.random.choice(list(PLAIN))
        made = self.random.choice((f"Input({{s}}, name='{i}')", "Input({s})", "keras.Input(shape={s})", "layers.Input(shape={s})",
                                   "keras.Input({s}, batch_size=2)", "Input(batch_shape=(None, *{s}))"))  # fmt: skip
        self.lines.append(f"{i} = x = {made.replace('{s}', self.shape(sort))}")
        self.lines += self.steps(sort, self.random.randint(1, 4))
        outputs, extra = "x", []
        if self.random.random() < 0.7:
            sort, turn = self.random.choice(TURNS[sort])
            self.lines.append(f"x = layers.{self.fill(turn)}(x)")
            self.lines += self.steps(sort, self.random.randint(0, 2))
        if self.random.random() < 0.2:
            extra.append(f"{m}_other = layers.{self.fill(TO_SIZE[sort][0])}(x)")
            outputs = self.random.choice((f"[x, {m}_other]", f"{{'a': x, 'b': {m}_other}}", f"({m}_other, x)"))
        inputs = i
        if self.random.random() < 0.2:
            other = self.sizes.new("inputs")
            self.lines += [f"{other} = Input(({self.size()},))", f"{m}_z = layers.Dense({self.size()})({other})"]
            join = f"x = layers.Concatenate()([x, {m}_z])" if sort == "flat" else ""
            if join:
                self.lines.append(join)
                inputs = f"[{i}, {other}]"
        made = self.random.choice((f"Model({inputs}, {outputs})", f"keras.Model(inputs={inputs}, outputs={outputs})",
                                   f"Model({inputs}, {outputs}, name='{m}')", f"keras.models.Model({inputs}, outputs={outputs})"))  # fmt: skip
        self.lines += [*extra, f"{m} = {made}"]
        self._after(m)

    def _after(self, m: str) -> None:
        """What a program does with a model, at last its summary."""
        ways = (
            "", "", "", f"{m}.trainable = False", f"{m}.compile('adam', 'mse')", f"for layer in {m}.layers[:2]:\n    layer.trainable = False",
            f"{m}.layers[-1].trainable = False", f"{m} = Model({m}.inputs, {m}.layers[-1].output)", f"{m}_n = len({m}.layers)",
            f"{m}_y = {m}({m}.inputs)\n{m} = Model({m}.inputs, {m}_y)",
            f"for n, layer in enumerate({m}.layers):\n    if isinstance(layer, layers.Dense):\n        layer.trainable = n % 2 == 0",
            f"{m}.get_layer(index=-1).trainable = False", f"{m} = Model({m}.inputs, {m}.outputs, name='again')",
            f"{m}_c = {m}.count_params() % 20 + 1\n{m} = Sequential([{m}, layers.Lambda(lambda t: t)]) if {m}_c < 0 else {m}",
        )  # fmt: skip
        text = self.random.choice(ways)
        self.lines += [text] * bool(text) + [f"{m}.summary()"]

    def _sequential(self) -> None:
        m, sort = self.sizes.new("model"), self.random.choice(list(PLAIN))
        shape, one, two, three = self.shape(sort), self.layer(sort), self.layer(sort), self.layer(sort)
        data = f"np.zeros((4, *{shape}))"
        n = self.size()
        ways = (
            f"{m} = Sequential([Input({shape}), {one}, {two}, {three}])",
            f"{m} = Sequential()\n{m}.add(Input({shape}))\n{m}.add({one})\n{m}.add({two})",
            f"{m} = Sequential([{one}, {two}], name='{m}')\n{m}.build((None, *{shape}))",
            f"{m} = Sequential([{one}, {two}])\n{m}.build(input_shape=(None,) + tuple({shape}))",
            f"{m} = Sequential([{one}, {two}])\n{m}({data})",
            f"{m} = Sequential([{one}, {two}])\n{m}.predict({data}, verbose=0)",
            f"{m} = Sequential([Input({shape}), {one}, {two}])\n{m}.pop()\n{m}.add({three})",
            f"{m} = Sequential([Input({shape})])\nfor layer in ({one}, {two}):\n    {m}.add(layer)",
            f"{m} = Sequential([Input({shape}), *[layers.Dense({n} + v) for v in range(3)]])",
            f"{m} = Sequential([Input({shape})] + [layers.Dense({n} + v) for v in range(1, 3)] + [{one}])",
            f"{m} = Sequential(layers=[Input({shape}), {one}])\nif {self.sizes.truth(True)}:\n    {m}.add({two})",
            f"{m}_parts = [Input({shape}), {one}]\n{m}_parts.extend([{two}, {three}])\n{m} = Sequential({m}_parts)",
            f"{m} = Sequential([{one}, {two}])",
            f"{m}_in = Sequential([{one}, {two}])\n{m} = Sequential([Input({shape}), {m}_in, {three}])",
            f"{m} = Sequential([Input({shape}), {one}])\n{m} = Sequential([*{m}.layers, {two}])",
            f"{m} = Sequential([layers.Dense({n}), {two}])\n{m}.compile('sgd', 'mse')\n{m}_x = {data}\n"
            f"{m}.fit({m}_x, np.zeros({m}({m}_x).shape), batch_size=2, verbose=0)",
        )  # fmt: skip
        self.lines.append(self.random.choice(ways))
        self.lines.append(f"{m}.summary()")

    def _own_model(self) -> None:
        name, m, sort = self.sizes.new("Whole"), self.sizes.new("model"), self.random.choice(("flat", "seq", "image"))
        shape = self.shape(sort)
        one = [use.partition("(")[0] for _, use in self.blocks if use.startswith("Own")]
        inner = f"{self.random.choice(one)}()" if one and self.random.random() < 0.6 else "layers.Dense({n})"
        text = self.random.choice(MODELS)
        self.lines.append(self.fill(text, N=name, L=self.layer(sort), M=self.layer(sort), I=self.fill(inner), S=shape))
        data = f"np.zeros((2, *{shape}), 'float32')"
        uses = (
            f"{m} = {name}()\n{m}({data})", f"{m} = {name}(name='{m}')\n{m}(Input({shape}))",
            f"{m} = {name}()\n{m}.predict({data}, verbose=0)", f"{m}_i = Input({shape})\n{m} = Model({m}_i, {name}()({m}_i))",
            f"{m} = {name}()", f"{m} = {name}()\n_ = {m}(ops.ones((2, *{shape})))", f"{m} = Sequential([Input({shape}), {name}()])",
            f"{m} = {name}()\n{m}.compile('sgd', 'mse')\n{m}_x = {data}\n{m}.fit({m}_x, np.zeros({m}({m}_x).shape), batch_size=2, verbose=0)",
        )  # fmt: skip
        self.lines += [self.random.choice(uses), f"{m}.summary()"]

    def _made_by_function(self) -> None:
        if not self.models:
            self._builder()
        m, (sort, _, use) = self.sizes.new("model"), self.random.choice(self.models)
        shape = self.shape(sort)
        self.lines.append(f"{m} = {self.fill(use, shape=shape)}")
        if self.random.random() < 0.3:
            self.lines.append(
                f"{m}_two = {self.fill(use, shape=shape)}\n{m}_i = Input({shape})\n{m} = Model({m}_i, {m}({m}_i))"
            )
        self._after(m)


def indented(lines: list[str], times: int = 1) -> str:
    """Lines of a block."""
    return textwrap.indent("\n".join(lines), "    " * times)


def draw(seed: int) -> str:
    """The program of a seed."""
    return Programs(seed).text()
