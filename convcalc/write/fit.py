"""The widths of columns in which no text is cut: wider ones where there is room, else words on several lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

# A word, with the blanks that indent it at the start of a line: what rich cuts rather than wraps.
_WORD = re.compile(r"^[^\S\n]*\S+|\S+", re.MULTILINE)
# Where a long word goes on in the next line: behind these characters, and before a capital.
_BREAK = re.compile(r"(?<=[-_./,\])])|(?<=[a-z])(?=[A-Z])|(?<=\dD)(?=[A-Z])")


def fitted(widths: Sequence[int], columns: Sequence[Sequence[Text]], room: int | None, console: Console) -> list[int]:
    """The text widths of columns, from Keras's ``widths`` up, for texts that may share ``room`` cells (None: any).

    A column grows to its longest word. Where that is too much together, columns give up what they do not need, and
    where that is not enough, long words are to be put on several lines (`folded`).
    """
    least = [uncut(texts, 1, console) for texts in columns]
    wanted = [max(pair) for pair in zip(widths, least, strict=True)]
    if room is None or sum(wanted) <= room:
        return wanted
    return _lowered(wanted, room, least) if sum(least) <= room else _lowered(least, room, [1] * len(least))


def _lowered(widths: Sequence[int], room: int, least: Sequence[int]) -> list[int]:
    """The widths with the widest made narrower, one cell at a time, until they fit or none can be made narrower."""
    widths = list(widths)
    while sum(widths) > room:
        able = [at for at, width in enumerate(widths) if width > least[at]]
        if not able:
            break
        widths[max(able, key=lambda at: widths[at])] -= 1
    return widths


def folded(text: Text, width: int) -> Text:
    """The text with line breaks inside the words that are longer than ``width`` cells."""
    if longest_word(text) <= width:
        return text
    ends = [end for word in _WORD.finditer(text.plain) for end in _ends(word[0], word.start(), width)]
    return Text("\n").join(text.divide(ends))


def _ends(word: str, start: int, width: int) -> Iterator[int]:
    """Where a word that begins at ``start`` of its text goes on in the next line."""
    while cell_len(word) > width:
        count = 1
        while cell_len(word[: count + 1]) <= width:
            count += 1
        places = [place.start() for place in _BREAK.finditer(word) if count // 2 < place.start() <= count]
        count = max(places, default=count)
        start, word = start + count, word[count:]
        yield start


def uncut(texts: Sequence[Text], width: int, console: Console) -> int:
    """The least width, from ``width`` up, in which rich wraps the texts without cutting any."""
    width = max(width, *map(longest_word, texts))
    # Before it cuts, rich drops blanks by characters and not by cells, so that wide ones need a look.
    wide = [text for text in texts if not text.plain.isascii()]
    while any(_is_cut(text, width, console) for text in wide):
        width += 1
    return width


def _is_cut(text: Text, width: int, console: Console) -> bool:
    return sum(line.plain.count("…") for line in text.wrap(console, width, overflow="ellipsis")) > text.plain.count("…")


def longest_word(text: Text) -> int:
    """The cells of the longest word, which rich cuts rather than wraps; indent included."""
    return max(map(cell_len, _WORD.findall(text.plain.expandtabs(8))), default=0)
