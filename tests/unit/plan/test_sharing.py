"""Several programs and one person: who comes first, what is left, what is matched together, and what is too much."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from mentorctl import pipeline
from mentorctl.diagnostics import FieldPath, Place
from mentorctl.optimize.budgets import Budget
from mentorctl.optimize.engine import DirectEngine
from mentorctl.optimize.network import Network
from mentorctl.optimize.ordered import Aim, OrderedAnswer
from mentorctl.optimize.verify import WrongAnswer
from mentorctl.plan.certificates import Claim
from mentorctl.plan.inputs import Draft, PlanInputs
from mentorctl.plan.overload import overloaded
from mentorctl.plan.proofs import claim_of
from mentorctl.rules.fields import Role
from mentorctl.state.model import MatchRecord

from .small import LATER_IN_MATCHING, MATCHING, PROGRAM, WORKSPACE, Live, World, after_of, changed, of_type

FIELD = "    places: {type: number, answered_by: mentor}\n"
MENTORS = """\
id,department,level,manager,availability,offers,places,done,hours
r1,Sales,lead,,,writing;python,2,basics,{hours}
r2,Sales,lead,,,budgeting,2,basics,
"""
MENTEES = """\
id,department,level,manager,availability,wants,done,hours
e1,Finance,junior,,,writing,basics,
e2,Finance,junior,,,writing;python,basics,
e3,Finance,junior,,,budgeting,basics,
e4,Finance,junior,,,writing,basics,
"""


def program(name: str, *edits: tuple[str, str]) -> str:
    """A program beside the first, of the same shape."""
    return changed(PROGRAM, ("id: grow", f"id: {name}"), ("name: Grow", f"name: {name.title()}"), *edits)


def source(role: str, name: str) -> str:
    return f"    - {{file: {name}_{role}s.csv, role: {role}, program: {name}}}\n"


def world(
    sharing: str,
    *programs: str,
    mentees: Mapping[str, tuple[str, ...]],
    hours: str = "",
    extra: tuple[tuple[str, str], ...] = (),
) -> World:
    """Programs by id with the mentees who apply to each; r1 and r2 are mentors of all of them."""
    names = list(mentees)
    workspace = changed(
        WORKSPACE,
        (
            "    - {file: mentors.csv, role: mentor}\n    - {file: mentees.csv, role: mentee}\n",
            "".join(source(role, name) for name in names for role in ("mentor", "mentee")),
        ),
        (FIELD, f"{FIELD}    hours: {{type: number}}\n"),
        ("roster:\n", f"{sharing}roster:\n"),
    )
    rosters = []
    for name, wanted in mentees.items():
        rows = MENTEES.splitlines(keepends=True)
        chosen = [rows[0], *(row for row in rows[1:] if row.split(",")[0] in wanted)]
        rosters += [(f"{name}_mentors.csv", MENTORS.format(hours=hours)), (f"{name}_mentees.csv", "".join(chosen))]
    return World(workspace=workspace, programs=programs, rosters=(*rosters, *extra))


def made_in(live: Live) -> dict[str, set[tuple[str, str]]]:
    """The proposed pairs of each program, as (mentor, mentee)."""
    people = live.world.people()
    names = dict(zip(people.ids, people.roster_ids, strict=True))
    found: dict[str, set[tuple[str, str]]] = {}
    for match in after_of(MatchRecord, live.plan(MATCHING).changes):
        found.setdefault(match.address.program, set()).add((names[match.mentors[0]], names[match.others[0]]))
    return found


def path_of(place: Place | None) -> FieldPath:
    """Where something is, by the keys that lead there."""
    assert place is not None
    return place.path


SHARE = ("  capacity:\n", "  share_capacity: [grow]\n  capacity:\n")
ONLY_WRITING = ("  prefer:\n", "    - {id: topic, overlap: {mentee: wants, mentor: offers}}\n  prefer:\n")


def test_programs_are_matched_in_the_order_that_is_declared() -> None:
    """The first takes what it needs of a mentor's shared places; without an order ids decide."""
    both = (program("first", ONLY_WRITING, SHARE), program("grow", ONLY_WRITING))
    who = {"first": ("e1", "e2"), "grow": ("e4",)}
    assert made_in(Live(world=world("", *both, mentees=who))) == {"first": {("r1", "e1"), ("r1", "e2")}}
    turned = made_in(Live(world=world("sharing: {order: [grow]}\n", *both, mentees=who)))
    assert turned["grow"] == {("r1", "e4")}
    assert len(turned["first"]) == 1


