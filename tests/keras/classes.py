"""Layers and models of a program's own, as templates: {N} is the name of the class, {n} and {k} are sizes.

The layers work on tensors of two, three and four axes, and keep all axes but the last.
"""

from __future__ import annotations

# How a layer is made and called on {x}, without and with a parameter ``units``.
CALLS = {
    False: ("{N}()({x})", "{N}(name=None)({x})"),
    True: ("{N}()({x})", "{N}({n})({x})", "{N}(units={n})({x})", "{N}({n}, trainable=False)({x})"),
}
_INIT = "class {N}(layers.Layer):\n    def __init__(self, units={n}, **kwargs):\n        super().__init__(**kwargs)\n"
LAYERS = tuple(
    one.replace("{init}", _INIT)
    for one in (
        "{init}        self.dense = layers.Dense(units)\n    def call(self, x):\n        return self.dense(x)",
        "{init}        self.units = units\n    def build(self, input_shape):\n"
        "        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer='zeros', name='w')\n"
        "        self.b = self.add_weight(shape=(self.units,), initializer='zeros', trainable=False)\n"
        "    def call(self, x):\n        return ops.matmul(x, self.w) + self.b",
        "{init}        self.units = units\n    def build(self, shape):\n        *_, last = shape\n"
        "        self.w = self.add_weight((last, self.units), 'zeros')\n        super().build(shape)\n"
        "    def call(self, x, training=None):\n        return ops.dot(x, self.w)",
        "{init}        self.parts = [layers.Dense(units), layers.ReLU(), layers.Dense(units + 1)]\n"
        "    def call(self, x):\n        for part in self.parts:\n            x = part(x)\n        return x",
        "{init}        self.parts = {'a': layers.Dense(units), 'b': layers.Dropout(0.5)}\n"
        "    def call(self, x, training=False):\n        return self.parts['b'](self.parts['a'](x), training=training)",
        "{init}        self.parts = [layers.Dense(units * (v + 1)) for v in range(2)]\n        self.join = layers.Concatenate()\n"
        "    def call(self, x):\n        return self.join([part(x) for part in self.parts])",
        "{init}        self.parts = []\n        for v in (units, units + 2):\n            self.parts.append(layers.Dense(v))\n"
        "    def call(self, x):\n        return reduce(lambda t, part: part(t), self.parts, x)",
        "{init}        for v in range(2):\n            setattr(self, f'part_{v}', layers.Dense(units + v))\n"
        "    def call(self, x):\n        return self.part_1(getattr(self, 'part_0')(x))",
        "{init}        self.units = units\n    def build(self, input_shape):\n        self.dense = layers.Dense(self.units, name='inside')\n"
        "        self.dense.build(input_shape)\n    def call(self, x):\n        return self.dense(x)",
        "{init}        self.units = units\n    def build(self, input_shape):\n        self.dense = layers.Dense(self.units)\n"
        "        self.norm = layers.BatchNormalization()\n"
        "    def call(self, x, training=None):\n        return self.norm(self.dense(x), training=training)",
        "{init}        self.units = units\n        self.scale = self.add_weight(shape=(), initializer='ones', name='scale')\n"
        "    def call(self, x):\n        return x * self.scale",
        "{init}        self.block = Sequential([layers.Dense(units), layers.ReLU()])\n    def call(self, x):\n        return self.block(x)",
        "{init}        self.dense = layers.Dense(units)\n        self._units = units\n    @property\n    def units(self):\n"
        "        return self._units\n    def call(self, x):\n        return self._half(self.dense(x))\n    @staticmethod\n"
        "    def _half(x):\n        return x / 2\n    def get_config(self):\n        return {**super().get_config(), 'units': self.units}",
        "{init}        self.dense = layers.Dense(units)\n    def call(self, inputs, mask=None):\n        x = self.dense(inputs)\n"
        "        if inputs.shape[-1] == x.shape[-1]:\n            x = x + inputs\n        return x\n"
        "    def compute_output_shape(self, input_shape):\n        return (*input_shape[:-1], self.dense.units)",
        "class {N}(layers.Layer):\n    def __init__(self, **kwargs):\n        super({N}, self).__init__(**kwargs)\n"
        "        self.a = layers.Dense({n})\n        self.b = layers.Dense({n})\n    def call(self, x):\n        return self.b(self.a(x))",
        "class {N}(layers.Layer):\n    def call(self, x):\n        return x * 2 + 1",
        "class {N}(layers.Layer):\n    def build(self, shape):\n        self.gain = self.add_weight(name='gain', shape=[shape[-1]], "
        "initializer='ones')\n        self.built = True\n    def call(self, x):\n        return x * self.gain",
        "class {N}(layers.Layer):\n    def __init__(self, **kwargs):\n        super().__init__(**kwargs)\n        self.v = "
        "keras.Variable(np.zeros(({n},)), trainable=False)\n    def call(self, x):\n        return ops.relu(x)",
        "class {N}(layers.Dense):\n    def __init__(self, units={n}, **kwargs):\n        super().__init__(units + 1, **kwargs)\n"
        "    def call(self, x):\n        return super().call(x) * 2",
        "class {N}(layers.Dense):\n    pass\n{N} = partial({N}, units={n}) if False else (lambda **kw: layers.Dense({n}, **kw))",
        "class {N}Base(layers.Layer):\n    def __init__(self, units={n}, **kwargs):\n        super().__init__(**kwargs)\n"
        "        self.dense = layers.Dense(units)\n    def call(self, x):\n        return self.after(self.dense(x))\n"
        "    def after(self, x):\n        return x\nclass {N}({N}Base):\n    def __init__(self, units={n}, **kwargs):\n"
        "        super().__init__(units=units, **kwargs)\n        self.more = layers.Dense(units + 1)\n"
        "    def after(self, x):\n        return self.more(super().after(x))",
        "class {N}Mixin:\n    def twice(self, x):\n        return x + x\nclass {N}({N}Mixin, layers.Layer):\n    def call(self, x):\n"
        "        return self.twice(x)",
        "class {N}(layers.Layer):\n    def __init__(self, units={n}, **kwargs):\n        super().__init__(**kwargs)\n"
        "        self.inner = {Inner}()\n        self.dense = layers.Dense(units)\n    def call(self, x):\n"
        "        return self.dense(self.inner(x))",
        "class {N}(layers.Layer):\n    def __init__(self, **kwargs):\n        super().__init__(**kwargs)\n"
        "        self.inner = [{Inner}() for _ in range(2)]\n    def call(self, x):\n        for one in self.inner:\n"
        "            x = one(x)\n        return x",
        "class {N}({Inner}):\n    def call(self, x):\n        return super().call(x) + 1",
        "@keras.utils.register_keras_serializable()\nclass {N}(keras.layers.Layer):\n    def __init__(self, units={n}, act='relu', **kwargs):\n"
        "        super().__init__(**kwargs)\n        self.units, self.act = units, keras.activations.get(act)\n"
        "    def build(self, input_shape):\n        self.kernel = self.add_weight(name='kernel', shape=(int(input_shape[-1]), self.units))\n"
        "    def call(self, x):\n        return self.act(x @ self.kernel)",
    )
)
_MODEL = "class {N}(Model):\n    def __init__(self, units={n}, **kwargs):\n        super().__init__(**kwargs)\n"
MODELS = tuple(
    one.replace("{init}", _MODEL)
    for one in (
        "{init}        self.a = {L}\n        self.b = {M}\n        self.out = layers.Dense(units)\n    def call(self, x):\n"
        "        return self.out(self.b(self.a(x)))",
        "{init}        self.out = layers.Dense(units)\n        self.a = {L}\n        self.unused = layers.Dense(3)\n"
        "    def call(self, inputs, training=None):\n        x = self.a(inputs)\n        if training:\n            x = x * 2\n"
        "        return self.out(x)",
        "{init}        self.parts = [{L}, {M}]\n        self.out = {I}\n    def call(self, x):\n        for part in self.parts:\n"
        "            x = part(x)\n        return self.out(x)",
        "{init}        self.body = Sequential([{L}, {M}])\n        self.out = layers.Dense(units)\n    def call(self, x):\n"
        "        return self.out(self.body(x))",
        "{init}        self.own = {I}\n        self.act = layers.Activation('relu')\n    def call(self, x):\n        return self.act(self.own(x))",
        "{init}        self.shared = layers.Dense(units)\n        self.again = layers.Dense(units)\n    def call(self, x):\n"
        "        x = self.shared(x)\n        return self.again(x) + self.shared(self.again(x))",
        "{init}        self.units = units\n    def build(self, input_shape):\n        self.dense = layers.Dense(self.units)\n"
        "        self.dense.build(input_shape)\n        self.built = True\n    def call(self, x):\n        return self.dense(x)",
        "{init}        self.scale = self.add_weight(shape=(1,), initializer='ones', name='scale')\n        self.dense = layers.Dense(units)\n"
        "    def call(self, x):\n        return self.dense(x) * self.scale",
        "{init}        self.blocks = []\n        for v in range(2):\n            self.blocks.append(Sequential([layers.Dense(units + v), "
        "layers.ReLU()], name=f'block_{v}'))\n    def call(self, x):\n        for block in self.blocks:\n            x = block(x)\n        return x",
        "{init}        self.heads = {'a': layers.Dense(units), 'b': layers.Dense(2)}\n    def call(self, x):\n"
        "        return self.heads['b'](self.heads['a'](x))",
        "{init}        self.a = {L}\n        self.out = layers.Dense(units)\n    def call(self, x):\n        x = self.features(x)\n"
        "        return self.out(x)\n    def features(self, x):\n        return self.a(x)\n    def train_step(self, data):\n"
        "        x, y = data\n        return {'loss': 0.0}",
        "class {N}(keras.Model):\n    def __init__(self, **kwargs):\n        inputs = keras.Input((6,))\n        x = layers.Dense({n})(inputs)\n"
        "        super().__init__(inputs=inputs, outputs=layers.Dense({k})(x), **kwargs)",
        "class {N}(Sequential):\n    def __init__(self, units={n}, **kwargs):\n        super().__init__([{L}, layers.Dense(units)], **kwargs)",
        "class {N}(Sequential):\n    def __init__(self, **kwargs):\n        super().__init__(**kwargs)\n        self.add({L})\n        self.add({M})",
        "class {N}Base(Model):\n    def __init__(self, **kwargs):\n        super().__init__(**kwargs)\n        self.first = {L}\n"
        "    def call(self, x):\n        return self.first(x)\nclass {N}({N}Base):\n    def __init__(self, **kwargs):\n"
        "        super().__init__(**kwargs)\n        self.second = {M}\n    def call(self, x):\n        return self.second(super().call(x))",
        "class {N}Inner(Model):\n    def __init__(self, **kwargs):\n        super().__init__(**kwargs)\n        self.first = {L}\n"
        "    def call(self, x):\n        return self.first(x)\nclass {N}(Model):\n    def __init__(self, **kwargs):\n"
        "        super().__init__(**kwargs)\n        self.inner = {N}Inner(name='inside')\n        self.out = layers.Dense({n})\n"
        "    def call(self, x):\n        return self.out(self.inner(x))",
        "{init}        self.dense = layers.Dense(units, trainable=False)\n        self.out = {I}\n        self.out.trainable = False\n"
        "    def call(self, x):\n        return self.out(self.dense(x))",
    )
)
