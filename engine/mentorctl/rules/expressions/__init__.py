"""The typed expression language: a closed and total profile of CEL.

An expression is read (`tokens`, `syntax`), typed against the names it may use (`scopes`, `check`) and lowered to a
small tree (`tree`), from which each back end is made: a function of one row (`closure`) or of columns (`columns`).
Whatever passes the check has a value for every row: there are no errors, loops or calls left, and both back ends agree.

What is decided here, once, for every back end:

* Numbers are doubles. Sums and differences below 2**33 are rounded to six decimals, so that 2.3 - 1.8 is 0.5; what is
  not finite is a blank.
* Texts are equal when they read the same: the field says whether case and spaces count. Texts have no order; levels do.
* A level is its rank on the scale. The difference of two levels of one scale is a number of steps.
* A date is a day. It stops at the first and the last day of the calendar (years 1 and 9999). A duration is a number of
  minutes; moved by one, a date moves by its whole days. Months are calendar months and only move dates.
* An optional name is read only where `has()` or `default()` stands guard. `&&` and `||` are commutative, so the guard
  may stand on either side. Where a name that is not optional is blank (a defect of the row), the whole expression is
  false.
"""
