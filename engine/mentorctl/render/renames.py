"""The renames of a plan as text: what is called otherwise, and how much moves along."""

from collections.abc import Iterator, Sequence

from mentorctl.lifecycle.rename import Rename
from mentorctl.render.style import Style


def rename_lines(renames: Sequence[Rename], style: Style) -> Iterator[str]:
    """A line for each rename of one program. Nobody is told of any."""
    for rename in renames:
        records = "1 record" if rename.records == 1 else f"{rename.records:,} records"
        people = "1 person" if rename.people == 1 else f"{rename.people:,} people"
        whose = f" of {people}" if rename.people else ""
        yield (
            f"  {style.changed('→')} the {rename.kind} {rename.old} is {style.strong(rename.new)} now: "
            f"{records}{whose} {style.faint('(nothing changes for anybody)')}"
        )
