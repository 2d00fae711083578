"""Layers and models of a program's own, as templates: {N} is the name of the class, {n} and {k} are sizes.

The layers work on tensors of two, three and four axes, and keep all axes but the last.
"""

from __future__ import annotations

# How a layer is made and called on {x}, without and with a parameter ``units``.
CALLS = {
    False: ("{N}()({x})", "{N}(name=None)({x})"),
    True: ("{N}()({x})", "{N}({n})({x})", "{N}(units={n})({x})", "{N}({n}, trainable=False)({x})"),
}
LAYERS = """\
class {N}(layers.Layer):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units)
    def call(self, x):
        return self.dense(x)
---
class {N}(layers.Layer):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.units = units
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer='zeros', name='w')
        self.b = self.add_weight(shape=(self.units,), initializer='zeros', trainable=False)
    def call(self, x):
        return ops.matmul(x, self.w) + self.b
---
class {N}(layers.Layer):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.units = units
    def build(self, shape):
        *_, last = shape
        self.w = self.add_weight((last, self.units), 'zeros')
        super().build(shape)
    def call(self, x, training=None):
        return ops.dot(x, self.w)
---
class {N}(layers.Layer):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.parts = [layers.Dense(units), layers.ReLU(), layers.Dense(units + 1)]
    def call(self, x):
        for part in self.parts:
            x = part(x)
        return x
---
class {N}(layers.Layer):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.parts = {'a': layers.Dense(units), 'b': layers.Dropout(0.5)}
    def call(self, x, training=False):
        return self.parts['b'](self.parts['a'](x), training=training)
---
class {N}(layers.Layer):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.parts = [layers.Dense(units * (v + 1)) for v in range(2)]
        self.join = layers.Concatenate()
    def call(self, x):
        return self.join([part(x) for part in self.parts])
---
class {N}(layers.Layer):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.parts = []
        for v in (units, units + 2):
            self.parts.append(layers.Dense(v))
    def call(self, x):
        return reduce(lambda t, part: part(t), self.parts, x)
---
class {N}(layers.Layer):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        for v in range(2):
            setattr(self, f'part_{v}', layers.Dense(units + v))
    def call(self, x):
        return self.part_1(getattr(self, 'part_0')(x))
---
class {N}(layers.Layer):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.units = units
    def build(self, input_shape):
        self.dense = layers.Dense(self.units, name='inside')
        self.dense.build(input_shape)
    def call(self, x):
        return self.dense(x)
---
class {N}(layers.Layer):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.units = units
    def build(self, input_shape):
        self.dense = layers.Dense(self.units)
        self.norm = layers.BatchNormalization()
    def call(self, x, training=None):
        return self.norm(self.dense(x), training=training)
---
class {N}(layers.Layer):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.scale = self.add_weight(shape=(), initializer='ones', name='scale')
    def call(self, x):
        return x * self.scale
---
class {N}(layers.Layer):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.block = Sequential([layers.Dense(units), layers.ReLU()])
    def call(self, x):
        return self.block(x)
---
class {N}(layers.Layer):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units)
        self._units = units
    @property
    def units(self):
        return self._units
    def call(self, x):
        return self._half(self.dense(x))
    @staticmethod
    def _half(x):
        return x / 2
    def get_config(self):
        return {**super().get_config(), 'units': self.units}
---
class {N}(layers.Layer):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units)
    def call(self, inputs, mask=None):
        x = self.dense(inputs)
        if inputs.shape[-1] == x.shape[-1]:
            x = x + inputs
        return x
    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.dense.units)
---
class {N}(layers.Layer):
    def __init__(self, **kwargs):
        super({N}, self).__init__(**kwargs)
        self.a = layers.Dense({n})
        self.b = layers.Dense({n})
    def call(self, x):
        return self.b(self.a(x))
---
class {N}(layers.Layer):
    def call(self, x):
        return x * 2 + 1
---
class {N}(layers.Layer):
    def build(self, shape):
        self.gain = self.add_weight(name='gain', shape=[shape[-1]], initializer='ones')
        self.built = True
    def call(self, x):
        return x * self.gain
---
class {N}(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.v = keras.Variable(np.zeros(({n},)), trainable=False)
    def call(self, x):
        return ops.relu(x)
---
class {N}(layers.Dense):
    def __init__(self, units={n}, **kwargs):
        super().__init__(units + 1, **kwargs)
    def call(self, x):
        return super().call(x) * 2
---
class {N}(layers.Dense):
    pass
{N} = partial({N}, units={n}) if False else (lambda **kw: layers.Dense({n}, **kw))
---
class {N}Base(layers.Layer):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units)
    def call(self, x):
        return self.after(self.dense(x))
    def after(self, x):
        return x
class {N}({N}Base):
    def __init__(self, units={n}, **kwargs):
        super().__init__(units=units, **kwargs)
        self.more = layers.Dense(units + 1)
    def after(self, x):
        return self.more(super().after(x))
---
class {N}Mixin:
    def twice(self, x):
        return x + x
class {N}({N}Mixin, layers.Layer):
    def call(self, x):
        return self.twice(x)
---
class {N}(layers.Layer):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.inner = {Inner}()
        self.dense = layers.Dense(units)
    def call(self, x):
        return self.dense(self.inner(x))
---
class {N}(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = [{Inner}() for _ in range(2)]
    def call(self, x):
        for one in self.inner:
            x = one(x)
        return x
---
class {N}({Inner}):
    def call(self, x):
        return super().call(x) + 1
---
@keras.utils.register_keras_serializable()
class {N}(keras.layers.Layer):
    def __init__(self, units={n}, act='relu', **kwargs):
        super().__init__(**kwargs)
        self.units, self.act = units, keras.activations.get(act)
    def build(self, input_shape):
        self.kernel = self.add_weight(name='kernel', shape=(int(input_shape[-1]), self.units))
    def call(self, x):
        return self.act(x @ self.kernel)
""".removesuffix("\n").split("\n---\n")

