"""`mentorctl plan --static`: the plan of a change of files, for those who must not see state or people."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mentorctl.cli.comparison import ROOT, Comparison, compared
from mentorctl.cli.exits import Exit
from mentorctl.cli.sealed import sealed
from mentorctl.cli.shell import Shell, day_of, write_file
from mentorctl.plan.model import Action
from mentorctl.plan.static import StaticPlan, StaticText, new_findings, settings, static_program
from mentorctl.plan.static_codec import static_plan_to_json, static_plan_to_text
from mentorctl.render.static import static_lines

if TYPE_CHECKING:
    from datetime import date


def plan_statically(
    shell: Shell, *, base: str, to: str | None, as_of: str | None, out: str | None, detailed_exitcode: bool
) -> int:
    """Compare, show and save. The document is written even when the files have errors: it says which."""
    day = day_of(as_of)
    with sealed():
        plan = static_plan(shell, base, to, day)
    if out is not None:
        write_file(Path(out), static_plan_to_text(plan))
    if shell.is_json:
        shell.print_json(static_plan_to_json(plan))
    else:
        shell.print("\n".join(static_lines(plan, shell.out_style)))
        if out is not None:
            shell.say(f"\nsaved to {out}; show it to reviewers with `mentorctl review {out}`")
    if plan.has_errors:
        return Exit.NO
    return Exit.CHANGES if detailed_exitcode and not plan.is_empty else Exit.OK


def static_plan(shell: Shell, base: str, to: str | None, day: "date") -> StaticPlan:
    """The static plan of two commits. Raises Stop when one of them cannot be read at all."""
    both = compared(shell, base, to, day, may_begin=True)
    before, after = both.before, both.after
    old, new = before.sides, after.sides
    checks, solved = new_findings(before.loaded.findings, after.loaded.findings)
    workspace = after.loaded.workspace
    return StaticPlan(
        workspace=workspace.id if workspace else "",
        base=before.commit,
        head=after.commit,
        as_of=day.isoformat(),
        programs=tuple(
            static_program(each, old.get(each.program), new.get(each.program), both.where) for each in both.differences
        ),
        settings=tuple(settings(_tree(both, is_before=True), _tree(both, is_before=False), both.where, ROOT)),
        texts=tuple(_texts(both)),
        checks=checks,
        solved=solved,
        broken=tuple(sorted(after.broken - before.broken)),
    )


def _tree(both: Comparison, *, is_before: bool) -> dict[str, object]:
    """What mentorctl.yaml says; nothing where it is the same on both sides, or where there was none."""
    version = both.before if is_before else both.after
    if not both.before.texts or both.before.texts.get(ROOT) == both.after.texts.get(ROOT):
        return {}
    tree = version.loaded.sources[ROOT].tree
    return dict(tree) if isinstance(tree, dict) else {}


def _texts(both: Comparison) -> Iterator[StaticText]:
    """The messages and policies whose files differ, with the number of lines that do."""
    from difflib import SequenceMatcher

    before, after = both.before.texts, both.after.texts
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old == new or not name.startswith(("messages/", "policies/")):
            continue
        lines = (old or "").splitlines(), (new or "").splitlines()
        blocks = SequenceMatcher(a=lines[0], b=lines[1], autojunk=False).get_matching_blocks()
        same = sum(block.size for block in blocks)
        yield StaticText(
            action=Action.CREATE if old is None else Action.DELETE if new is None else Action.UPDATE,
            file=name,
            added=len(lines[1]) - same,
            removed=len(lines[0]) - same,
        )
