"""Keras beside its layers and models: settings, copies of models, what is saved and read again."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from convcalc.read.code.library import Table
from convcalc.read.code.live import Saved, live_of
from convcalc.read.code.shapes_of_inputs import obtained
from convcalc.read.code.values import Data, Function, OwnClass, Unknown, flat

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
_FORMATS = {"th": "channels_first", "tf": "channels_last"}


@TABLE("keras.backend.clear_session", "keras.utils.clear_session", "keras.config.clear_session")
def clear_session(site: Site, **rest: Any) -> None:
    """Names are counted anew."""
    site.machine.session.clear()


@TABLE(
    "keras.backend.set_image_data_format",
    "keras.config.set_image_data_format",
    "keras.backend.set_image_dim_ordering",
    "keras.backend.common.set_image_dim_ordering",
)
def set_image_data_format(site: Site, data_format: str) -> None:
    """What layers take for their ``data_format`` from here on."""
    site.machine.session.data_format = _FORMATS.get(data_format, data_format)


@TABLE("keras.backend.image_data_format", "keras.config.image_data_format", "keras.backend.common.image_data_format")
def image_data_format(site: Site) -> str:
    """``channels_last`` or ``channels_first``."""
    return site.machine.session.format()


@TABLE("keras.backend.image_dim_ordering", "keras.backend.common.image_dim_ordering")
def image_dim_ordering(site: Site) -> str:
    """The data format as Keras 1 names it: ``tf`` or ``th``."""
    return "tf" if site.machine.session.format() == "channels_last" else "th"


@TABLE("keras.backend.set_floatx", "keras.config.set_floatx")
def set_floatx(site: Site, floatx: str) -> None:
    """The dtype of layers from here on."""
    site.machine.session.floatx = floatx


@TABLE("keras.backend.floatx", "keras.config.floatx")
def floatx(site: Site) -> str:
    """The dtype of layers that say nothing else."""
    return site.machine.session.floatx or "float32"


@TABLE("keras.backend.epsilon", "keras.config.epsilon")
def epsilon(site: Site) -> float:
    """The small number that Keras adds to denominators."""
    return 1e-7


@TABLE("keras.backend.backend", "keras.config.backend")
def backend(site: Site) -> str:
    """The name of the backend; TensorFlow where the script does not choose."""
    return "tensorflow"


@TABLE(
    "keras.mixed_precision.set_global_policy",
    "keras.mixed_precision.set_dtype_policy",
    "keras.config.set_dtype_policy",
    "keras.mixed_precision.experimental.set_policy",
)
def set_policy(site: Site, policy: Any) -> None:
    """The dtype policy of layers from here on."""
    site.machine.session.policy = policy if isinstance(policy, str) else None


@TABLE("keras.models.clone_model", "keras.clone_model")
def clone_model(site: Site, model: Any, **rest: Any) -> Any:
    """A model like another one, with weights of its own."""
    return _clone(site, model) if not rest else site.unknown("clone_model() with these arguments is not followed")


@TABLE("keras.models.load_model", "keras.load_model", "keras.saving.load_model")
def load_model(site: Site, filepath: Any, *args: Any, **rest: Any) -> Any:
    """A model that the script has saved under this name."""
    live = site.machine.session.saved.get(filepath) if isinstance(filepath, str) else None
    if live is None:
        return site.unknown(f"load_model() reads {filepath!r}, which this script does not save")
    return _clone(site, live.value)


@TABLE("keras.models.save_model", "keras.saving.save_model", "keras.save_model")
def save_model(site: Site, model: Any, filepath: Any, **rest: Any) -> None:
    """Saves a model under a name."""
    live = live_of(model)
    if live is not None and isinstance(filepath, str):
        site.machine.session.saved[filepath] = live


@TABLE("keras.applications.obtain_input_shape")
def obtain_input_shape(
    site: Site,
    input_shape: Any,
    default_size: int,
    min_size: int,
    data_format: str | None = None,
    *args: Any,
    **rest: Any,
) -> Any:
    """The shape of a network's input: the given shape, or with the classifier the network's own size."""
    return obtained(site, input_shape, default_size, min_size, data_format or site.machine.session.format(), args, rest)


@TABLE(
    "keras.models.model_from_json",
    "keras.models.model_from_yaml",
    "keras.models.model_from_config",
    "keras.model_from_json",
)
def restored(site: Site, config: Any, *args: Any, **rest: Any) -> Any:
    """A model made again of its text or its config."""
    if isinstance(config, Saved):
        return _clone(site, config.live.value)
    return site.unknown("this is no model that the script has written")


def _clone(site: Site, model: Any) -> Any:
    """A copy of a model: the same layers under the same names, which are objects of their own."""
    live = live_of(model)
    if live is None:
        return site.unknown("this is no model that is known here")
    made = site.machine.session.graphs.clone(live)
    site.machine.session.models.append(made)
    return made


@TABLE("tensorflow.Variable", unknown=True)
def tf_variable(site: Site, *args: Any, **rest: Any) -> Any:
    """A variable of TensorFlow's, which Keras 3 does not take as a weight."""
    made = variable(site, *args, **rest)
    if isinstance(made, Data):
        made.is_variable = site.machine.session.generation < 3
    return made


@TABLE("keras.Variable", "keras.backend.variable", unknown=True)
def variable(site: Site, value: Any = None, dtype: Any = None, trainable: Any = True, **rest: Any) -> Any:
    """A variable, which a layer of the script's own keeps as its weight."""
    if value is None:
        value = rest.get("initial_value", rest.get("initializer"))
    if isinstance(value, Function):
        value = site.call(value)
    shape = rest.get("shape")
    if isinstance(shape, list | tuple) and all(type(one) is int for one in shape):
        made = Data(tuple(shape))
    elif isinstance(value, Data):
        made = Data(value.shape, value.dtype)
    elif isinstance(value, int | float):
        made = Data((), "float32" if isinstance(value, float) else "int32")
    elif isinstance(value, list | tuple) and all(isinstance(one, int | float) for one in flat(value)):
        made = Data(_shape_of(value))
    else:
        return value if isinstance(value, Unknown) else site.unknown("the shape of this variable is not known")
    made.is_variable, made.is_trainable = True, trainable is not False
    return made


def _shape_of(value: Any) -> tuple[int, ...]:
    return (len(value), *_shape_of(value[0])) if isinstance(value, list | tuple) and value else ()


@TABLE(
    "keras.saving.register_keras_serializable",
    "keras.utils.register_keras_serializable",
    "keras.saving.custom_object_scope",
    "tensorflow.function",
    "keras.backend.set_session",
    unknown=True,
)
def mark(site: Site, *args: Any, **rest: Any) -> Any:
    """A decorator that changes nothing of what it decorates."""
    if len(args) == 1 and isinstance(args[0], Function | OwnClass):
        return args[0]
    return site.inert()


__all__ = ["TABLE", "copy"]
