"""Texts and tables to a checked workspace with its policies and its people."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from mentorctl.diagnostics import Diagnostic, Span, finding, has_errors, in_order, located
from mentorctl.loading import Loaded
from mentorctl.spec.severity import filtered

if TYPE_CHECKING:
    from mentorctl.calendars.busy import Quarters
    from mentorctl.roster.people import Roster
    from mentorctl.roster.table import Table


def with_policies(loaded: Loaded, texts: Sequence[tuple[str, str]]) -> Loaded:
    """The workspace with the policies of some (file name, text) pairs, and what is wrong with them."""
    if not texts:
        return loaded
    from mentorctl.spec.read_policy import read_policies

    programs = {one.id for one in loaded.documents.values() if not one.is_base}
    read = read_policies(texts, programs=programs, today=loaded.as_of)
    known = replace(loaded, sources={**loaded.sources, **{s.file: s for s in read.sources}}, policies=read.rules)
    found = filtered(located(read.findings, known), loaded.policy, loaded.as_of)
    return replace(known, findings=in_order((*loaded.findings, *found)))


def read_people(
    loaded: Loaded, tables: "Sequence[Table]", *, by_hand: "Table | None" = None
) -> "tuple[Roster | None, tuple[Diagnostic, ...]]":
    """The people of a workspace that loaded without errors, from the tables of its sources.

    `by_hand` has decisions about single people, where the roster contract names a file with them.
    """
    from mentorctl.roster.checks import check_pairs, check_roles
    from mentorctl.roster.read import read_roster

    if loaded.workspace is None:
        raise ValueError("the workspace did not load; look at its findings first")
    roster, findings = read_roster(loaded.workspace.contract, tables, workspace=loaded.workspace.id)
    if roster is not None and by_hand is not None:
        from mentorctl.roster.by_hand import with_decisions

        roster, more = with_decisions(roster, by_hand)
        findings = (*findings, *more)
    if roster is not None:
        needed = {role for compiled in loaded.programs for role in compiled.program.roles}
        findings = (*findings, *check_roles(roster, loaded.workspace.contract, needed))
        findings = (*findings, *(f for c in loaded.programs for f in check_pairs(roster, c.program)))
    found = filtered(located(findings, loaded), loaded.policy, loaded.as_of)
    return None if has_errors(found) else roster, found


def busy_times(
    loaded: Loaded, roster: "Roster", files: Mapping[str, tuple[str, str]], *, as_of: date
) -> "tuple[dict[str, tuple[Quarters, ...]], tuple[Diagnostic, ...]]":
    """When people are busy by their iCalendar files, by opaque id, and what is wrong with the files.

    `files` has a file name and a text by roster id; those of nobody are reported.
    """
    if loaded.workspace is None:
        raise ValueError("the workspace did not load; look at its findings first")
    if not files:
        return {}, ()
    from mentorctl.calendars.busy import Request, read_busy
    from mentorctl.optimize.scheduling.calendar import zone_of

    index_of = {name: index for index, name in enumerate(roster.roster_ids)}
    ends = [timeline.end for compiled in loaded.programs for _, timeline in compiled.timelines_on(as_of)]
    times: dict[str, tuple[Quarters, ...]] = {}
    found: list[Diagnostic] = []
    for name, (file, text) in sorted(files.items()):
        index = index_of.get(name)
        if index is None:
            found.append(finding("MC6014", f"nobody has the id `{name}`", span=Span(file=file, line=1, column=1)))
            continue
        busy = read_busy(
            text,
            Request(
                file=file,
                zone=zone_of(roster, index, loaded.workspace.timezone),
                first=as_of,
                last=max(ends, default=as_of),
                own=f"@{loaded.workspace.id}.mentorctl",
            ),
        )
        times[roster.ids[index]] = busy.spans
        found += busy.findings
    return times, filtered(in_order(found), loaded.policy, as_of)
