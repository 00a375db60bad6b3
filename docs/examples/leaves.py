"""A small convolutional network for pictures of leaves."""

import keras
from keras import layers

WIDTHS = [16, 32, 64]
train = keras.utils.image_dataset_from_directory("leaves", image_size=(96, 96))

model = keras.Sequential([keras.Input((96, 96, 3))])
for width in WIDTHS:
    model.add(layers.Conv2D(width, 3, padding="same", activation="relu"))
    model.add(layers.MaxPooling2D())
model.add(layers.GlobalAveragePooling2D())
model.add(layers.Dense(len(train.class_names), activation="softmax"))

model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train, epochs=5)
