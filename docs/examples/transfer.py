"""A classifier of flowers on top of a network trained on ImageNet."""

import keras
from keras import layers


def make_model(classes):
    base = keras.applications.MobileNetV2(input_shape=(160, 160, 3), include_top=False, weights="imagenet")
    base.trainable = False
    inputs = keras.Input(shape=(160, 160, 3))
    x = keras.applications.mobilenet_v2.preprocess_input(inputs)
    x = base(x, training=False)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


model = make_model(5)
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(keras.utils.image_dataset_from_directory("flowers", image_size=(160, 160)), epochs=10)
