"""Hashes of bytes to 64 bits, as TensorFlow uses them: FarmHash's fingerprint, SipHash-2-4, FingerprintCat64."""

from __future__ import annotations

_MOST = (1 << 64) - 1
# FarmHash's constants, primes between 2**63 and 2**64; and the constant of MurmurHash.
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
_MURMUR = 0xC6A4A7935BD1E995


def fingerprint(data: bytes) -> int:
    """The FarmHash Fingerprint64 of ``data`` (Pike 2014, github.com/google/farmhash, ``farmhashna::Hash64``)."""
    n = len(data)
    if n <= 16:
        return _short(data)
    if n > 64:
        return _long(data)
    mul = _wrap(_K2 + 2 * n)
    a, b, c, d = _u64(data, 0), _u64(data, 8), _wrap(_u64(data, n - 8) * mul), _wrap(_u64(data, n - 16) * _K2)
    a = _wrap(a * (_K1 if n <= 32 else _K2))
    y = _wrap(_rotate(a + b, 43) + _rotate(c, 30) + d)
    z = _wrap(a + _rotate(b + _K2, 18) + c)
    if n <= 32:
        return _mix(y, z, mul)
    e, f = _wrap(_u64(data, 16) * mul), _u64(data, 24)
    g = _wrap((y + _u64(data, n - 32)) * mul)
    h = _wrap((_mix(y, z, mul) + _u64(data, n - 24)) * mul)
    return _mix(_wrap(_rotate(e + f, 43) + _rotate(g, 30) + h), _wrap(e + _rotate(f + a, 18) + g), mul)


def siphash(data: bytes, key: tuple[int, int]) -> int:
    """The SipHash-2-4 of ``data`` (Aumasson and Bernstein 2012, https://www.131002.net/siphash/siphash.pdf)."""
    k0, k1 = (_wrap(part) for part in key)
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]
    whole = len(data) // 8 * 8
    last = int.from_bytes(data[whole:], "little") | (len(data) & 0xFF) << 56
    for word in (*(_u64(data, at) for at in range(0, whole, 8)), last):
        v[3] ^= word
        v = _round(_round(v))
        v[0] ^= word
    v[2] ^= 0xFF
    for _ in range(4):
        v = _round(v)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def fingerprint_cat(prints: tuple[int, ...], key: int) -> int:
    """One fingerprint of several: TensorFlow's FingerprintCat64, repeated, beginning with ``key``."""
    for other in prints:
        key ^= _MURMUR
        key ^= _wrap(_shift_mix(_wrap(other * _MURMUR)) * _MURMUR)
        key = _shift_mix(_wrap(_shift_mix(_wrap(key * _MURMUR)) * _MURMUR))
    return key


def _wrap(value: int) -> int:
    return value & _MOST


def _u64(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], "little")


def _rotate(value: int, bits: int) -> int:
    """The 64 bits of ``value`` rotated to the right."""
    value = _wrap(value)
    return _wrap(value >> bits | value << 64 - bits)


def _shift_mix(value: int) -> int:
    return value ^ value >> 47


def _mix(u: int, v: int, mul: int) -> int:
    a = _shift_mix(_wrap((u ^ v) * mul))
    return _wrap(_shift_mix(_wrap((v ^ a) * mul)) * mul)


def _short(data: bytes) -> int:
    """The fingerprint of 16 bytes or fewer."""
    n = len(data)
    mul = _wrap(_K2 + 2 * n)
    if n >= 8:
        a, b = _wrap(_u64(data, 0) + _K2), _u64(data, n - 8)
        return _mix(_wrap(_rotate(b, 37) * mul + a), _wrap((_rotate(a, 25) + b) * mul), mul)
    if n >= 4:
        first, last = (int.from_bytes(part, "little") for part in (data[:4], data[-4:]))
        return _mix(n + (first << 3), last, mul)
    if not n:
        return _K2
    y, z = data[0] + (data[n >> 1] << 8), n + (data[-1] << 2)
    return _wrap(_shift_mix(_wrap(y * _K2 ^ z * _K0)) * _K2)


def _long(data: bytes) -> int:
    """The fingerprint of more than 64 bytes."""
    x, y = 81, _wrap(81 * _K1 + 113)
    z = _wrap(_shift_mix(_wrap(y * _K2 + 113)) * _K2)
    x = _wrap(x * _K2 + _u64(data, 0))
    v = w = (0, 0)
    for at in range(0, (len(data) - 1) // 64 * 64, 64):
        x, y, z, v, w = _block(data[at : at + 64], x, y, z, v, w, _K1, 1)
    mul = _wrap(_K1 + ((z & 0xFF) << 1))
    rest = w[0] + (len(data) - 1 & 63)
    v = (_wrap(v[0] + rest), v[1])
    w = (_wrap(rest + v[0]), w[1])
    x, y, z, v, w = _block(data[-64:], x, y, z, v, w, mul, 9)
    first = _wrap(_mix(v[0], w[0], mul) + _shift_mix(y) * _K0 + z)
    return _mix(first, _wrap(_mix(v[1], w[1], mul) + x), mul)


_Pair = tuple[int, int]


def _block(
    data: bytes, x: int, y: int, z: int, v: _Pair, w: _Pair, mul: int, weight: int
) -> tuple[int, int, int, _Pair, _Pair]:
    """The state x, y, z, v, w after the next 64 bytes."""
    x = _wrap(_rotate(x + y + v[0] + _u64(data, 8), 37) * mul) ^ _wrap(w[1] * weight)
    y = _wrap(_rotate(y + v[1] + _u64(data, 48), 42) * mul + v[0] * weight + _u64(data, 40))
    z = _wrap(_rotate(z + w[0], 33) * mul)
    v = _weak_hash(data[:32], v[1] * mul, x + w[0])
    w = _weak_hash(data[32:], z + w[1], y + _u64(data, 16))
    return z, y, x, v, w


def _weak_hash(data: bytes, a: int, b: int) -> _Pair:
    """The hash of 32 bytes and two seeds (FarmHash's ``WeakHashLen32WithSeeds``)."""
    first, second, third, fourth = (_u64(data, at) for at in (0, 8, 16, 24))
    a += first
    b = _rotate(b + a + fourth, 21)
    c = a
    a += second + third
    return _wrap(a + fourth), _wrap(b + _rotate(a, 44) + c)


def _round(v: list[int]) -> list[int]:
    """The state after one round of SipHash, whose rotations are to the left."""
    a, b, c, d = v
    a, c = _wrap(a + b), _wrap(c + d)
    b, d = _rotate(b, 64 - 13) ^ a, _rotate(d, 64 - 16) ^ c
    a, c = _wrap(_rotate(a, 32) + d), _wrap(c + b)
    b, d = _rotate(b, 64 - 17) ^ c, _rotate(d, 64 - 21) ^ a
    return [a, b, _rotate(c, 32), d]
