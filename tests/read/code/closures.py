"""Functions that return functions, lambdas, and a table of both."""

import keras
from keras.layers import Dense, Input, Dropout, LayerNormalization, Add, GaussianNoise
def mlp(units, rate=None):
    def apply(x):
        for u in units:
            x = Dense(u, activation="gelu")(x)
            if rate is not None:
                x = Dropout(rate)(x)
        return x
    return apply
norm = lambda x: LayerNormalization()(x)
blocks = {"a": mlp([8, 4], 0.1), "b": mlp([4])}
i = Input((16,))
y = i
for k in sorted(blocks):
    y = norm(blocks[k](y))
noise = [GaussianNoise(0.1), GaussianNoise(0.2)]
for n in noise: y = n(y)
out = Dense(units=3)(y)
model = keras.models.Model(inputs=[i], outputs=[out], name="closures")
print(model.summary())