MODELS = """\
class {N}(Model):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.a = {L}
        self.b = {M}
        self.out = layers.Dense(units)
    def call(self, x):
        return self.out(self.b(self.a(x)))
---
class {N}(Model):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.out = layers.Dense(units)
        self.a = {L}
        self.unused = layers.Dense(3)
    def call(self, inputs, training=None):
        x = self.a(inputs)
        if training:
            x = x * 2
        return self.out(x)
---
class {N}(Model):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.parts = [{L}, {M}]
        self.out = {I}
    def call(self, x):
        for part in self.parts:
            x = part(x)
        return self.out(x)
---
class {N}(Model):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.body = Sequential([{L}, {M}])
        self.out = layers.Dense(units)
    def call(self, x):
        return self.out(self.body(x))
---
class {N}(Model):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.own = {I}
        self.act = layers.Activation('relu')
    def call(self, x):
        return self.act(self.own(x))
---
class {N}(Model):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.shared = layers.Dense(units)
        self.again = layers.Dense(units)
    def call(self, x):
        x = self.shared(x)
        return self.again(x) + self.shared(self.again(x))
---
class {N}(Model):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.units = units
    def build(self, input_shape):
        self.dense = layers.Dense(self.units)
        self.dense.build(input_shape)
        self.built = True
    def call(self, x):
        return self.dense(x)
---
class {N}(Model):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.scale = self.add_weight(shape=(1,), initializer='ones', name='scale')
        self.dense = layers.Dense(units)
    def call(self, x):
        return self.dense(x) * self.scale
---
class {N}(Model):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.blocks = []
        for v in range(2):
            self.blocks.append(Sequential([layers.Dense(units + v), layers.ReLU()], name=f'block_{v}'))
    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return x
---
class {N}(Model):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.heads = {'a': layers.Dense(units), 'b': layers.Dense(2)}
    def call(self, x):
        return self.heads['b'](self.heads['a'](x))
---
class {N}(Model):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.a = {L}
        self.out = layers.Dense(units)
    def call(self, x):
        x = self.features(x)
        return self.out(x)
    def features(self, x):
        return self.a(x)
    def train_step(self, data):
        x, y = data
        return {'loss': 0.0}
---
class {N}(keras.Model):
    def __init__(self, **kwargs):
        inputs = keras.Input({S})
        x = layers.Dense({n})(inputs)
        super().__init__(inputs=inputs, outputs=layers.Dense({k})(x), **kwargs)
---
class {N}(Sequential):
    def __init__(self, units={n}, **kwargs):
        super().__init__([{L}, layers.Dense(units)], **kwargs)
---
class {N}(Sequential):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.add({L})
        self.add({M})
---
class {N}Base(Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.first = {L}
    def call(self, x):
        return self.first(x)
class {N}({N}Base):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.second = {M}
    def call(self, x):
        return self.second(super().call(x))
---
class {N}Inner(Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.first = {L}
    def call(self, x):
        return self.first(x)
class {N}(Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = {N}Inner(name='inside')
        self.out = layers.Dense({n})
    def call(self, x):
        return self.out(self.inner(x))
---
class {N}(Model):
    def __init__(self, units={n}, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units, trainable=False)
        self.out = {I}
        self.out.trainable = False
    def call(self, x):
        return self.out(self.dense(x))
""".removesuffix("\n").split("\n---\n")
