"""Data that models are fed with: ``fit(x)``, ``predict(x)`` and the like."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from convcalc.read.code.live import Live, Own
from convcalc.read.code.values import Data, Inert, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.session import Session

# The methods that take data, and the methods among them that give what the model makes of the data.
FEEDS = {"fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch", "fit_generator"}
_RESULTS = {"predict", "predict_on_batch"}


class Feeding:
    """Follows what training, testing and predicting do to a model: it is built for the data."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def feed(self, live: Live, name: str, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """``fit(x)`` and the like: a model that is not built is built for the data."""
        session = self._session
        if name in ("fit", "train_on_batch", "fit_generator"):
            session.trained = live
        data = args[0] if args else named.get("x", named.get("generator"))
        element = session.element(data, node)
        built = session.members.attributes.is_built(live)
        if isinstance(live, Own):
            built = built and live.seen is not None
        result: Any = None
        if not built or name in _RESULTS:
            batch = _batched(element, self._batch(name, args, named, data, element))
            if not isinstance(batch, Unknown) and batch is not None:
                result = session.machine.call(live.value, (batch,), {}, node)
        if name in _RESULTS and isinstance(result, Data) and isinstance(data, Data):
            return Data((data.shape[0], *result.shape[1:]), result.dtype)
        return Inert(session.machine.unknown(f"{name}() gives no value that is known here", node).cause)

    def _batch(self, name: str, args: tuple[Any, ...], named: dict[str, Any], data: Any, element: Any) -> int | None:
        """How many samples Keras takes at a time: 0 for any number, None for the data as they are."""
        if name in ("fit", "evaluate", "fit_generator"):
            return getattr(data, "fixed", 0)  # which data sets have
        size = named.get("batch_size", args[1] if len(args) > 1 else 32)
        return size if name == "predict" and type(size) is int and element is data else None


def _batched(value: Any, size: int | None) -> Any:
    """Data as the batch that a model gets of it."""
    if isinstance(value, Data):
        if size is None or not value.shape:
            return value
        rows = value.shape[0] or size
        shape = (min(size, rows) or None, *value.shape[1:])
        return Data(shape, value.dtype)
    if isinstance(value, list | tuple) and value and all(isinstance(one, Data) for one in value):
        return [_batched(one, size) for one in value]
    if isinstance(value, dict):
        return {key: _batched(one, size) for key, one in value.items()}
    return value if isinstance(value, Unknown) else None
