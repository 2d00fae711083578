"""Linear algebra on the last two axes: determinants, inverses, factors of matrices, systems of equations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Positions
from convcalc.errors import ShapeError
from convcalc.layers.ops.operands import WHOLE, Operation, need_rank
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Dim, Shape, show


class _OfMatrix(Operation):
    """NumPy's function of matrices of the same name."""

    positions = Positions(move=True)
    square = False  # whether rows and columns must be as many
    sized = False  # whether their numbers must be known

    def output(self, x: Shape) -> Shape:
        """The shape of the first result; `ShapeError` for what is no matrix that will do."""
        need_rank(self.kind, x, 2)
        rows, columns = x[-2:]
        if self.square and rows != columns:
            raise ShapeError(f"{show(x)} is no square matrix", code="wrong-rank")
        if self.sized and None in (rows, columns):
            raise ShapeError(f"{self.kind} needs the numbers of rows and columns", code="unknown-size")
        return self.results(x[:-2], rows, columns)[0]

    def more(self, x: Shape, y: Shape) -> tuple[Shape, ...]:
        """The shapes of the other results."""
        return tuple(self.results(x[:-2], *x[-2:])[1:])

    def results(self, batch: Shape, rows: Dim, columns: Dim) -> list[Shape]:
        """The shapes of all results, for so many rows and columns behind the ``batch``."""
        return [(*batch, rows, columns)]

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """NumPy's results."""
        found = getattr(np.linalg, self.kind.lower())(*inputs, **self.options())
        return tuple(found) if isinstance(found, tuple) else np.asarray(found)

    def options(self) -> dict[str, Any]:
        """What NumPy's function is told."""
        return {}


class Det(_OfMatrix):
    """The determinants of matrices."""

    square = True

    def results(self, batch: Shape, rows: Dim, columns: Dim) -> list[Shape]:
        """A number for each matrix."""
        return [batch]


class Inv(_OfMatrix):
    """The inverses of matrices."""

    square = True


class Cholesky(_OfMatrix):
    """The triangles whose square is the matrix."""

    square = True

    upper: bool = arg(t.flag, default=False, doc="whether the triangle is the upper one")

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """The triangles."""
        lower = np.linalg.cholesky(inputs[0])
        return np.ascontiguousarray(lower.swapaxes(-1, -2)) if self.upper else lower


class CholeskyInverse(_OfMatrix):
    """The inverses of the matrices whose triangles are given."""

    square = True

    upper: bool = arg(t.flag, default=False, doc="whether the triangle is the upper one")

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """The inverses."""
        factor = inputs[0].swapaxes(-1, -2) if self.upper else inputs[0]
        return np.linalg.inv(factor @ factor.swapaxes(-1, -2))


class Eig(_OfMatrix):
    """The eigenvalues and eigenvectors of matrices."""

    square = True

    def results(self, batch: Shape, rows: Dim, columns: Dim) -> list[Shape]:
        """The values, and the vectors as columns."""
        return [(*batch, rows), (*batch, rows, columns)]


class Eigh(_OfMatrix):
    """The eigenvalues and eigenvectors of symmetric matrices."""

    square = True
    results = Eig.results


class LuFactor(_OfMatrix):
    """The triangles of matrices in one, and which rows were exchanged."""

    sized = True

    def results(self, batch: Shape, rows: Dim, columns: Dim) -> list[Shape]:
        """The matrix, and a number for each exchange."""
        return [(*batch, rows, columns), (*batch, min(rows or 0, columns or 0))]

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """Refuses: which rows are exchanged is the backend's choice."""
        raise ValueError("its values are not worked out here")


class Pinv(_OfMatrix):
    """The pseudo-inverses of matrices."""

    rcond: Any = arg(t.number, default=None, doc="which singular values count as 0")

    def results(self, batch: Shape, rows: Dim, columns: Dim) -> list[Shape]:
        """Rows and columns exchanged."""
        return [(*batch, columns, rows)]


class MatrixRank(_OfMatrix):
    """How many rows of matrices are independent."""

    gives = WHOLE
    tol: Any = arg(t.number, default=None, doc="which singular values count as 0")

    def results(self, batch: Shape, rows: Dim, columns: Dim) -> list[Shape]:
        """A number for each matrix."""
        return [batch]

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """The numbers."""
        return np.asarray(np.linalg.matrix_rank(inputs[0], self.tol), "int32")