def test_it_is_enough_that_one_of_two_programs_says_that_they_share() -> None:
    """Whoever comes first, the total keeps the capacity of both."""
    both = (
        program("first", ONLY_WRITING),
        program("grow", ONLY_WRITING, ("  capacity:\n", "  share_capacity: [first]\n  capacity:\n")),
    )
    who = {"first": ("e1", "e2"), "grow": ("e4",)}
    for order in ("", "sharing: {order: [grow, first]}\n"):
        found = made_in(Live(world=world(order, *both, mentees=who)))
        assert sum(len(pairs) for pairs in found.values()) == 2


def test_a_smaller_capacity_of_one_program_bounds_the_total() -> None:
    """Who has their one place of a program taken gets no match elsewhere that would exceed it."""
    small = program("first", ONLY_WRITING, SHARE, ("at_most: 2", "at_most: 1"))
    found = made_in(
        Live(world=world("", small, program("grow", ONLY_WRITING), mentees={"first": ("e1",), "grow": ("e4",)}))
    )
    assert found == {"first": {("r1", "e1")}}


@pytest.mark.parametrize(
    ("sharing", "most"),
    [
        ("sharing: {places: {mentor: 1}}\n", 1),
        ("sharing: {places: {mentor: 3}}\n", 3),
        ("sharing: {places: {mentor: {field: places, at_most: 9}}}\n", 2),
        ("sharing: {hours: {field: hours, at_most: 40, missing: 40}}\n", 2),  # an hour every other week is two hours
    ],
)
@pytest.mark.parametrize("together", [False, True])
def test_places_and_hours_of_all_programs_are_kept(sharing: str, most: int, together: bool) -> None:
    """Apart or together, a mentor gets as many matches over all programs as the workspace leaves them."""
    if together:
        sharing = sharing.replace("sharing: {", "sharing: {together: [[first, grow]], ")
    both = (program("first", ONLY_WRITING), program("grow", ONLY_WRITING))
    who = {"first": ("e1", "e2"), "grow": ("e4",)}
    found = made_in(Live(world=world(sharing, *both, mentees=who, hours="4.5")))
    assert sum(len(pairs) for pairs in found.values()) == most


def test_together_nobody_comes_first() -> None:
    """One after the other, the first program takes the only mentor of somebody in the second; together both fit."""
    sharing = "sharing: {together: [[first, grow]], places: {mentor: 1}}\n"
    apart = "sharing: {places: {mentor: 1}}\n"
    both = (program("first"), program("grow", ONLY_WRITING))
    who = {"first": ("e1",), "grow": ("e4",)}
    assert made_in(Live(world=world(apart, *both, mentees=who))) == {"first": {("r1", "e1")}}
    live = Live(world=world(sharing, *both, mentees=who))
    assert made_in(live) == {"first": {("r2", "e1")}, "grow": {("r1", "e4")}}
    assert any("in one problem with grow" in notice.text for notice in live.plan(MATCHING).notices)


def said_of(live: Live, claim: Claim) -> list[tuple[str, str]]:
    """What a check of certificates comes to."""
    found = pipeline.verify(live.world.load(), live.world.people(), live.snapshot, claim)
    assert [f.detail for f in found.findings] == []
    return [(search.outcome.value, search.because) for search in found.searches]


