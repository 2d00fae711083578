"""The tests of convcalc."""
