"""keras_tuner: hyperparameters at their defaults, tuners that build models with them; scikit-learn's wrappers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.read.code.library import Table
from convcalc.read.code.values import MISSING, Inert, Thing

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()


class HyperParameters(Thing):
    """``hp``: every hyperparameter has its default, as at the first trial."""

    def __init__(self) -> None:
        super().__init__()
        self._values: dict[str, Any] = {}

    def _value(self, site: Site, name: str, default: Any, first: Any) -> Any:
        if name not in self._values:
            self._values[name] = first if default is MISSING or default is None else default
            where = f"{site.place.location}: " if site.place else ""
            site.machine.note(f"{where}the hyperparameter {name} is taken at its default, {self._values[name]!r}")
        return self._values[name]

    def Int(
        self, site: Site, name: str, min_value: Any, max_value: Any, *args: Any, default: Any = MISSING, **rest: Any
    ) -> Any:
        """A whole number: its default, else the least."""
        return self._value(site, name, default, min_value)

    def Float(
        self, site: Site, name: str, min_value: Any, max_value: Any, *args: Any, default: Any = MISSING, **rest: Any
    ) -> Any:
        """A number: its default, else the least."""
        return self._value(site, name, default, min_value)

    def Choice(self, site: Site, name: str, values: Any, *args: Any, default: Any = MISSING, **rest: Any) -> Any:
        """One of several values: its default, else the first."""
        return self._value(site, name, default, values[0])

    def Boolean(self, site: Site, name: str, default: Any = False, **rest: Any) -> Any:
        """Yes or no."""
        return self._value(site, name, default, False)

    def Fixed(self, site: Site, name: str, value: Any, **rest: Any) -> Any:
        """A value that no trial changes."""
        return self._value(site, name, value, value)

    def get(self, site: Site, name: str) -> Any:
        """The value of a hyperparameter."""
        return self._values[name] if name in self._values else site.unknown(f"no hyperparameter is called {name!r}")


class Tuner(Thing):
    """A tuner: the function or the object that builds its model, which is called with the defaults."""

    def __init__(self, site: Site, hypermodel: Any) -> None:
        super().__init__()
        self._build = hypermodel
        self._hp = HyperParameters()
        self.attributes["hypermodel"] = self

    def build(self, site: Site, hp: Any) -> Any:
        """The model for hyperparameters."""
        own = site.machine.attribute(self._build, "build", site.node)
        return site.call(self._build if own is MISSING else own, hp)

    def get_best_hyperparameters(self, site: Site, num_trials: int = 1) -> list[Any]:
        """The hyperparameters: at their defaults, as no trial is run."""
        self.build(site, self._hp)
        return [self._hp] * num_trials

    def get_best_models(self, site: Site, num_models: int = 1) -> list[Any]:
        """Models for the hyperparameters at their defaults."""
        return [self.build(site, self._hp) for _ in range(min(num_models, 100))]

    def search(self, site: Site, *args: Any, **rest: Any) -> Inert:
        """Trials, which are passed over."""
        return site.inert()

    def search_space_summary(self, site: Site, *args: Any, **rest: Any) -> Inert:
        """A text, which is passed over."""
        return site.inert()

    def results_summary(self, site: Site, *args: Any, **rest: Any) -> Inert:
        """A text, which is passed over."""
        return site.inert()


@TABLE("keras_tuner.HyperParameters", "keras_tuner.engine.hyperparameters.HyperParameters")
def hyperparameters(site: Site) -> HyperParameters:
    """Hyperparameters at their defaults."""
    return HyperParameters()


@TABLE(
    *(f"keras_tuner.{kind}" for kind in ("RandomSearch", "Hyperband", "BayesianOptimization", "GridSearch")),
    *(f"keras_tuner.tuners.{kind}" for kind in ("RandomSearch", "Hyperband", "BayesianOptimization", "GridSearch")),
    unknown=True,
)
def tuner(site: Site, hypermodel: Any, *args: Any, **rest: Any) -> Tuner:
    """A tuner."""
    return Tuner(site, hypermodel)


class Wrapped(Thing):
    """A model that scikit-learn trains: it is built when it is fitted, and here at once."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.attributes.update(model=model, model_=model)

    def fit(self, site: Site, *args: Any, **rest: Any) -> Inert:
        """Training, which is passed over."""
        return site.inert()

    def predict(self, site: Site, *args: Any, **rest: Any) -> Inert:
        """Predictions, which are not known."""
        return site.inert()

    score = predict_proba = get_params = set_params = predict


@TABLE(
    *(
        f"keras.wrappers.{place}{kind}"
        for place in ("scikit_learn.", "")
        for kind in ("KerasClassifier", "KerasRegressor")
    ),
    *(f"scikeras.wrappers.{kind}" for kind in ("KerasClassifier", "KerasRegressor")),
    unknown=True,
)
def wrapped(site: Site, build_fn: Any = None, *args: Any, model: Any = None, **rest: Any) -> Any:
    """The model that a function makes, as scikit-learn's wrapper makes it when it is fitted."""
    function = build_fn if build_fn is not None else model
    node = getattr(function, "node", None)
    names = [one.arg for one in (*node.args.args, *node.args.kwonlyargs)] if node is not None else []
    return Wrapped(site.call(function, **{name: value for name, value in rest.items() if name in names}))
