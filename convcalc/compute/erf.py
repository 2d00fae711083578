"""The error function, which NumPy does not have."""

from __future__ import annotations

from collections.abc import Sequence

from convcalc.lazy import Array, np

# W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969): numerator and
# denominator of erf(x)/x in x² up to _ERF_SPLIT, and of exp(x²)·erfc(x) in x beyond. Highest power first.
_ERF_SPLIT = 0.46875
_ERF_INNER = (
    (1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2,
     3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)  # fmt: skip
_ERF_OUTER = (
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1,
     2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
     1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
     3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)  # fmt: skip
_ERF_FLAT = 6.0  # erf(6) differs from 1 by 2e-17, less than the precision of float64
# For single precision: erf(x)/x in x² up to 4, where erf is 1. Eigen's coefficients, within 5e-7 for a quarter of the
# work.
_ERF_SINGLE = (
    (-2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06, -5.69250639462346e-05,
     -7.34990630326855e-04, -2.95459980854025e-03, -1.60960333262415e-02),
    (-1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03, -7.37332916720468e-03,
     -1.42647390514189e-02),
)  # fmt: skip
_ERF_SINGLE_FLAT = 4.0


def erf(x: Array) -> Array:
    """2/√π · ∫₀ˣ exp(-t²) dt, within 3e-16 in float64 and 5e-7 in float32."""
    # The coefficients exceed float16's range.
    wide = x.astype(np.result_type(x, np.float32), copy=False)
    y = _erf_single(wide) if wide.dtype == np.float32 else _erf_double(wide)
    return y.astype(x.dtype, copy=False)


def _erf_single(wide: Array) -> Array:
    near = np.clip(wide, -_ERF_SINGLE_FLAT, _ERF_SINGLE_FLAT)
    return near * _ratio(_ERF_SINGLE, near * near)


def _erf_double(wide: Array) -> Array:
    size = np.minimum(np.abs(wide), _ERF_FLAT)
    near = np.minimum(size, _ERF_SPLIT)
    inner = near * _ratio(_ERF_INNER, near * near)
    outer = 1.0 - np.exp(-size * size) * _ratio(_ERF_OUTER, size)
    y: Array = np.copysign(np.where(size <= _ERF_SPLIT, inner, outer), wide)
    return y


def _ratio(coefficients: tuple[Sequence[float], Sequence[float]], x: Array) -> Array:
    top, bottom = coefficients
    return _polynomial(top, x) / _polynomial(bottom, x)


def _polynomial(coefficients: Sequence[float], x: Array) -> Array:
    """Horner's rule, highest power first, in one buffer."""
    y = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        y *= x
        y += coefficient
    return y
