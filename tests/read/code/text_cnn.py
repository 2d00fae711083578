"""A convolutional text classifier with parallel windows."""

import tensorflow as tf
from tensorflow.keras.layers import *

vocab_size, maxlen, embedding_dim = 20000, 400, 50
num_filters = 100

sequence_input = Input(shape=(maxlen,), dtype="int32")
embedded = Embedding(vocab_size, embedding_dim, trainable=False)(sequence_input)
convs = []
for size in [3, 4, 5]:
    c = Conv1D(num_filters, size, activation="relu")(embedded)
    convs.append(GlobalMaxPooling1D()(c))
merged = concatenate(convs, axis=1)
x = Dropout(0.5)(merged)
x = Dense(64, activation="relu", kernel_regularizer=tf.keras.regularizers.l2(0.01))(x)
predictions = Dense(20, activation="softmax")(x)
model = tf.keras.models.Model(sequence_input, predictions)
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["acc"])
model.summary()