def test_what_was_matched_together_is_proved_together() -> None:
    """One certificate proves the matches of both programs, and a match too many in one of them breaks it."""
    sharing = "sharing: {together: [[first, grow]], places: {mentor: 1}}\n"
    both = (program("first"), program("grow", ONLY_WRITING))
    live = Live(world=world(sharing, *both, mentees={"first": ("e1",), "grow": ("e4",)}))
    claim = claim_of(live.plan(MATCHING))
    assert said_of(live, claim) == [("proved", "as one problem with `first/winter` and `grow/winter`")] * 2
    first, grow = sorted(claim.matches, key=lambda match: match.address)
    taken = next(m for m in first.members if m.role is Role.MENTOR)
    swapped = tuple(taken if m.role is Role.MENTOR else m for m in grow.members)
    spoiled = replace(claim, matches=(first, replace(grow, members=swapped)))
    assert "corrupted" in dict(said_of(live, spoiled))


def test_what_cuts_deeper_than_places_is_only_a_bound_of_a_solver() -> None:
    """Where one program's own capacity binds within the shared one, the matches are checked and not said to be proved."""
    sharing = "sharing: {together: [[first, grow]], places: {mentor: 3}}\n"
    both = (program("first", ONLY_WRITING, ("at_most: 2", "at_most: 1")), program("grow", ONLY_WRITING))
    live = Live(world=world(sharing, *both, mentees={"first": ("e1", "e2"), "grow": ("e4",)}))
    claim = claim_of(live.plan(MATCHING))
    assert {outcome for outcome, _ in said_of(live, claim)} == {"not proved"}
    assert all("only the bound of a solver" in because for _, because in said_of(live, claim))


class Hurried(DirectEngine):
    """Has no time to prove more than that an answer is three points from the best at most."""

    def network(self, network: Network, aims: tuple[Aim, ...], budgets: tuple[Budget, ...] = ()) -> OrderedAnswer:
        found = super().network(network, aims, budgets)
        first, *others = found.certificates
        return replace(found, certificates=(replace(first, bound=first.bound + 3), *others))


def test_what_time_did_not_prove_is_told_with_its_gap() -> None:
    """Under shared hours the matches are those that were found, and plan and warning say how far they may be off."""
    sharing = "sharing: {together: [[first, grow]], places: {mentor: 3}}\n"
    both = (program("first", ONLY_WRITING, ("at_most: 2", "at_most: 1")), program("grow", ONLY_WRITING))
    programs = world(sharing, *both, mentees={"first": ("e1", "e2"), "grow": ("e4",)})
    live = Live(world=programs, engine=Hurried())
    plan = live.plan(MATCHING)
    assert [(said.proved, said.gap) for said in plan.matchings] == [(False, 3)] * 2
    assert live.codes().count("MC5006") == 2
    assert len(after_of(MatchRecord, plan.changes)) == len(
        after_of(MatchRecord, Live(world=programs).plan(MATCHING).changes)
    )


def test_without_shared_hours_everything_is_proved() -> None:
    """Where places alone are shared the problem is a network, and a bound above the answer is an error."""
    sharing = "sharing: {together: [[first, grow]], places: {mentor: 1}}\n"
    both = (program("first"), program("grow", ONLY_WRITING))
    live = Live(world=world(sharing, *both, mentees={"first": ("e1",), "grow": ("e4",)}), engine=Hurried())
    made = live.planned(MATCHING)
    assert made.plan is None
    assert [found.code for found in made.findings] == ["MC5004"]


def test_the_same_two_people_meet_in_one_program_only() -> None:
    """Together, a pair that could be made in two programs is made where it is worth more."""
    sharing = "sharing: {together: [[first, grow]], places: {mentor: 4, mentee: 2}}\n"
    dearer = program("grow", ONLY_WRITING, ("points_each: 5", "points_each: 7"))
    found = made_in(
        Live(world=world(sharing, program("first", ONLY_WRITING), dearer, mentees={"first": ("e1",), "grow": ("e1",)}))
    )
    assert found == {"grow": {("r1", "e1")}}


