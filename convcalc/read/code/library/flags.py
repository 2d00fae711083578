"""The options of a command line, ``argparse`` and ``absl.flags``: each has its default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.read.code.library import Table
from convcalc.read.code.library.plain import Namespace, lost_in
from convcalc.read.code.signals import Thrown
from convcalc.read.code.values import Library, Thing, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
_ACTIONS = {"store_true": False, "store_false": True}


class Parser(Thing):
    """``argparse.ArgumentParser``: its options by their names in the script, with their defaults."""

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__()
        self.defaults = options

    def add_argument(self, site: Site, *names: Any, **settings: Any) -> Any:
        """Adds an option."""
        lost = lost_in(*names, *(settings.get(one) for one in ("dest", "action", "nargs", "required")))
        if lost:
            site.machine.taint(self, lost)
            return lost
        name = settings.get("dest") or _name_of([str(one) for one in names])
        if settings.get("action") not in ("version", "help"):
            site.machine.journal.touch(self.defaults)
            self.defaults[name] = _default(site, names, settings)
        return Thing()

    def add_argument_group(self, site: Site, *_names: Any, **_settings: Any) -> Any:
        """A group of options."""
        return self

    def add_mutually_exclusive_group(self, site: Site, **_settings: Any) -> Any:
        """A group of options of which one is given."""
        return self

    def set_defaults(self, site: Site, **defaults: Any) -> None:
        """Gives options other defaults."""
        site.machine.journal.touch(self.defaults)
        self.defaults.update(defaults)

    def get_default(self, site: Site, name: Any) -> Any:
        """The default of an option."""
        return self.defaults.get(name)

    def add_subparsers(self, site: Site, *_names: Any, **_settings: Any) -> Any:
        """Commands of a command, which are not followed."""
        lost = site.unknown("which command is given is not known")
        site.machine.taint(self, lost)
        return lost

    def parse_args(self, site: Site, args: Any = None, namespace: Any = None) -> Any:
        """The options: each has its default."""
        if args or namespace is not None:
            return lost_in(args) or site.unknown("options that the script gives itself are not followed")
        return Namespace(dict(self.defaults))

    def parse_known_args(self, site: Site, args: Any = None, namespace: Any = None) -> Any:
        """The options, and what else is given: nothing."""
        found = self.parse_args(site, args, namespace)
        return found if isinstance(found, Unknown) else (found, [])

    def print_help(self, site: Site, *_file: Any) -> None:
        """Shows the options."""

    print_usage = print_help

    def error(self, site: Site, *_message: Any) -> Any:
        """Ends the script."""
        raise Thrown(Library("builtins.SystemExit"), site.node)


def _name_of(names: list[str]) -> str:
    """The name by which the script reads an option."""
    long = [one for one in names if one.startswith("--")] or names
    return long[0].lstrip("-").replace("-", "_") if long else ""


def _default(site: Site, names: tuple[Any, ...], settings: dict[str, Any]) -> Any:
    """What an option has that is not given."""
    flag = str(names[0]) if names else ""
    by_place = not flag.startswith("-")
    optional = by_place and settings.get("nargs") in ("?", "*")
    if settings.get("required") or by_place and not optional:
        return site.unknown(f"the command line must give {flag}")
    action = settings.get("action")
    if isinstance(action, str) and action in _ACTIONS:
        return settings.get("default", _ACTIONS[action])
    default = settings.get("default")
    if default is None and by_place and settings.get("nargs") == "*":
        return []
    kind = settings.get("type")
    return site.call(kind, default) if isinstance(default, str) and kind is not None else default


@TABLE("argparse.Namespace", unknown=True)
def namespace(site: Site, **named: Any) -> Any:
    """An object with attributes."""
    return Namespace(named)


@TABLE("argparse.ArgumentParser", unknown=True)
def parser(site: Site, *_args: Any, parents: Any = (), argument_default: Any = None, **_settings: Any) -> Any:
    """A parser of options."""
    if argument_default is not None or not isinstance(parents, list | tuple):
        return lost_in(argument_default, parents) or site.unknown(f"{site.text} is not followed with these options")
    lost = lost_in(*parents)
    options: dict[str, Any] = {}
    for one in parents:
        if isinstance(one, Parser):
            options |= one.defaults
    return lost or Parser(options)


# absl


_KINDS = (
    "integer",
    "float",
    "string",
    "bool",
    "boolean",
    "enum",
    "list",
    "multi_integer",
    "multi_string",
    "spaceseplist",
)


@TABLE(
    *(
        f"{root}.DEFINE_{kind}"
        for root in ("absl.flags", "tensorflow.flags", "tensorflow.app.flags")
        for kind in _KINDS
    ),
    unknown=True,
)
def define(site: Site, name: Any, default: Any = None, *_help: Any, **_options: Any) -> Any:
    """An option, whose value is its default."""
    lost = lost_in(name, default)
    if lost:
        return lost
    if default is None:
        default = site.unknown(f"the command line may give {name}")
    return Namespace({"value": default, "name": name, "default": default})
