"""How wide texts are on a terminal, in cells: East Asian characters take two, combining marks none."""

from __future__ import annotations

# What takes no cell: marks on the character before, and characters that only say how others are drawn.
_NONE = ("Mn", "Me", "Cf")


def width(text: str) -> int:
    """The cells that a text takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def padded(text: str, cells: int, *, right: bool = False) -> str:
    """The text with blanks behind it, or before it where it is to stand to the ``right``, up to ``cells`` cells."""
    blanks = " " * (cells - width(text))
    return blanks + text if right else text + blanks


def fitting(text: str, cells: int) -> int:
    """How many characters of a text fit into ``cells`` cells, with the marks that belong to the last."""
    if text.isascii():
        return min(len(text), cells)
    taken = 0
    for at, character in enumerate(text):
        taken += _cells(character)
        if taken > cells:
            return at
    return len(text)


def _cells(character: str) -> int:
    import unicodedata  # only for what is not ASCII

    if unicodedata.category(character) in _NONE and character != "\xad":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
