"""Whole numbers as programs come by them: expressions that have a wanted value, and statements that bind names.

The statements are Python alone, so they are executed as they are drawn, and what they bind is known.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from random import Random
from typing import Any

LARGEST = 48
PRELUDE = """\
import collections, contextlib, dataclasses, enum, functools, itertools, math, operator, os, string
from collections import OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass
from functools import partial, reduce
import numpy as np"""

# Statements that bind names from the whole numbers {a}, {b}, {c} and the new name {n}.
STATEMENTS = """\
{n} = {a}
---
{n}, {n}_b = {a}, {b}
---
{n}, *{n}_rest = [{a}, {b}, {c}]
{n}_b = len({n}_rest)
---
({n}, {n}_b), {n}_c = ({a}, {b}), {c}
---
{n} = {n}_b = {a}
---
{n}: int = {a}
{n} += {b}
---
{n} = {a}
{n} *= 3
{n} //= 2
{n} %= 37
{n} += 1
---
{n} = 0
for {n}_i in range(4):
    {n} += {n}_i
    if {n} > {a}:
        break
else:
    {n} = {b}
---
{n} = 1
while {n} < {a}:
    {n} *= 2
---
{n} = 1
while True:
    {n} += 3
    if {n} % 2:
        continue
    if {n} >= {a}:
        break
---
try:
    {n} = int('x')
except ValueError:
    {n} = {a}
---
try:
    {n} = {{'a': {a}}}['b']
except (KeyError, IndexError):
    {n} = {b}
finally:
    {n}_b = {c}
---
try:
    {n} = {a}
except Exception as error:
    {n} = 1
else:
    {n} += 1
---
def {n}_f(v):
    if v > 5:
        raise ValueError('too large')
    return v
try:
    {n} = {n}_f({a})
except ValueError as error:
    {n} = {b}
---
match {a}:
    case 1 | 2 | 3:
        {n} = 5
    case v if v > 20:
        {n} = v - 7
    case _:
        {n} = {b}
---
match ('conv', {a}):
    case ('dense', v):
        {n} = 2
    case ('conv', v):
        {n} = v
---
match {{'kind': 'dense', 'units': {a}}}:
    case {{'kind': 'dense', 'units': v}}:
        {n} = v
    case _:
        {n} = 3
---
match [{a}, {b}, {c}]:
    case [first, *others]:
        {n} = first + len(others)
