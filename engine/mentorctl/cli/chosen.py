"""Which program a command is about: the one that was named, or the only one."""

from mentorctl.cli.shell import Stop
from mentorctl.cli.workspace import Opened
from mentorctl.diagnostics import did_you_mean, finding, quoted_list
from mentorctl.lifecycle.compiled import CompiledProgram


def chosen_program(opened: Opened, program: str | None) -> CompiledProgram:
    """The compiled program. Raises Stop when the files have errors, or for a name that none has."""
    opened.workspace  # noqa: B018 - stops here when the files have errors
    known = {c.program.id: c for c in opened.loaded.programs}
    name = program or (next(iter(known)) if len(known) == 1 else "")
    if name not in known:
        detail = f"there is no program `{name}`" if name else f"name one of {quoted_list(sorted(known))}"
        raise Stop([finding("MC9006", detail, help=did_you_mean(name, known))])
    return known[name]
