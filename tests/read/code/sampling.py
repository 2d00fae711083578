"""The decoder of a trained sequence model, made anew from its layers: their second calls."""

import keras

latent_dim = 16
encoder_inputs = keras.Input(shape=(None, 7))
encoder_outputs, state_h, state_c = keras.layers.LSTM(latent_dim, return_state=True)(encoder_inputs)
decoder_inputs = keras.Input(shape=(None, 9), name="target")
decoder_lstm = keras.layers.LSTM(latent_dim, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder_lstm(decoder_inputs, initial_state=[state_h, state_c])
decoder_dense = keras.layers.Dense(9, activation="softmax")
model = keras.Model([encoder_inputs, decoder_inputs], decoder_dense(decoder_outputs))

encoder_inputs = model.input[0]
encoder_outputs, state_h_enc, state_c_enc = model.layers[2].output
encoder_model = keras.Model(encoder_inputs, [state_h_enc, state_c_enc])

decoder_inputs = model.input[1]
decoder_states = [keras.Input(shape=(latent_dim,)), keras.Input(shape=(latent_dim,))]
decoder_outputs, state_h, state_c = model.layers[3](decoder_inputs, initial_state=decoder_states)
decoder_outputs = model.layers[4](decoder_outputs)
decoder_model = keras.Model([decoder_inputs] + decoder_states, [decoder_outputs] + [state_h, state_c])
decoder_model.summary()