class Qr(_OfMatrix):
    """Matrices as the product of an orthogonal one and a triangle."""

    sized = True
    mode: str = arg(t.Choice("reduced", "complete"), default="reduced", doc="how large they are")

    def results(self, batch: Shape, rows: Dim, columns: Dim) -> list[Shape]:
        """Both matrices."""
        inner = min(rows or 0, columns or 0) if self.mode == "reduced" else rows
        return [(*batch, rows, inner), (*batch, inner, columns)]

    def options(self) -> dict[str, Any]:
        """The mode."""
        return {"mode": self.mode}


class SVD(_OfMatrix):
    """Matrices as the product of rotations and singular values."""

    sized = True
    full_matrices: bool = arg(t.flag, default=True, doc="whether the rotations are square")
    compute_uv: bool = arg(t.flag, default=True, doc="whether the rotations are asked for")

    def results(self, batch: Shape, rows: Dim, columns: Dim) -> list[Shape]:
        """The rotations around the singular values, or these alone."""
        inner = min(rows or 0, columns or 0)
        left, right = (rows, columns) if self.full_matrices else (inner, inner)
        whole: list[Shape] = [(*batch, rows, left), (*batch, inner), (*batch, right, columns)]
        return whole if self.compute_uv else whole[1:2]

    def options(self) -> dict[str, Any]:
        """How much is asked for."""
        return {"full_matrices": self.full_matrices, "compute_uv": self.compute_uv}


class Slogdet(_OfMatrix):
    """The sign of the determinants, and the logarithm of their size."""

    def results(self, batch: Shape, rows: Dim, columns: Dim) -> list[Shape]:
        """As Keras has it: one sign, and a number for each matrix."""
        return [(), batch]


class Logdet(_OfMatrix):
    """The logarithm of the determinants."""

    def results(self, batch: Shape, rows: Dim, columns: Dim) -> list[Shape]:
        """A number for each matrix."""
        return [batch]

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """The logarithms."""
        return np.asarray(np.linalg.slogdet(inputs[0])[1])


class _Equations(Operation):
    """The solution of equations, of which the matrix and the right-hand side are given."""

    positions = Positions(move=True)
    signature = Signature("a", "b", least=1, most=2)
    gives = staticmethod(lambda a, b: b)
    a: Any = arg(t.operand, default=None, doc="the matrix, where it is no tensor")
    b: Any = arg(t.operand, default=None, doc="the right-hand side, where it is no tensor")

    def joined(self, *shapes: Shape) -> Shape:
        """The right-hand side's shape; `ShapeError` where it does not fit the matrix."""
        a, b = shapes
        need_rank(self.kind, a, 2)
        need_rank(self.kind, b, 1)
        pair = (a[-2], b[-2]) if len(a) == len(b) else (a[-1], b[-1]) if len(a) == len(b) - 1 else (None, None)
        if a[-2] != a[-1] or pair[0] != pair[1]:
            raise ShapeError(f"{show(a)} and {show(b)} are no equations", code="broadcast")
        return b


def _solved(a: Array, b: Array) -> Array:
    """The solution, of one column where the right-hand side has an axis less than the matrix."""
    return np.linalg.solve(a, b[..., None])[..., 0] if b.ndim == a.ndim - 1 else np.linalg.solve(a, b)


class Solve(_Equations):
    """The solution of equations."""

    def work(self, *operands: Array) -> Array:
        """The solution."""
        a, b = operands
        return _solved(a, b)


class SolveTriangular(_Equations):
    """The solution of equations whose matrix is a triangle."""

    lower: bool = arg(t.flag, default=False, doc="whether the triangle is the lower one")

    def work(self, *operands: Array) -> Array:
        """The solution, for the values of the triangle alone."""
        a, b = operands
        return _solved(np.tril(a) if self.lower else np.triu(a), b)


class Lstsq(_Equations):
    """The solution of equations that has the smallest error."""

    gives = staticmethod(lambda a, b: a)
    rcond: Any = arg(t.number, default=None, doc="which singular values count as 0")

    def joined(self, *shapes: Shape) -> Shape:
        """A number for each column of the matrix, for each right-hand side."""
        a, b = shapes
        need_rank(self.kind, a, 2, 2)
        need_rank(self.kind, b, 1, 2)
        if a[0] != b[0]:
            raise ShapeError(f"{show(a)} and {show(b)} are no equations", code="broadcast")
        return (a[1], *b[1:])

    def work(self, *operands: Array) -> Array:
        """The solution."""
        a, b = operands
        return np.asarray(np.linalg.lstsq(a, b, self.rcond)[0])
