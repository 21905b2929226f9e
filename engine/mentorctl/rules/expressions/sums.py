"""Sums of decimals, rounded so that they are what a person would write down."""

# Below this bound a number times a million is a whole number that a double holds, so that the rounded sum is the very
# double that a literal or a cell of the same decimals is. Above it, doubles have no six decimals to round to.
ROUNDED_BELOW = float(2**33)
PARTS = 1_000_000.0


def settled(number: float) -> float:
    """A sum or difference at six decimals: 2.3 - 1.8 is 0.5."""
    return round(number * PARTS) / PARTS if abs(number) < ROUNDED_BELOW else number
