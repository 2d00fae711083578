"""Makes `summaries.json`: what real Keras prints for small models.

Run with a Python that has keras, tensorflow-cpu and tf_keras:

    python tests/golden/make_summaries.py

Each case is {"name", "model", "style", "options", "text"}: a model as below, ``keras3`` (Keras 3's summary),
``keras`` (the same in the narrowest columns, from Keras's own up, in which Keras cuts nothing, where there is room
for them) or ``keras2`` (tf_keras's), the options of the call, and the printed lines. A model is a chain of layers, each
``[kind, arguments]``; ``input`` is without the batch, and null in a model that was never built.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from pathlib import Path
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras as k3
import tf_keras as k2

Model = dict[str, Any]
C1, C2, C3 = "Conv1D", "Conv2D", "Conv3D"


def chain(*layers: list[Any], input: list[int | None] | None = None, **more: Any) -> Model:
    """A model of these layers."""
    return {"input": input, "layers": list(layers), **more}


def conv(filters: int = 2, size: int = 3, kind: str = C1, **more: Any) -> list[Any]:
    """A convolution."""
    return [kind, {"filters": filters, "kernel_size": size, **more}]


def nested(*layers: list[Any], **more: Any) -> list[Any]:
    """A Sequential model as a layer."""
    return ["Sequential", {"layers": list(layers), **more}]


LONG = "a_name_that_is_longer_than_any_column_of_the_table"
IMAGE = [conv(8, 3, C2, padding="same"), conv(8, 3, C2), ["SeparableConv2D", {"filters": 16, "kernel_size": 3}]]
NAMED = [conv(name="first"), conv(name=LONG), conv(), conv(name="a.block.of-two"), conv()]
DEEP = [
    conv(),
    nested(conv(), nested(conv(4), conv(name="inner_and_not_to_be_cut"), name="deep"), conv(trainable=False)),
    nested(conv(), name=LONG),
    conv(),
]

LENET = [
    conv(6, 5, C2, padding="same", activation="tanh"),
    ["AveragePooling2D", {"pool_size": 2}],
    ["BatchNormalization", {}],
    ["GlobalAveragePooling2D", {"keepdims": True}],
    ["Flatten", {}],
    ["Dropout", {"rate": 0.5}],
    ["Dense", {"units": 10, "trainable": False}],
    ["Activation", {"activation": "softmax"}],
]

# Models that both generations take.
COMMON = {
    "one layer": chain(conv(2, 4, use_bias=False), input=[10, 3]),
    "one layer, functional": chain(conv(2, 4, use_bias=False), input=[10, 3], functional=True),
    "images": chain(*IMAGE, input=[28, 28, 1]),
    "images, functional": chain(*IMAGE, input=[28, 28, 1], functional=True),
    "batch of 4": chain(*IMAGE, input=[28, 28, 1], batch_size=4, functional=True),
    "unknown sizes": chain(*IMAGE, input=[None, None, 3]),
    "volumes": chain(
        conv(4, 3, C3, name="volume"), ["Conv3DTranspose", {"filters": 2, "kernel_size": 2}], input=[8, 8, 8, 2]
    ),
    "every convolution of images": chain(
        conv(8, 3, C2),
        ["Conv2DTranspose", {"filters": 8, "kernel_size": 3, "strides": 2}],
        ["DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2}],
        ["SeparableConv2D", {"filters": 12, "kernel_size": 3}],
        input=[16, 16, 3],
    ),
    "every convolution of sequences": chain(
        conv(),
        ["Conv1DTranspose", {"filters": 8, "kernel_size": 3, "strides": 2}],
        ["DepthwiseConv1D", {"kernel_size": 3, "depth_multiplier": 2}],
        ["SeparableConv1D", {"filters": 12, "kernel_size": 3}],
        input=[16, 3],
    ),
    "counted names": chain(*[conv(size=1) for _ in range(12)], input=[4, 2]),
    "frozen": chain(conv(trainable=False), conv(), conv(trainable=False), input=[10, 3]),
    "other dtypes": chain(conv(7, dtype="float16"), conv(5, dtype="float64"), input=[10, 3]),
    "a kilobyte": chain(conv(8, 8, use_bias=False), input=[10, 4]),
    "megabytes": chain(conv(700, 3, C2), conv(300, 1, C2), input=[None, None, 256]),
    "given names": chain(*NAMED, input=[32, 3], name="a.model"),
    "given names, functional": chain(*NAMED, input=[32, 3], functional=True, name="net"),
    "nested": chain(*DEEP, input=[64, 3]),
    "nested, functional": chain(*DEEP, input=[64, 3], functional=True),
    "nested in nested alone": chain(nested(nested(nested(conv()))), input=[64, 3]),
    "many kinds": chain(*LENET, input=[28, 28, 1]),
    "many kinds, functional": chain(*LENET, input=[28, 28, 1], functional=True),
    "several outputs": chain(
        ["LSTM", {"units": 4, "return_sequences": True}],
        ["GRU", {"units": 3, "return_state": True}],
        input=[5, 3],
        functional=True,
    ),
    "no sizes": chain(["Reshape", {"target_shape": []}], input=[1]),
    "levels": chain(nested(nested(nested(nested(nested(nested(conv(name="c"))))))), input=[64, 3]),
    "no layers": chain(input=[10, 3]),
}
# Models that only Keras 3 takes, or prints.
NEW = {
    "unbuilt": chain(conv(), conv(name="second"), ["SeparableConv1D", {"filters": 12, "kernel_size": 3}]),
    "unbuilt, many kinds": chain(*LENET),
    "unbuilt, nested": chain(conv(), nested(conv(), conv()), conv()),
    "nothing": chain(),
    "markup": chain(
        conv(name="[red]x"), conv(name=":smile:"), conv(name="a[b]b:x[i]:heart:"), conv(name="end\\"), input=[32, 3],
        name="m [bold]:cat:",
    ),
    "other alphabets": chain(
        conv(name="畳み込み層の名前はとても長い"), conv(name="свёртка"), conv(name="é🙂"), input=[32, 3]
    ),
    "blanks": chain(
        conv(name="two\nlines"), conv(name="a\ttab"), conv(name=""), conv(name="  in  it  "), conv(name="long " * 12),
        conv(name=" " * 36 + "in"),
        input=[32, 3],
    ),
    "several outputs of a chain": chain(["LSTM", {"units": 100, "return_state": True}], input=[5, 3]),
    "bits": chain(["Normalization", {"dtype": "bool"}], ["Dense", {"units": 3}], input=[5, 3]),
    "long model name": chain(conv(), input=[8, 3], name="model " * 20 + "x" * 90),
}  # fmt: skip

ALL = {**COMMON, **NEW}
KERAS3: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in ALL),
    *((name, {"show_trainable": True}) for name in ("frozen", "images, functional", "nested", "unbuilt", "no layers")),
    *((name, {"expand_nested": True}) for name in ("nested", "nested, functional", "unbuilt, nested")),
    ("nested", {"expand_nested": True, "show_trainable": True, "width": 130}),
    ("nested in nested alone", {"expand_nested": True, "width": 50}),
    *(("given names, functional", {"width": width}) for width in (30, 45, 62, 93, 97, 140)),
    *(("given names", {"show_trainable": True, "width": width}) for width in (60, 105, 140)),
    *(("megabytes", {"width": width}) for width in (40, 34)),
    *(("images", {"line_length": length}) for length in (33, 41, 50, 60, 77, 90)),
    ("images", {"line_length": 120, "width": 120}),
    ("images", {"line_length": 20, "width": 10}),
    ("long model name", {"width": 40}),
    ("given names", {"layer_range": ["first", "conv1d"]}),
    ("given names", {"layer_range": ["conv1d_1", "f"]}),
    ("given names, functional", {"layer_range": ["input", "c.*d$"]}),
    ("nested", {"layer_range": ["sequential", "a_"], "expand_nested": True}),
    ("nested", {"color": True, "show_trainable": True, "expand_nested": True, "width": 100}),
    *((name, {"color": True}) for name in ("frozen", "unbuilt", "markup", "given names, functional")),
    *((name, {"color": True, "show_trainable": True}) for name in ("frozen", "images, functional")),
    *((name, {"ascii": True}) for name in ("images", "no layers")),
]
KERAS: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in ("images, functional", "given names", "nested", "other alphabets", "blanks", "no layers")),
    *((name, {"show_trainable": True}) for name in ("frozen", "given names, functional")),
    ("megabytes", {"width": 40}),
    ("images", {"line_length": 110}),
]
KERAS2: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in COMMON),
    *((name, {"show_trainable": True}) for name in ("frozen", "many kinds, functional", "nested")),
    *((name, {"expand_nested": True}) for name in ("nested", "nested, functional", "levels")),
    ("nested", {"expand_nested": True, "show_trainable": True}),
    ("nested", {"expand_nested": True, "line_length": 100}),
    *(("images, functional", {"line_length": length}) for length in (30, 51, 90)),
    ("counted names", {"layer_range": ["conv1d_2", "conv1d_4"]}),
    ("nested, functional", {"layer_range": ["sequential", "input"], "expand_nested": True}),
]


def layer(library: Any, kind: str, arguments: dict[str, Any]) -> Any:
    """A layer, or a nested model, of Keras."""
    arguments = dict(arguments)
    if kind == "Sequential":
        return library.Sequential([layer(library, *inner) for inner in arguments.pop("layers")], **arguments)
    return getattr(library.layers, kind)(**arguments)


def model(library: Any, spec: Model) -> Any:
    """The model in Keras, in a session of its own."""
    library.backend.clear_session()
    first = [library.Input(spec["input"], batch_size=spec.get("batch_size"))] if spec["input"] is not None else []
    layers = [layer(library, *one) for one in spec["layers"]]
    if not spec.get("functional"):
        return library.Sequential(first + layers, name=spec.get("name"))
    x = first[0]
    for one in layers:
        x = one(x)
    return library.Model(first[0], x, name=spec.get("name"))


def keras3(spec: Model, width: int = 80, color: bool = False, ascii: bool = False, **options: Any) -> str:
    """What Keras 3 prints on a console of this width."""
    built = model(k3, spec)
    os.environ |= {"COLUMNS": str(width), "TERM": "xterm-256color"}
    os.environ.pop("FORCE_COLOR", None)
    if color:
        os.environ["FORCE_COLOR"] = "1"
    raw = io.BytesIO()
    with contextlib.redirect_stdout(io.TextIOWrapper(raw, encoding="ascii" if ascii else "utf-8")) as out:
        built.summary(**options)
        out.flush()
    return raw.getvalue().decode()


def keras(spec: Model, width: int = 80, line_length: int | None = None, **options: Any) -> str:
    """What Keras 3 prints when each column is widened until nothing in it is cut."""
    ends = [0.45, 0.80, 1.0]
    longest = 88
    if options.get("show_trainable"):
        ends, longest = [*(end * 0.9 for end in ends), 1.0], 100
    length = line_length or min(longest, width - 4)
    at = [int(end * length) for end in ends]
    widths = [end - start for start, end in zip([0, *at], at, strict=False)]
    while True:
        # Keras refuses columns below 4, of which rich leaves 1 or nothing: too little for any heading.
        widths = [max(width, 4) for width in widths]
        text = wide(spec, widths, **options)
        cut = ["…" in column or not column.strip() for column in map("".join, columns(text))]
        if not any(cut):
            return text
        widths = [width + more for width, more in zip(widths, cut, strict=True)]


def wide(spec: Model, widths: list[int], **options: Any) -> str:
    """What Keras 3 prints in columns of these widths, before rich takes its share, where nothing is cropped."""
    length = sum(widths)
    ends = [(sum(widths[: i + 1]) + 0.5) / length for i in range(len(widths) - 1)] + [1.0]
    if options.get("show_trainable"):
        ends = [end / 0.9 for end in ends[:-1]]  # Keras multiplies them by 0.9 and adds the last
    return keras3(spec, width=10_000, line_length=length, positions=ends, **options)


def columns(text: str) -> list[list[str]]:
    """The texts of each column, line by line."""
    lines = [line for line in text.split("\n") if line[:1] in ("┃", "│")]
    return [list(column) for column in zip(*(line[1:-1].replace("┃", "│").split("│") for line in lines), strict=True)]


def keras2(spec: Model, **options: Any) -> str:
    """What tf_keras prints."""
    lines: list[str] = []
    model(k2, spec).summary(print_fn=lines.append, **options)
    return "".join(f"{line}\n" for line in lines)


def main() -> None:
    """Writes the file, one case a line."""
    lines = []
    for style, cases in ((keras3, KERAS3), (keras, KERAS), (keras2, KERAS2)):
        for name, options in cases:
            text = style(ALL[name], **options).removesuffix("\n").split("\n")
            case = {"name": name, "model": ALL[name], "style": style.__name__, "options": options, "text": text}
            lines.append(json.dumps(case, ensure_ascii=False))
    whole = "[\n" + ",\n".join(lines) + "\n]\n"
    Path(__file__).with_name("summaries.json").write_text(whole, encoding="utf-8")


if __name__ == "__main__":
    main()
