"""The module ``re``, for patterns and texts so simple that a search cannot take long."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcalc.read.code.library import Table
from convcalc.read.code.library.plain import room, room_of_text
from convcalc.read.code.values import Thing, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
_MOST_PATTERN = 200
# The longest text that is searched, by the number of repetitions in the pattern.
_MOST_TEXT = {0: 10_000, 1: 2_000, 2: 200}
_REPEATED_GROUP = re.compile(r"\)\s*[*+{]|\\[1-9]|\(\?[^:P]|\(\?P[^<]")


class Pattern(Thing):
    """A pattern that has been compiled."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        super().__init__()
        self._pattern = pattern

    def _lost(self, site: Site, text: Any) -> Unknown | None:
        """Why a text is not searched."""
        repeated = len(re.findall(r"(?<!\\)[*+{]", self._pattern.pattern))
        if isinstance(text, str) and len(text) <= _MOST_TEXT.get(repeated, 0):
            site.spend(10)
            return None
        return site.unknown(f"{site.text} is not followed with this pattern and this text")

    def sub(self, site: Site, new: Any, text: Any, count: int = 0) -> Any:
        """The text with what fits replaced."""
        lost = self._lost(site, text)
        if lost or not isinstance(new, str):
            return lost or site.unknown(f"{site.text} is not followed with a function")
        lost = room_of_text(site, (len(text) + 1) * (1 + len(new)) * (1 + new.count("\\") * len(text)))
        return lost or self._pattern.sub(new, text, count)

    def findall(self, site: Site, text: Any) -> Any:
        """All that fits."""
        return self._lost(site, text) or self._pattern.findall(text)

    def split(self, site: Site, text: Any, maxsplit: int = 0) -> Any:
        """The parts of the text between what fits."""
        lost = self._lost(site, text) or room(site, len(text))
        return lost or self._pattern.split(text, maxsplit)

    def match(self, site: Site, text: Any) -> Any:
        """What fits at the beginning."""
        return self._lost(site, text) or _found(self._pattern.match(text))

    def search(self, site: Site, text: Any) -> Any:
        """What fits first."""
        return self._lost(site, text) or _found(self._pattern.search(text))

    def fullmatch(self, site: Site, text: Any) -> Any:
        """The whole text, if it fits."""
        return self._lost(site, text) or _found(self._pattern.fullmatch(text))


class Match(Thing):
    """What fits a pattern."""

    def __init__(self, match: re.Match[str]) -> None:
        super().__init__()
        self._match = match

    def group(self, site: Site, *names: Any) -> Any:
        """A part of what fits."""
        return self._match.group(*names)

    def groups(self, site: Site, default: Any = None) -> Any:
        """All parts of what fits."""
        return self._match.groups(default)

    def groupdict(self, site: Site, default: Any = None) -> Any:
        """All parts of what fits, by their names."""
        return self._match.groupdict(default)

    def start(self, site: Site, *name: Any) -> Any:
        """Where a part begins."""
        return self._match.start(*name)

    def end(self, site: Site, *name: Any) -> Any:
        """Where a part ends."""
        return self._match.end(*name)

    def span(self, site: Site, *name: Any) -> Any:
        """Where a part begins and ends."""
        return self._match.span(*name)

    def part_of(self, site: Site, key: Any) -> Any:
        """A part of what fits."""
        return self._match[key]


def _found(match: re.Match[str] | None) -> Match | None:
    return None if match is None else Match(match)


@TABLE("re.compile")
def compiled(site: Site, pattern: Any, flags: Any = 0) -> Any:
    """A pattern."""
    if isinstance(pattern, Pattern):
        return pattern
    if not isinstance(pattern, str) or flags or len(pattern) > _MOST_PATTERN or _REPEATED_GROUP.search(pattern):
        return site.unknown(f"{site.text} is not followed with this pattern")
    try:
        return Pattern(re.compile(pattern))
    except re.error:
        return site.unknown("this is no pattern")


def _search(name: str) -> Any:
    def call(site: Site, pattern: Any, *args: Any, **named: Any) -> Any:
        made = compiled(site, pattern, named.pop("flags", 0))
        return made if isinstance(made, Unknown) else getattr(made, name)(site, *args, **named)

    return call


for _name in ("sub", "findall", "split", "match", "search", "fullmatch"):
    TABLE(f"re.{_name}")(_search(_name))


@TABLE("re.escape")
def escape(site: Site, text: Any) -> Any:
    """A text as a pattern that fits it."""
    return room_of_text(site, 2 * len(text)) or re.escape(text)
