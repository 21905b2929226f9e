"""Checks of what a program says about its messages' templates, against the names of those that are there."""

from collections.abc import Collection, Iterator

from mentorctl.diagnostics import Diagnostic, Place, did_you_mean, finding, quoted_list
from mentorctl.spec.model import Program


def check_templates(program: Program, names: Collection[str] | None) -> Iterator[Diagnostic]:
    """Every message has its text; `names` are those of the templates, or None where the workspace keeps none."""
    for message in program.messages if names is not None else ():
        if message.template not in (names or ()):
            known = quoted_list(sorted(names or ()), last="and")
            yield finding(
                "MC2085",
                f"there is no file `messages/{message.template}.md.j2`",
                help=did_you_mean(message.template, names or ())
                or (f"templates are {known}, or write this one" if known else "write it"),
                place=Place(document=program.id, path=("messages", message.id, "template")),
            )