def test_what_stands_counts_at_the_next_plan() -> None:
    """An applied match takes its place from the other program, also when that is first in the order."""
    both = (program("first", ONLY_WRITING), program("grow", ONLY_WRITING))
    sharing = "sharing: {order: [first], places: {mentor: 1}}\n"
    live = Live(world=world(sharing, *both, mentees={"first": (), "grow": ("e4",)}))
    live.apply(MATCHING)
    live.world = world(sharing, *both, mentees={"first": ("e1", "e2"), "grow": ("e4",)})
    made = [m for m in after_of(MatchRecord, live.plan(LATER_IN_MATCHING).changes) if m.state == "proposed"]
    assert made == []
    assert live.codes() == ["MC5002"]


def test_lowered_room_is_a_finding_and_ends_nothing() -> None:
    """Who has two matches and then room for one keeps both; the plan says so and makes no more."""
    both = (program("first", ONLY_WRITING), program("grow", ONLY_WRITING))
    who = {"first": ("e1",), "grow": ("e4",)}
    live = Live(world=world("", *both, mentees=who))
    live.apply(MATCHING)
    for sharing in ("sharing: {places: {mentor: 1}}\n", "sharing: {hours: 3}\n"):
        live.world = world(sharing, *both, mentees=who)
        assert [c for c in live.plan(LATER_IN_MATCHING).changes if isinstance(c.after, MatchRecord)] == []
        assert live.codes() == ["MC5013"]


def test_a_plan_that_adds_to_an_overload_is_refused() -> None:
    """The count over all programs is made apart from the search, and trusts nothing of it."""
    both = (program("first", ONLY_WRITING), program("grow", ONLY_WRITING))
    live = Live(world=world("", *both, mentees={"first": ("e1",), "grow": ("e4",)}))
    live.apply(MATCHING)
    loaded, people = live.world.load(), live.world.people()
    tight = world("sharing: {places: {mentor: 1}}\n", *both, mentees={"first": ("e1",), "grow": ("e4",)}).load()
    assert tight.workspace is not None
    empty = replace(live.snapshot, records=())
    inputs = PlanInputs(
        workspace=tight.workspace,
        programs=loaded.programs,
        roster=people,
        snapshot=empty,
        as_of=MATCHING,
        engine=DirectEngine(),
    )
    draft = Draft(records=list(of_type(MatchRecord, live.snapshot.records)))
    with pytest.raises(WrongAnswer, match="more matches as a mentor in all programs"):
        list(overloaded(inputs, draft))


# -- pins --------------------------------------------------------------------------------------------------------------


def pinned(pairs: str, *edits: tuple[str, str], mentees: tuple[str, ...] = ("e1", "e2", "e4")) -> Live:
    """One program that names pairs."""
    text = program("grow", ("  capacity:\n", f"  pairs: {pairs}\n  capacity:\n"), *edits)
    return Live(world=world("", text, mentees={"grow": mentees}))


FORCE_THREE = f"[{', '.join(f'{{mentee: {mentee}, mentor: r1, do: force}}' for mentee in ('e1', 'e2', 'e4'))}]"


def test_forced_pairs_must_fit_the_places_of_both() -> None:
    """Three mentees forced on a mentor who says two places are a contradiction, told at the third line."""
    many = ("at_most: 2", "at_most: 3")
    made = pinned(FORCE_THREE, many).planned(MATCHING)
    (found,) = [d for d in made.findings if d.is_error]
    assert (found.code, path_of(found.place)) == ("MC5010", ("matching", "pairs", 2))
    assert "`r1` is forced into 3 matches, and has room for 2" in found.detail
    assert path_of(found.related[0].place) == ("matching", "pairs", 0)
    assert made.plan is None


