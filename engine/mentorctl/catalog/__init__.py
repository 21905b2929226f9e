"""Every kind of finding: its permanent code, severity, constant summary and what an admin should know about it.

`docs/diagnostics.md` is generated from this table (`make docs`), and a test compares the two. Codes are never reused.

| range  | found by                                   |
|--------|--------------------------------------------|
| MC1xxx | reading YAML and the JSON Schemas          |
| MC2xxx | checks of the files alone                  |
| MC3xxx | the roster                                 |
| MC4xxx | lifecycles                                 |
| MC5xxx | matching                                   |
| MC6xxx | scheduling                                 |
| MC7xxx | plan, apply and the store                  |
| MC8xxx | tests of programs                          |
| MC9xxx | the command line and the machine           |
"""

from mentorctl.catalog import (
    changes,
    command,
    design,
    files,
    lifecycles,
    matching,
    policy,
    roster,
    running,
    scheduling,
    state,
    tests,
    yaml,
)
from mentorctl.catalog.kind import Kind

_MODULES = (
    yaml,
    files,
    design,
    policy,
    roster,
    lifecycles,
    running,
    matching,
    scheduling,
    state,
    changes,
    tests,
    command,
)

CATALOG: dict[str, Kind] = {kind.code: kind for module in _MODULES for kind in module.KINDS}
