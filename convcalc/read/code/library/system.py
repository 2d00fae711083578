"""The modules around a script: ``os``, ``sys``, ``random``, ``json``, ``string``, ``time``, ``typing``.

What depends on files, on the environment, on the clock or on chance is unknown.
"""

from __future__ import annotations

import json
import posixpath
import re
import string
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.read.code.library import Table
from convcalc.read.code.library.inspection import exit_
from convcalc.read.code.library.plain import MOST_MEMBERS, Row, lost_in, members, not_plain, room_of_text
from convcalc.read.code.values import Thing, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
_PATHS = ("basename", "dirname", "isabs", "join", "normpath", "split", "splitext", "commonprefix")
_OF_FILES = (
    "os.path.exists", "os.path.isfile", "os.path.isdir", "os.path.getsize", "os.path.getmtime", "os.path.abspath",
    "os.path.realpath", "os.path.expanduser", "os.path.expandvars", "os.path.relpath", "os.path.lexists",
    "os.path.samefile", "os.listdir", "os.walk", "os.scandir", "os.getcwd", "os.getcwdb", "os.getpid", "os.cpu_count",
    "os.stat", "os.popen", "os.uname", "glob.glob", "glob.iglob", "json.load", "pickle.load", "pickle.loads",
    "csv.reader", "csv.DictReader", "sys.getsizeof", "platform.system", "platform.platform", "socket.gethostname",
    "getpass.getuser", "tempfile.mkdtemp", "tempfile.gettempdir", "uuid.uuid4", "multiprocessing.cpu_count",
)  # fmt: skip
_NOTHING = (
    "os.makedirs", "os.mkdir", "os.remove", "os.unlink", "os.rmdir", "os.rename", "os.chdir", "os.putenv", "os.system",
    "os.unsetenv", "os.symlink", "json.dump", "pickle.dump", "random.seed", "random.setstate", "time.sleep",
    "sys.path.append", "sys.path.insert", "sys.stdout.write", "sys.stdout.flush", "sys.stderr.write",
    "sys.stderr.flush", "sys.setrecursionlimit", "shutil.rmtree", "shutil.copy", "shutil.move", "shutil.copytree",
)  # fmt: skip
_RANDOM = (
    "random", "randint", "uniform", "randrange", "gauss", "normalvariate", "betavariate", "expovariate", "getrandbits",
    "triangular", "lognormvariate", "Random", "SystemRandom", "getstate",
)  # fmt: skip


def _of_paths(name: str) -> Callable[..., Any]:
    function = getattr(posixpath, name)

    def call(site: Site, *parts: Any) -> Any:
        lost = not_plain(site, parts)
        if lost:
            return lost
        return function(*parts)

    return call


for _name in _PATHS:
    TABLE(f"os.path.{_name}")(_of_paths(_name))
TABLE.constants |= {"os.sep": "/", "os.path.sep": "/", "os.linesep": "\n", "os.pathsep": ":"}


@TABLE(*_OF_FILES, unknown=True)
def of_files(site: Site, *_args: Any, **_named: Any) -> Any:
    """What depends on the files and on the machine."""
    return site.unknown(f"{site.text} depends on the computer that runs the script")


@TABLE(*_NOTHING, unknown=True)
def nothing(site: Site, *_args: Any, **_named: Any) -> None:
    """What changes nothing that a model depends on."""


class Environment(Thing):
    """``os.environ``: what a script sets is accepted, and what it reads is not known."""

    def get(self, site: Site, name: Any, *default: Any) -> Any:
        """A variable of the environment: the default, if there is one."""
        return lost_in(name) or (default[0] if default else self.part_of(site, name))

    def setdefault(self, site: Site, name: Any, default: Any = None) -> Any:
        """A variable of the environment, set if it is not."""
        return self.get(site, name, default)

    def part_of(self, site: Site, key: Any) -> Any:
        """A variable of the environment."""
        return key if isinstance(key, Unknown) else site.unknown(f"the environment's {str(key)[:60]} is not known")

    def set_part(self, site: Site, key: Any, value: Any) -> None:
        """Sets a variable of the environment."""

    def contains(self, site: Site, key: Any) -> Any:
        """Whether a variable is set."""
        return self.part_of(site, key)

    def update(self, site: Site, *_args: Any, **_named: Any) -> None:
        """Sets variables of the environment."""

    def pop(self, site: Site, name: Any, *_default: Any) -> Any:
        """Takes a variable out of the environment."""
        return self.part_of(site, name)

    def copy(self, site: Site) -> Any:
        """A copy of the environment."""
        return self