def test_forced_pairs_that_cannot_be_made_are_named() -> None:
    """Somebody who does not take part is not matched in silence."""
    live = pinned(
        "[{mentee: e1, mentor: r1, do: force}]",
        ("timeline:\n", "eligibility: {mentee: {department: {is: People}}}\ntimeline:\n"),
    )
    live.plan(MATCHING)
    assert [d.detail for d in live.findings if d.code == "MC5011"] == [
        "`e1` is not among the mentees who can be matched",
    ]


def test_a_pair_forced_against_a_rule_says_why_or_is_a_finding() -> None:
    """Both places are shown; a reason is enough to keep it."""
    against = ("different: department", "same: department")
    plain = pinned("[{mentee: e1, mentor: r1, do: force}]", against)
    assert ("r1", "e1") in made_in(plain)["grow"]
    (found,) = [d for d in plain.findings if d.code == "MC5012"]
    assert "against `other_department`" in found.detail
    assert path_of(found.related[0].place) == ("matching", "require", 0)
    said = pinned("[{mentee: e1, mentor: r1, do: force, because: they asked for it}]", against)
    said.plan(MATCHING)
    assert "MC5012" not in said.codes()


def test_pairs_forced_by_two_programs_share_the_places_too() -> None:
    """Together or apart, what one program forces is not free for the other to force."""
    pin = "  pairs: [{{mentee: {}, mentor: r1, do: force}}]\n  capacity:\n"
    both = (
        program("first", ONLY_WRITING, ("  capacity:\n", pin.format("e1"))),
        program("grow", ONLY_WRITING, ("  capacity:\n", pin.format("e4"))),
    )
    who = {"first": ("e1",), "grow": ("e4",)}
    for together in ("", "together: [[first, grow]], "):
        made = Live(world=world(f"sharing: {{{together}places: {{mentor: 1}}}}\n", *both, mentees=who)).planned(
            MATCHING
        )
        (found,) = [d for d in made.findings if d.is_error]
        assert (found.code, path_of(found.place)) == ("MC5010", ("matching", "pairs", 0))


def test_relaxed_matches_leave_the_shared_places_alone() -> None:
    """Who is matched only after a rule is given up gets what the other program left, not more."""
    relaxed = program(
        "first",
        ("different: department", "same: department"),
        ("  capacity:\n", "  relax: [other_department]\n  capacity:\n"),
    )
    who = {"first": ("e1", "e2"), "grow": ("e4",)}
    sharing = "sharing: {together: [[first, grow]], places: {mentor: 1}}\n"
    found = made_in(Live(world=world(sharing, relaxed, program("grow", ONLY_WRITING), mentees=who)))
    assert found["grow"] == {("r1", "e4")}
    assert {mentor for mentor, _ in found["first"]} == {"r2"}


@pytest.mark.parametrize(
    "matching",
    [
        "  objective: [cover_mentees, worst_match, load_balance, total_score]\n",
        "  objective: {cover_mentees: 20, total_score: 1, load_balance: 3, cover_waiting: 2}\n",
        "  stability: stable\n",
    ],
)
def test_the_order_of_rows_and_programs_decides_nothing(matching: str) -> None:
    """Mentors, mentees and files in another order give the same plan, together or apart."""
    both = tuple(program(name, ("  capacity:\n", f"{matching}  capacity:\n")) for name in ("first", "grow"))
    who = {"first": ("e1", "e2", "e3"), "grow": ("e3", "e4", "e2")}
    for together in ("", *(() if "stable" in matching else ("together: [[first, grow]], ",))):
        sharing = f"sharing: {{{together}places: {{mentor: 2, mentee: 1}}, hours: 6}}\n"
        plain = world(sharing, *both, mentees=who)
        turned = replace(
            plain,
            programs=both[::-1],
            rosters=tuple((name, _turned(text)) for name, text in plain.rosters),
        )
        assert Live(world=plain).plan(MATCHING).digest == Live(world=turned).plan(MATCHING).digest


def _turned(text: str) -> str:
    """The same rows in the opposite order."""
    head, *rows = text.splitlines(keepends=True)
    return "".join([head, *reversed(rows)])
