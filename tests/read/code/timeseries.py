"""Recurrent and convolutional branches over one window; names by format, while and break."""

import keras
from keras.layers import GRU, Bidirectional, Conv1D, Dense, Input, LSTM, Lambda, TimeDistributed, average

window, features = 24, 6
conv_args = dict(kernel_size=3, padding="causal", activation="relu")
inputs = Input(batch_shape=(None, window, features))
branch = inputs
filters = 8
while True:
    branch = Conv1D(filters, name="conv_{}".format(filters), **conv_args)(branch)
    filters *= 2
    if filters > 32:
        break
seq = Bidirectional(LSTM(16, return_sequences=True))(inputs)
seq = GRU(32, return_sequences=True)(seq)
x = average([branch, seq])
heads = {}
for name, units in {"low": 1, "high": 2}.items():
    if name == "skip":
        continue
    heads[name] = TimeDistributed(Dense(units), name="head_%s" % name)(x)
model = keras.Model(inputs, [heads[key] for key in ("low", "high")])
model.summary(line_length=100)
