"""Imports: names of libraries in one spelling, and files of the script's own project, which are followed in turn."""

from __future__ import annotations

import ast
import builtins
import os
import re
import sys
from typing import TYPE_CHECKING, Any

from convcalc.errors import ConvcalcError
from convcalc.read.code import library
from convcalc.read.code.chunks import cells
from convcalc.read.code.scope import Frame, Module
from convcalc.read.code.values import MISSING, Inert, Library, Unknown
from convcalc.read.contents import read_file
from convcalc.source import Source

if TYPE_CHECKING:
    from convcalc.read.code.machine import Machine

# The ways in which libraries name Keras, and TensorFlow's older faces.
KERAS = re.compile(
    r"(?:tensorflow\.(?:compat\.v\d\.)?(?:python\.|contrib\.)?(?:keras\.api\.(?:_v\d\.)?)?keras(?:\.python\.keras)?"
    r"|tf_keras|keras_core|keras\.src|keras\.api(?:\._v\d\.keras)?|tensorflow_core\.python\.keras)(?=\.|$)"
)
_TENSORFLOW = re.compile(r"tensorflow\.compat\.v\d(?=\.|$)|tensorflow\.experimental\.numpy(?=\.|$)")
# Classes of layers stand in modules of changing names; each has one name here.
_LAYER = re.compile(r"keras\.(?:layers\.(?:\w+\.)+|(?:engine|legacy)\.(?:\w+\.)*)(\w+)$")
# The function by which published networks settle their input's shape, wherever it has been.
_OBTAINED = re.compile(r"\w+(?:\.\w+)*\._?obtain_input_shape$")
# What snippets leave out: the names under which everybody imports these modules.
_CUSTOM = {
    "hub": "tensorflow_hub", "kt": "keras_tuner", "tfds": "tensorflow_datasets",
    "np": "numpy", "tf": "tensorflow", "keras": "keras", "layers": "keras.layers", "models": "keras.models",
    "K": "keras.backend", "ops": "keras.ops", "optimizers": "keras.optimizers", "losses": "keras.losses",
    "regularizers": "keras.regularizers", "initializers": "keras.initializers", "plt": "matplotlib.pyplot",
    "math": "math", "os": "os", "pd": "pandas", "activations": "keras.activations", "datasets": "keras.datasets",
    "constraints": "keras.constraints", "callbacks": "keras.callbacks", "itertools": "itertools",
    "functools": "functools", "applications": "keras.applications", "backend": "keras.backend",
    "metrics": "keras.metrics", "utils": "keras.utils", "numpy": "numpy", "tensorflow": "tensorflow",
}  # fmt: skip
# Libraries, and parts of libraries, that change no model.
_INERT = re.compile(
    r"(matplotlib|seaborn|plotly|pylab|bokeh|logging|warnings|tqdm|IPython|google|tensorboard|wandb|mlflow|PIL|cv2"
    r"|skimage|imageio|pprint|time|datetime|gc|shutil|subprocess|typing|abc|contextlib|requests|urllib|zipfile|tarfile"
    r"|keras\.(optimizers|callbacks|losses|metrics|distribution|tree|saving|export|config|utils|mixed_precision"
    r"|preprocessing|backend|random|dtype_policies|objectives|visualize_util|version)"
    r"|tensorflow\.(distribute|config|summary|train|saved_model|random|get_logger|debugging|print|GradientTape"
    r"|function|device|name_scope|logging|test|errors|io|autograph|profiler|estimator|lite|gfile|app|flags|enable\w*"
    r"|disable\w*|keras|types|Module|sysconfig|version|__version__|losses|strings|dtypes|TensorSpec|py_function"
    r"|Session|ConfigProto|global_variables_initializer|tpu|data|executing_eagerly|control_dependencies"
    r"|set_random_seed|variable_scope|identity_n|raw_ops|tools|graph_util|get_default_graph|Graph))(\.|$)"
)
_PROJECT = (".git", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt")
# How many folders above the script's own belong to its project at most.
_MOST_FOLDERS = 4


class Modules:
    """What imports bring."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._loaded: dict[str, Module] = {}
        if machine.main.path:
            self._loaded[os.path.abspath(machine.main.path)] = machine.main

    def canonical(self, path: str) -> str:
        """The name of a library's part in one spelling: ``tf.keras.layers.core.Dense`` is ``keras.layers.Dense``."""
        path = _TENSORFLOW.sub("tensorflow", KERAS.sub("keras", path))
        if path.startswith(("kerastuner", "kt.")):
            path = path.replace("kerastuner", "keras_tuner", 1)
        if _OBTAINED.match(path):
            return "keras.applications.obtain_input_shape"
        inside = _LAYER.match(path)
        return f"keras.layers.{inside[1]}" if inside else path

    def is_inert(self, path: str) -> bool:
        """Whether something of a library changes no model."""
        return bool(_INERT.match(path))

    def is_known(self, path: str) -> bool:
        """Whether a library is one whose functions leave alone what they are given, as far as models go."""
        root = path.partition(".")[0]
        known = root in ("numpy", "keras", "tensorflow", "sklearn", "pandas", "scipy", "builtins")
        return known or root in sys.stdlib_module_names or self.is_inert(path)

    def without_binding(self, name: str, node: ast.AST) -> Any:
        """What a name stands for that nothing binds: a name of a star import, of Python, or of Keras."""
        if name in self._machine.given:
            self._machine.used.add(name)
            return self._machine.given[name]
        for root in reversed(self._machine.scope.module.star_roots):
            path = self.canonical(f"{root}.{name}")
            if self._exists(path):
                constant = library.constant_of(path)
                return Library(path) if constant is MISSING else constant
        if hasattr(builtins, name):
            constant = library.constant_of(f"builtins.{name}")
            return Library(f"builtins.{name}") if constant is MISSING else constant
        if name in _CUSTOM:
            return Library(_CUSTOM[name])
        known = self._machine.session.path_of(name)
        if known:
            return Library(known)
        lost = self._machine.unknown(f"{name} is a name without a value", node)
        lost.cause.name = name
        return lost

    def _exists(self, path: str) -> bool:
        known = library.function_of(path) is not None or library.constant_of(path) is not MISSING
        return known or self._machine.session.is_known(path)

    def import_names(self, node: ast.Import) -> None:
        """``import a.b``, ``import a.b as c``."""
        store = self._machine.follow.store
        for one in node.names:
            root = one.name.partition(".")[0]
            found = self._sibling(one.name if one.asname else root, 0)
            if found is not None and one.name != root and not one.asname:
                self._sibling(one.name, 0)
            path = self.canonical(one.name) if one.asname else root
            store(one.asname or root, Library(self.canonical(path)) if found is None else found)

    def import_from(self, node: ast.ImportFrom) -> None:
        """``from a.b import c``, ``from .a import b``, ``from a import *``."""
        machine = self._machine
        module = node.module or ""
        found = self._sibling(module, node.level)
        for one in node.names:
            if one.name == "*":
                self._star(found, module)
                continue
            name = one.asname or one.name
            if found is None and node.level:
                machine.follow.store(
                    name, machine.unknown(f"{one.name} is imported from a file that is not here", node)
                )
            elif found is None:
                machine.follow.store(name, self._of_library(f"{module}.{one.name}"))
            else:
                machine.follow.store(name, self._of_file(found, module, one.name, node))

    def _of_library(self, path: str) -> Any:
        path = self.canonical(path)
        constant = library.constant_of(path)
        return Library(path) if constant is MISSING else constant

    def _of_file(self, found: Module, module: str, name: str, node: ast.ImportFrom) -> Any:
        value = found.names.names.get(name, MISSING)
        if value is MISSING:
            inner = self._sibling(f"{module}.{name}" if module else name, node.level)
            if inner is not None:
                return inner
            for root in found.star_roots:
                if self._exists(self.canonical(f"{root}.{name}")):
                    return self._of_library(f"{root}.{name}")
            return self._machine.unknown(f"{module} has no {name}", node)
        return value

    def _star(self, found: Module | None, module: str) -> None:
        if found is None:
            self._machine.scope.module.star_roots.append(self.canonical(module))
            return
        self._machine.scope.module.star_roots += found.star_roots
        every = found.names.names.get("__all__")
        for name, value in list(found.names.names.items()):
            if name in every if isinstance(every, list | tuple) else not name.startswith("_"):
                self._machine.follow.store(name, value)

    def _sibling(self, dotted: str, level: int) -> Module | None:
        """The file of the project that a module's name means, followed once; None for anything installed."""
        here = self._machine.scope.module.path
        if here is None or (not level and self._is_installed(dotted)):
            return None
        folder = os.path.dirname(os.path.abspath(here))
        for _ in range(level - 1):
            folder = os.path.dirname(folder)
        for base in [folder] if level else self._folders():
            path = os.path.join(base, *dotted.split(".")) if dotted else base
            for file in (f"{path}.py", os.path.join(path, "__init__.py")):
                if os.path.isfile(file):
                    return self._follow(os.path.abspath(file))
            if os.path.isdir(path) and dotted:
                return self._empty(path)
        return None

    def _is_installed(self, dotted: str) -> bool:
        root = dotted.partition(".")[0]
        return root in sys.stdlib_module_names or root in ("keras", "tensorflow", "numpy", "tf_keras")

    def _folders(self) -> list[str]:
        """The folders in which the script's own modules are looked for: its folder, and its project's."""
        path = self._machine.main.path
        if not path:
            return []
        folder = os.path.dirname(os.path.abspath(path))
        found = [folder]
        here = self._machine.scope.module.path
        if here and os.path.dirname(os.path.abspath(here)) not in found:
            found.append(os.path.dirname(os.path.abspath(here)))
        home = os.path.expanduser("~")
        for _ in range(_MOST_FOLDERS):
            if any(os.path.exists(os.path.join(folder, mark)) for mark in _PROJECT):
                break
            folder = os.path.dirname(folder)
            if folder in (home, os.path.dirname(folder)):
                break
            found.append(folder)
        return found

    def _empty(self, path: str) -> Module:
        """A folder of modules that has no code of its own."""
        return self._loaded.setdefault(path, Module(Source(path, ""), os.path.join(path, "__init__.py")))

    def _follow(self, file: str) -> Module | None:
        """The module of a file, followed at its first import; within a circle, as far as it has been followed."""
        if file in self._loaded:
            return self._loaded[file]
        machine = self._machine
        try:
            source = read_file(file)
        except ConvcalcError:
            return None
        module = self._loaded[file] = Module(source, file)
        module.names.names["__name__"] = os.path.basename(file).removesuffix(".py")
        outside, machine.frame = machine.frame, Frame(module.names)
        try:
            for cell in cells(source):
                machine.follow.top(cell.body)
        finally:
            machine.frame = outside
        return module


__all__ = ["Inert", "Modules", "Unknown"]