TABLE.constants["os.environ"] = Environment()


@TABLE("os.getenv", unknown=True)
def getenv(site: Site, name: Any, *default: Any) -> Any:
    """A variable of the environment: the default, if there is one."""
    return Environment().get(site, name, *default)


# sys


TABLE("sys.exit", "os._exit", "os.abort", unknown=True)(exit_)


class Arguments(Thing):
    """``sys.argv``: the words of the command line, which are not known."""

    def length(self, site: Site) -> Any:
        """The number of words."""
        return site.unknown("sys.argv has the words of the command line, which are not known")

    def items_of(self, site: Site) -> Any:
        """The words."""
        return self.length(site)

    def part_of(self, site: Site, key: Any) -> Any:
        """A word, or several."""
        return self.length(site)

    def contains(self, site: Site, key: Any) -> Any:
        """Whether a word is there."""
        return self.length(site)


_VERSION = Row(("major", "minor", "micro", "releaselevel", "serial"), list(sys.version_info))
TABLE.constants |= {
    "sys.argv": Arguments(),
    "sys.version_info": _VERSION,
    "sys.maxsize": 2**63 - 1,
    "typing.TYPE_CHECKING": False,
    "os.name": "posix",
}
TABLE.constants |= {
    f"string.{name}": getattr(string, name)
    for name in (
        "ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "hexdigits", "octdigits", "punctuation",
        "printable", "whitespace",
    )
}  # fmt: skip


@TABLE("typing.cast", unknown=True)
def cast(site: Site, _kind: Any, value: Any) -> Any:
    """The value itself."""
    return value


@TABLE(
    "packaging.version.parse",
    "packaging.version.Version",
    "distutils.version.StrictVersion",
    "distutils.version.LooseVersion",
)
def version(site: Site, text: Any) -> Any:
    """A version of a library: its numbers, which are compared one by one."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{1,6}(\.\d{1,6}){0,9}", text):
        return site.unknown(f"{site.text} is given no version that is known")
    return tuple(int(part) for part in re.sub(r"(\.0+)+$", "", text).split("."))


# random


@TABLE(*(f"random.{name}" for name in _RANDOM), "secrets.randbelow", "secrets.token_hex", unknown=True)
def chance(site: Site, *_args: Any, **_named: Any) -> Any:
    """What depends on chance."""
    return site.unknown(f"{site.text} is random")


@TABLE("random.choice", unknown=True)
def choice(site: Site, values: Any) -> Any:
    """One of the members."""
    found = members(site, values)
    if isinstance(found, Unknown):
        return found
    return found[0] if len(found) == 1 else site.unknown(f"{site.text} is random")


@TABLE("random.choices", unknown=True)
def choices(site: Site, values: Any, *_weights: Any, k: Any = 1, **_named: Any) -> Any:
    """Several of the members, each as often as chance has it."""
    return sample(site, values, k)


@TABLE("random.sample", unknown=True)
def sample(site: Site, values: Any, k: Any, **_named: Any) -> Any:
    """Several of the members: their number is known."""
    lost = lost_in(values, k)
    if lost:
        return lost
    if not isinstance(k, int) or not 0 <= k <= MOST_MEMBERS:
        return site.unknown(f"{site.text} is random")
    return [site.unknown(f"{site.text} is random") for _ in range(k)]


@TABLE("random.shuffle", unknown=True)
def shuffle(site: Site, values: Any, *_random: Any) -> Any:
    """Puts the members of a list in an order that is not known."""
    lost = site.unknown(f"{site.text} makes the order random")
    if isinstance(values, list):
        site.machine.journal.touch(values)
        values[:] = [Unknown(lost.cause) for _ in values] if len(values) > 1 else values
        return None
    if not isinstance(values, Unknown):
        site.machine.taint(values, lost)
    return lost_in(values)


# json


@TABLE("json.dumps")
def dumps(site: Site, value: Any, **options: Any) -> Any:
    """A value as JSON text."""
    if set(options) - {"sort_keys", "ensure_ascii"} and options.get("indent") not in (None, 1, 2, 4, 8):
        return site.unknown(f"{site.text} is not followed with these options")
    lost = not_plain(site, value)
    if lost:
        return lost
    made = json.dumps(value, **options)
    return room_of_text(site, len(made)) or made


@TABLE("json.loads")
def loads(site: Site, text: Any) -> Any:
    """The value of a JSON text."""
    lost = room_of_text(site, len(text))
    if lost or text.count("[") + text.count("{") > 1000:
        return lost or site.unknown("so large a JSON text is not followed")
    return json.loads(text)
