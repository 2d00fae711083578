"""Which Keras a script speaks, Keras 1, 2 or 3, by its imports and the words of its calls."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from convcalc.layers._old import GONE, KINDS
from convcalc.layers.spelling import is_layer, is_old_word
from convcalc.read.code.modules import KERAS
from convcalc.read.code.scope import LEAVES


class Generation(NamedTuple):
    """The number of a Keras, and the evidence: the part of the script that tells, and the word in it."""

    number: int
    node: ast.AST | None = None
    word: str = ""


# Keywords that only Keras 1 has, of these methods of models and of the models themselves.
_METHODS = {"fit", "fit_generator", "evaluate_generator", "predict_generator"}
_METHOD_WORDS = {"nb_epoch", "samples_per_epoch", "nb_val_samples", "val_samples", "nb_worker", "max_q_size"}
_MODEL_WORDS = {"input", "output"}
# Modules and functions that only Keras 1 has.
_ONLY_1 = re.compile(
    r"keras\.(layers|engine)\.((core|topology|merge)\.)?(Merge|(?<!layers\.)merge)$"
    r"|keras\.(initializations|models\.Graph|utils\.visualize_util)\b|keras\.backend\.(set_)?image_dim_ordering$"
    r"|keras\.regularizers\.(activity_l1|activity_l2|activity_l1l2|l1l2|WeightRegularizer|ActivityRegularizer)$"
)
# Modules and functions of Keras 2, or of its TensorFlow, that Keras 3 no longer has. Keras 1 may have them, too.
_UP_TO_2 = re.compile(
    r"keras\.(layers\.[a-z]\w*\.|engine\b|objectives\b|legacy\b|wrappers\b)"
    r"|keras\.utils\.(np_utils|vis_utils|generic_utils|training_utils|multi_gpu_model|data_utils|conv_utils)\b"
    r"|keras\.backend\.(tensorflow_backend|set_session|get_session|set_learning_phase|tf)\b"
    r"|tensorflow\.(Session|ConfigProto|placeholder|get_default_graph|enable_eager_execution|contrib)\b"
    r"|tensorflow\.compat\.v1\.(keras|Session|ConfigProto|placeholder|disable_eager_execution|disable_v2_behavior)\b"
)
_OLD_METHODS = {"fit_generator", "evaluate_generator", "predict_generator", "predict_classes"}


def generation_of(statements: Iterable[ast.stmt]) -> Generation:
    """The oldest Keras that a part of the script speaks, with the first such part; Keras 3 where nothing is older."""
    evidence = _Evidence()
    oldest = Generation(3)
    for node in _nodes(statements, evidence):
        found = evidence.of(node)
        oldest = found if found and found.number < oldest.number else oldest
    return oldest


def _nodes(statements: Iterable[ast.stmt], evidence: _Evidence) -> list[ast.AST]:
    """The parts of a script in its order, its imports noted. What a ``try`` may replace tells nothing."""
    nodes: list[ast.AST] = []
    rest: list[ast.AST] = [*reversed([*statements])]
    while rest:
        node = rest.pop()
        if isinstance(node, LEAVES):
            continue
        evidence.note(node)
        nodes.append(node)
        inner = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.Try) and node.handlers:
            for one in node.body:
                evidence.note(one)
            inner = [one for one in inner if not isinstance(one, ast.Import | ast.ImportFrom)]
        rest += inner[::-1]
    return nodes


class _Evidence:
    """What the names of a script mean by its imports, and which Keras a part of the script speaks."""

    def __init__(self) -> None:
        self.paths: dict[str, str] = {}
        self.stars: list[str] = []

    def note(self, node: ast.AST) -> None:
        """Notes what an import or a definition binds."""
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            self.paths[node.name] = ""
        for name, path in _imported(node):
            if name == "*":
                self.stars.append(path)
            else:
                self.paths[name] = path

    def of(self, node: ast.AST) -> Generation | None:
        """The Keras that the part speaks, if it is Keras 1 or 2."""
        if isinstance(node, ast.Import):
            return _of_paths([alias.name for alias in node.names], node)
        if isinstance(node, ast.ImportFrom):
            return None if node.level else _of_paths([f"{node.module}.{alias.name}" for alias in node.names], node)
        if isinstance(node, ast.Attribute):
            return _of_paths([self.path(node)], node)
        return self._of_call(node) if isinstance(node, ast.Call) else None

    def path(self, node: ast.expr) -> str:
        """The whole path of a name or an attribute; empty where it is not of an import."""
        if isinstance(node, ast.Attribute):
            owner = self.path(node.value)
            return owner and f"{owner}.{node.attr}"
        if not isinstance(node, ast.Name) or node.id in self.paths:
            return self.paths.get(getattr(node, "id", ""), "")
        root = next((KERAS.sub("keras", path) for path in reversed(self.stars)), "")
        return f"keras.layers.{node.id}" if root.startswith("keras.layers") and is_layer(node.id) else ""

    def _of_call(self, node: ast.Call) -> Generation | None:
        words = [keyword.arg for keyword in node.keywords if keyword.arg]
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        old = next((word for word in words if word in _METHOD_WORDS), "") if method in _METHODS else ""
        if old or method in _OLD_METHODS:
            return Generation(1 if old else 2, node, old or method)
        path = KERAS.sub("keras", self.path(node.func))
        if not path.startswith("keras."):
            return None
        kind = path.rpartition(".")[2]
        old = next((word for word in words if _is_only_1(kind, word)), "")
        late = next((word for word in words if _is_up_to_2(path, kind, word)), "")
        return Generation(1 if old else 2, node, old or late) if old or late else None


def _of_paths(paths: list[str], node: ast.AST) -> Generation | None:
    """The Keras that has one of the paths, if it is Keras 1 or 2."""
    for path in paths:
        own = KERAS.sub("keras", path)
        kind = own.rpartition(".")[2]
        layer = own.startswith("keras.layers.")
        if _ONLY_1.match(own) or (layer and GONE.get(kind) == 1):
            return Generation(1, node, path)
        if _UP_TO_2.match(own) or _UP_TO_2.match(path) or (layer and (kind in KINDS or kind in GONE)):
            return Generation(2, node, path)
    return None


def _is_only_1(kind: str, word: str) -> bool:
    """Whether only Keras 1 takes the keyword."""
    return (
        is_old_word(kind, word)
        or (kind == "Model" and word in _MODEL_WORDS)
        or (kind in ("merge", "Merge") and word in ("mode", "concat_axis", "dot_axes"))
    )


def _is_up_to_2(path: str, kind: str, word: str) -> bool:
    """Whether Keras 3 no longer takes the keyword."""
    if path.startswith("keras.optimizers."):
        return word in ("lr", "decay")
    own = word == "batch_input_shape" or (word == "weights" and kind not in ("Embedding", "Bidirectional"))
    return own and path.startswith("keras.layers.") and is_layer(kind) and kind != "InputLayer"


def _imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The names that an import binds, and their paths; a star for all names of a module."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            path = alias.name if alias.asname else alias.name.partition(".")[0]
            yield alias.asname or path, path
    elif isinstance(node, ast.ImportFrom) and not node.level:
        for alias in node.names:
            own = f"{node.module}.{alias.name}" if alias.name != "*" else str(node.module)
            yield alias.asname or alias.name, own