---
def {n}_f(v, k={a}, *rest, more=2, **named):
    return v + k + len(rest) + more + len(named)
{n} = {n}_f({b})
{n}_b = {n}_f(1, 2, 3, 4, more=5, other=6)
{n}_c = {n}_f(k=3, v={c})
---
def {n}_f(v):
    def inner(w):
        return v + w
    return inner
{n} = {n}_f({a})({b})
---
def {n}_f():
    count = {a}
    def more(k=1):
        nonlocal count
        count += k
        return count
    return more
{n}_g = {n}_f()
{n}_g()
{n} = {n}_g(2)
---
{n} = {a}
def {n}_f(k):
    global {n}
    {n} = {n} + k
{n}_f({b})
---
def {n}_f(k):
    for i in range(k):
        if i % 2:
            yield i
    yield {a}
{n} = sum({n}_f(6))
{n}_b = [*{n}_f(4)][-1]
{n}_c = next({n}_f(3))
---
def {n}_f(k):
    yield k
    yield from ({a}, {b})
{n}, {n}_b, {n}_c = {n}_f(7)
---
def {n}_twice(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return 2 * f(*args, **kwargs)
    return wrapper
@{n}_twice
def {n}_f(v):
    return v + 1
{n} = {n}_f({a})
{n}_b = len({n}_f.__name__)
---
@functools.lru_cache(maxsize=None)
def {n}_f(k):
    return k if k < 2 else {n}_f(k - 1) + {n}_f(k - 2)
{n} = {n}_f(7)
---
class {N}:
    units = {a}
    sizes = [{b}, {c}]
{n} = {N}.units
{n}_b = {N}.sizes[-1]
---
class {N}:
    def __init__(self, v, k=2):
        self.v = v
        self.k = k
    @property
    def both(self):
        return self.v + self.k
    @staticmethod
    def half(v):
        return v // 2 + 1
    @classmethod
    def of(cls, v):
        return cls(v, k=5)
    def __call__(self, w):
        return w + self.k
{n} = {N}({a}).both
{n}_b = {N}.half({b})
{n}_c = {N}.of(3).both
{n}_d = {N}(1)({c})
---
class {N}:
    def size(self):
        return {a}
class {N}Sub({N}):
    def size(self):
        return super().size() + 1
{n} = {N}Sub().size()
{n}_b = 3 if isinstance({N}Sub(), {N}) else 4
---
class {N}:
    def __init__(self):
        self._v = 1
    @property
    def v(self):
        return self._v
    @v.setter
    def v(self, new):
        self._v = new + 1
{n}_o = {N}()
{n}_o.v = {a}
{n} = {n}_o.v
---
class {N}:
    def __len__(self):
        return {a}
    def __getitem__(self, key):
        return key + {b}
    def __add__(self, other):
        return other + 1
    def __eq__(self, other):
        return True
{n} = len({N}())
{n}_b = {N}()[2]
{n}_c = {N}() + {c}
{n}_d = 4 if {N}() == 3 else 5
---
class {N}:
    def __enter__(self):
        return {a}
    def __exit__(self, *error):
        return False
with {N}() as {n}:
    {n}_b = {n} + 1
---
class {N}:
    def __iter__(self):
        yield {a}
        yield {b}
{n}, {n}_b = {N}()
---
@dataclass
class {N}:
    units: int
    depth: int = {a}
    def total(self):
        return self.units + self.depth
{n} = {N}({b}).total()
{n}_b = {N}(units=2, depth={c}).depth
---
@dataclass(frozen=True)
class {N}:
    units: int = {a}
    sizes: list = dataclasses.field(default_factory=lambda: [{b}])
{n} = {N}().sizes[0]
{n}_b = dataclasses.replace({N}(), units={c}).units
---
class {N}(enum.Enum):
    SMALL = {a}
    LARGE = {b}
{n} = {N}.SMALL.value
{n}_b = {N}['LARGE'].value
---
{N} = namedtuple('{N}', 'a b')
{n} = {N}({a}, b={b}).b
{n}_b, {n}_c = {N}({b}, {c})
---
{n}_list = []
for {n}_i, {n}_v in enumerate(({a}, {b}, {c})):
    {n}_list.append({n}_i + {n}_v)
{n} = {n}_list.pop()
{n}_b = max({n}_list)
---
{n}_dict = {{}}
for {n}_k, {n}_v in zip('abc', [{a}, {b}, {c}]):
    {n}_dict[{n}_k] = {n}_v
{n} = {n}_dict['b']
{n}_b = sum({n}_dict.values()) % 40 + 1
{n}_c = {n}_dict.pop('a')
{n}_d = len({n}_dict)
---
{n}_dict = dict(units={a}, rate=0.5)
{n}_dict.update(units={b}, more={c})
{n} = {n}_dict['units']
{n}_b = {{**{n}_dict, 'more': 7}}['more']
{n}_c = {n}_dict.setdefault('zz', 6)
{n}_d = ({n}_dict | {{'more': 8}})['more']
---
{n}_dict = defaultdict(list)
{n}_dict['a'].append({a})
{n}_dict['a'].append({b})
{n} = {n}_dict['a'][1]
---
{n}_list = [{a}, {b}]
{n}_list.insert(0, {c})
{n}_list.extend([1, 2])
{n}_list.reverse()
{n} = {n}_list[-1]
{n}_b = len({n}_list[1:])
{n}_c = {n}_list[::2][-1]
---
{n}_list = sorted([{a}, {b}, {c}], key=lambda v: -v)
{n} = {n}_list[0]
{n}_b = {n}_list.index({n}) + 1
---
{n}_rows = [[i * j for j in range(3)] for i in range(4)]
{n} = {n}_rows[3][2]
{n}_b = len([v for row in {n}_rows for v in row])
---
{n}_array = np.zeros(({a}, {b}))
{n}, {n}_b = {n}_array.shape
{n}_c = {n}_array.T.shape[0]
---
{n}_array = np.arange({a} * 6).reshape(-1, 3, 2)
{n} = {n}_array.shape[0]
{n}_b = {n}_array[0].shape[0]
---
{n}_array = np.array([{a}, {b}, {c}])
{n} = int({n}_array.max())
{n}_b = int({n}_array[1:].sum() % 30) + 1
{n}_c = len({n}_array[{n}_array > 5]) + 1
---
{n}_array = np.expand_dims(np.ones(({a}, 2)), 0)
{n} = {n}_array.shape[1]
{n}_b = np.concatenate([{n}_array, {n}_array], axis=1).shape[1]
{n}_c = np.stack([{n}_array] * 3).ndim
---
{n}_a, {n}_b = {a}, {b}
{n}_text = f'block{{{n}_a!r:>3}}_{{{n}_b:02d}}'
{n} = int({n}_text[-2:])
{n}_b = len({n}_text)
---
{n}_text = ','.join(str(v) for v in ({a}, {b}))
{n}, {n}_b = map(int, {n}_text.split(','))
---
if ({n} := {a}) > 10:
    {n}_b = {n}
else:
    {n}_b = {n} + 10
---
if {a} > 9 and not {b} < 3 or {c} == 7:
    {n} = 11
elif 3 <= {a} <= 8:
    {n} = 12
else:
    {n} = 13
---
{n}_f = lambda v, *more, k={a}: v + k + sum(more)
{n} = {n}_f({b})
{n}_b = {n}_f(1, 2, 3, k=4)
---
{n}_f = partial(lambda v, k: v * 2 + k, k={a})
{n} = {n}_f({b})
---
{n}_a, {n}_b = {a}, {b}
{n}_a, {n}_b = {n}_b, {n}_a
{n} = {n}_a
del {n}_a
---
{n}_set = {{{a}, {b}, {c}, {a}}}
{n} = len({n}_set)
{n}_b = min({n}_set | {{{b}}})
{n}_c = len({n}_set - {{{a}}}) + 1
---
assert {a} > 0, 'a size'
{n}_it = iter([{a}, {b}])
next({n}_it)
{n} = next({n}_it)
{n}_b = next({n}_it, {c})
---
@contextlib.contextmanager
def {n}_f(v):
    yield v + 1
with {n}_f({a}) as {n}:
    {n}_b = {b}
---
{n} = {a}
for {n}_i, {n}_j in itertools.product(range(2), range(3)):
    {n} += {n}_i * {n}_j
{n}_b = sum(itertools.chain([{b}], [1]))
{n}_c = list(itertools.accumulate([1, 2, 3]))[-1]
---
{n}_x = {n}_y = []
{n}_x.append({a})
{n} = {n}_y[0]
{n}_z = {n}_x[:]
{n}_z.append(1)
{n}_b = len({n}_x) + 2
---
def {n}_f(items=[]):
    items.append(1)
    return len(items)
{n}_f()
{n}_f()
{n} = {n}_f() + {a}
---
def {n}_f(d):
    d['a'] = {a}
    return None
{n}_d = {{}}
{n}_f({n}_d)
{n} = {n}_d['a']
""".removesuffix("\n").split("\n---\n")


class Sizes:
    """Draws whole numbers as expressions, and statements that bind them; knows what names stand for."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names: dict[str, Any] = {}
        self.count = 0
        exec(PRELUDE, self.names)

    def new(self, stem: str = "n") -> str:
        """A name that the program does not have so far."""
        self.count += 1
        return f"{stem}{self.count}"

    def statement(self) -> str:
        """Statements that bind one or more names to whole numbers."""
        name = self.new()
        numbers = {one: self.number(self.random.randint(2, 24)) for one in "abc"}
        text = self.random.choice(STATEMENTS).format(n=name, N=name.capitalize(), **numbers)
        with contextlib.redirect_stdout(io.StringIO()):
            exec(text, self.names)
        return text

    def known(self) -> Iterator[tuple[str, int]]:
        """The names that stand for a size."""
        return ((name, one) for name, one in self.names.items() if type(one) is int and 0 < one <= LARGEST)

    def number(self, n: int, depth: int = 2) -> str:
        """An expression that has the value ``n``, which is at least 1."""
        random = self.random
        names = list(self.known())
        if names and random.random() < 0.4:
            name, value = random.choice(names[-6:])
            return name if value == n else f"({name} + {n - value})" if value < n else f"({name} - {value - n})"
        if depth == 0 or random.random() < 0.4:
            return str(n)
        k = random.randint(1, 5)

        def part(value: int) -> str:
            return self.number(value, depth - 1) if value > 0 else str(value)

        true, false = self.truth(True), self.truth(False)
        ways = [
            f"({part(n - k)} + {k})", f"({part(n + k)} - {k})", f"({part(n * k)} // {k})",
            f"int({n}.7)", f"max({part(n)}, {k - 5})", f"[{k}, {part(n)}, 0][1]", f"{{'a': {part(n)}}}['a']",
            f"{{'a': {k}}}.get('b', {part(n)})", f"(lambda v: v + {k})({part(n - k)})", f"int('{n}')",
            f"int(math.sqrt({n * n}))", f"np.zeros(({part(n)}, {k})).shape[0]", f"np.array([[0] * {n}] * {k}).shape[-1]",
            f"len(np.unique(np.arange({3 * n}) % {n}))", f"int(np.prod([{n}, {k}]) // {k})", f"len('{'a' * n}')",
            f"({part(n)} if {true} else {k})", f"({k} if {false} else {part(n)})", f"[v for v in range({n + 5}) if v >= {n}][0]",
            f"next(v for v in ({n - 1}, {n}, {n + 1}) if v > {n - 1})", f"sorted([{n + 9}, {part(n)}, {n + 2}])[0]",
            f"reduce(lambda p, q: p + q, [{n - k}, {k - 1}, 1])", f"list(map(lambda v: v + 1, ({k}, {n - 1})))[1]",
            f"list(zip((1, 2), ({k}, {part(n)})))[1][1]", f"dict(a={k}, b={part(n)})['b']", f"divmod({7 * n + 3}, 7)[0]",
            f"abs(-{n})", f"round({n}.2)", f"int(f'{{{n}:d}}')", f"int('{k},{n}'.split(',')[-1])", f"({n} * ({k} < 9))",
            f"(np.concatenate([np.zeros(({k}, 2)), np.ones(({n}, 2))]).shape[0] - {k})", f"sum(v for v in ({n - k}, {k}))",
            f"([*range({n}), 0][-2] + 1)", f"len({{v % {n} for v in range({4 * n})}})", f"OrderedDict([('a', {part(n)})])['a']",
            f"len(list(itertools.chain(range({n - 1}), [1])))", f"({n} or {k})", f"({k} and {part(n)})", f"(-{n} * -1)",
            f"int({n} / 1)", f"math.ceil({n} - 0.5)", f"int(np.ceil({2 * n} / 2))", f"len([1] * {n})", f"({n},)[0]",
            f"operator.add({part(n - k)}, {k})", f"range({n + 1})[-1]", f"list(reversed([{part(n)}, {k}]))[-1]",
            f"(({n} ^ {k}) ^ {k})", f"({n} | 0)", f"len(tuple(range(0, {2 * n}, 2)))", f"sum([{n - k}], {k})",
            f"dict(zip('ab', ({part(n)}, {k})))['a']", f"{{**{{'a': {k}}}, 'a': {part(n)}}}['a']", f"max([{n}, {n - 1}], key=lambda v: v)",
            f"(lambda *v, **w: len(v) + w['k'])(1, k={n - 1})", f"int(str({part(n)}))", f"min({{'a': {n}, 'b': {n + 1}}}.values())",
            f"list(enumerate('ab', {part(n)}))[0][0]",
            f"int(np.asarray({n}))", f"np.full((2, {n}), 7).shape[1]", f"np.random.rand({k}, {n}).shape[1]", f"int(np.mean([{n}, {n}]))",
        ]  # fmt: skip
        return random.choice(ways)

    def truth(self, value: bool) -> str:
        """An expression of this truth."""
        k = self.random.randint(2, 9)
        ways = (
            f"{k} > 1", "isinstance(3, int)", f"'a' in {{'a': {k}}}", "not []", "len('abc') == 3", f"1 < {k} <= 9",
            "all(v > 0 for v in (1, 2))", "any([0, 1])", "'conv2d'.startswith('conv')", "callable(len)", f"{k} in range(2, 10)",
            "'x' not in ['y']", "None is None", "bool({1})", "type(3) is int", "'ab'.upper() == 'AB'", "3 != 4",
            "isinstance([1], (list, tuple))", "not (1 > 2 or 2 > 3)", "hasattr('a', 'upper')", "{1, 2} == {2, 1}",
        )  # fmt: skip
        text = self.random.choice(ways)
        return text if value else f"not ({text})"
