import keras
from keras import layers as L
from keras import regularizers

widths = [16, 32] + [64]
base = 2 ** 3
depth = 0


stack = []
for i, width in enumerate(widths):
    stack.append(L.Conv2D(width, 3, padding="same", use_bias=False, name=f"conv_{i + 1}"))
    stack.append(L.BatchNormalization(name="norm_{}".format(i)))
    if i < len(widths) - 1:
        stack.append(L.MaxPooling2D())
    depth += 1
stack += [L.GlobalAveragePooling2D()]
for i in range(3):
    stack.append(L.Dense(base * 2**i, kernel_regularizer=regularizers.l2(1e-4), activation="relu"))
head = [L.Dense(units, kernel_initializer=keras.initializers.HeNormal(seed=1)) for units in (20, 10)]
model = keras.Sequential([keras.Input(shape=(32, 32, 3)), *stack, *head], name="looped")
model.layers[0].trainable = False
for layer in model.layers[:2]:
    layer.trainable = False
assert depth == 3
print(model.summary())
for epoch in range(2):
    for batch in range(5):
        if batch > 3:
            break
        loss = epoch * batch
