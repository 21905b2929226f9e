"""Plans and certificates that were changed: none of a thousand is taken for a proof."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest
from unit.plan import test_models as models
from unit.plan import test_sharing as sharing
from unit.plan.small import MATCHING, MENTEES, MENTORS, PROGRAM, Live, World, changed

from mentorctl import pipeline
from mentorctl.optimize.kernels import native
from mentorctl.plan.codec import (
    CERTIFICATE,
    NotAPlan,
    certificate_from_text,
    certificate_to_text,
    effects_digest,
    plan_from_text,
    plan_to_json,
    plan_to_text,
)
from mentorctl.plan.model import Plan
from mentorctl.plan.proofs import claim_of
from mentorctl.spec.model import ModelType
from mentorctl.state.codec import canonical_json, digest

_MORE_MENTORS = "".join(f"r{n},Sales,lead,,,writing;python,{n % 3},basics\n" for n in range(4, 9))
_MORE_MENTEES = "".join(f"e{n},{'Finance' if n % 2 else 'People'},junior,,,writing,\n" for n in range(4, 12))


@cache
def world() -> World:
    """Eleven mentees and eight mentors with few places, so that prices are worth something."""
    return World().with_rosters(mentors=MENTORS + _MORE_MENTORS, mentees=MENTEES + _MORE_MENTEES)


@cache
def planned(kind: str = "pairs") -> tuple[Live, Plan]:
    """A plan of some kind. Prices of odd sets come from the kernel; an integer program has none."""
    if kind.startswith(("peers", "a trio", "circles", "teams")) and not native.available():
        pytest.skip("the kernels are not built here, and without them peers are not proved by prices")
    live, day = _LIVE[kind]()
    return live, live.plan(day)


def _pairs() -> tuple[Live, date]:
    return Live(world=world()), MATCHING


def _peers(objective: str, *words: str) -> Callable[[], tuple[Live, date]]:
    """Eleven peers: four pairs and a trio, or five pairs where the odd one sits out."""
    matching = "\n".join(f"  {word}" for word in (f"objective: [{objective}]", *words))
    return lambda: (models.live(ModelType.PEER, matching=matching), models.DAY)


def _joint() -> tuple[Live, date]:
    """Two programs that share the places of two mentors."""
    both = (sharing.program("first"), sharing.program("grow"))
    who = {"first": ("e1", "e2", "e3"), "grow": ("e4",)}
    together = "sharing: {together: [[first, grow]], places: {mentor: 2}}\n"
    return Live(world=sharing.world(together, *both, mentees=who)), MATCHING


def _mosaic() -> tuple[Live, date]:
    """Needs that part the mentors among them."""
    needs = "\n".join(
        f"    - {{id: {need}, mentor: {{unit: {{is: {unit}}}}}}}"
        for need, unit in (("craft", "tech"), ("talk", "sales"))
    )
    words = f"  capacity: {{mentor: {{max: 2}}}}\n  needs:\n{needs}"
    return models.live(ModelType.MOSAIC, instead=words), models.DAY


def _leximin() -> tuple[Live, date]:
    """The eleven mentees and eight mentors, the worst-off mentee first."""
    program = changed(PROGRAM, ("meetings:", "  objective: [leximin, total_score]\nmeetings:"))
    return Live(world=replace(world(), programs=(program,))), MATCHING


def _groups(model: ModelType, words: str) -> Callable[[], tuple[Live, date]]:
    """Circles of two to four with a mentor each, or teams with mentors, where more are wanted than can be."""
    return lambda: (models.live(model, instead=words), models.DAY)


_LIVE: dict[str, Callable[[], tuple[Live, date]]] = {
    "pairs": _pairs,
    "pairs with leximin": _leximin,
    "peers": _peers("cover_peers, total_score", "odd_person: sit_out"),
    "peers with a threshold": _peers("cover_peers, worst_match, total_score", "odd_person: sit_out"),
    "peers with leximin": _peers("leximin, total_score", "odd_person: sit_out"),
    "a trio": _peers("cover_peers, total_score"),
    "a trio with leximin": _peers("leximin"),
    "a trio with a threshold": _peers("cover_peers, worst_match, total_score"),
    "two programs": _joint,
    "a mosaic": _mosaic,
    "circles": _groups(ModelType.GROUP, "  group: {size: {min: 3, max: 4}}"),
    "circles with leximin": _groups(
        ModelType.GROUP, "  group: {size: {min: 2, max: 5}}\n  objective: [leximin, complete_groups]"
    ),
    "teams": _groups(ModelType.TEAM, "  teams: {field: squad, mentors: {min: 1, max: 2}}"),
}


def verified(said: Any, kind: str = "pairs") -> pipeline.Verified:
    live, _ = planned(kind)
    return pipeline.verify(live.world.load(), live.world.people(), live.snapshot, said)


@pytest.mark.parametrize("kind", _LIVE)
def test_what_was_planned_is_proved(kind: str) -> None:
    """A plan and its certificate file say the same, survive writing and reading, and are proved."""
    _, plan = planned(kind)
    assert plan_from_text(plan_to_text(plan)) == plan
    claim = certificate_from_text(certificate_to_text(claim_of(plan)))
    assert claim == claim_of(plan)
    for said in (plan, claim):
        found = verified(said, kind)
        assert found.proved, found
        assert [s.outcome for s in found.searches] == ["proved"] * len(plan.certificates)
    assert [bool(c.pairs) for c in plan.certificates] == [True, *(False for _ in plan.certificates[1:])]


def test_certificates_are_no_effects() -> None:
    """The digest that an approval is given for is that of the changes alone, and no name is in a certificate."""
    live, plan = planned()
    assert plan.digest == effects_digest(plan.workspace, plan.changes)
    text = certificate_to_text(claim_of(plan))
    assert not any(f'"{person}"' in text for person in live.world.people().roster_ids)


def resealed(data: dict[str, Any]) -> str:
    """The document as mentorctl would write it, with a seal that fits."""
    body = {key: value for key, value in data.items() if key != "seal"}
    lines = []
    for key, value in (body | {"seal": digest(body)}).items():
        items = ",\n    ".join(canonical_json(item) for item in value) if isinstance(value, list) and value else ""
        lines.append(f'  "{key}": [\n    {items}\n  ]' if items else f'  "{key}": {canonical_json(value)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _proofs(data: dict[str, Any]) -> list[dict[str, Any]]:
    """All prices of the first certificate."""
    first = data["certificates"][0]
    levels = [*first["levels"], *first.get("peer_levels", ())]
    deep = [proof for level in levels for part in ("reached", "missed") for proof in level[part]]
    return [*first["objectives"], *first.get("peers", ()), *deep]


def _price(data: dict[str, Any], draw: random.Random) -> None:
    """A price of somebody who has one, or of all: no other price is as good for everybody at once."""
    proof = draw.choice(_proofs(data))
    shift = draw.choice([-1, 1]) * draw.randint(1, 10**6)
    proof["prices"] = [price + shift for price in proof["prices"]]


def _number(data: dict[str, Any], draw: random.Random) -> None:
    draw.choice(_proofs(data))[draw.choice(["value", "bound"])] += draw.choice([-1, 1, 17])


def _fewer_prices(data: dict[str, Any], draw: random.Random) -> None:
    proof = draw.choice(_proofs(data))
    proof["prices"] = proof["prices"][draw.randint(1, 5) :]


def _terms(data: dict[str, Any], draw: random.Random) -> None:
    """The aims counted otherwise than they are."""
    terms = draw.choice([proof for proof in _proofs(data) if "terms" in proof])["terms"]
    terms[draw.randrange(len(terms))] += draw.choice([-1, 1, 1000])


def _held(data: dict[str, Any], draw: random.Random) -> None:
    draw.choice([proof for proof in _proofs(data) if "held" in proof])["held"] += draw.randint(1, 9)


def _without(data: dict[str, Any], draw: random.Random) -> None:
    """Prices that leave out others than they did."""
    proof = draw.choice([proof for proof in _proofs(data) if "without" in proof])
    proof["without"] = [*proof["without"], draw.randrange(12)] if draw.random() < 0.5 else [11, *proof["without"][1:]]


def _sets(data: dict[str, Any], draw: random.Random) -> None:
    """A set that costs more than it is worth, or is none."""
    proof = draw.choice([proof for proof in _proofs(data) if "sets" in proof])
    begin = draw.randrange(4)
    proof["line"] = proof["line"] or list(range(len(proof["prices"])))
    proof["sets"] = [*proof["sets"], [begin, begin + draw.choice([-1, 0, 3, 5, 40]), draw.choice([-1, 2, 1 << 61])]]


def _level(data: dict[str, Any], draw: random.Random) -> None:
    first = data["certificates"][0]
    level = draw.choice([*first["levels"], *first.get("peer_levels", ())])
    part = draw.choice(["level", "beyond"])
    level[part] += draw.choice([-1, 1, 3])


def _no_levels(data: dict[str, Any], draw: random.Random) -> None:
    levels = data["certificates"][0]["levels"] or data["certificates"][0]["peer_levels"]
    levels[draw.randrange(len(levels))][draw.choice(["reached", "missed"])].clear()


def _fewer_proofs(data: dict[str, Any], draw: random.Random) -> None:
    """One of few is missing; of the many of a pool with a trio, which may prove something twice, all but one are."""
    first = data["certificates"][0]
    proofs = first.get("peers") or first["objectives"]
    at = draw.randrange(len(proofs))
    proofs[:] = proofs[at : at + 1] if len(proofs) > 3 else [*proofs[:at], *proofs[at + 1 :]]


def _alone(data: dict[str, Any], draw: random.Random) -> None:
    """A cohort that says that it was searched alone, or with others than it was."""
    certificate = draw.choice(data["certificates"])
    certificate["together"] = draw.choice([[], certificate["together"][::-1], certificate["together"][:1]])


def _moved(data: dict[str, Any], _draw: random.Random) -> None:
    """The prices with another cohort than the first."""
    one, two = data["certificates"][:2]
    for part in ("pairs", "objectives"):
        one[part], two[part] = two[part], one[part]


def _digest(data: dict[str, Any], draw: random.Random) -> None:
    name = data["certificates"][0]["pairs"]
    at = draw.randrange(20, len(name))
    data["certificates"][0]["pairs"] = name[:at] + draw.choice("ghxyz") + name[at + 1 :]


def _no_pairs(data: dict[str, Any], _draw: random.Random) -> None:
    data["certificates"][0].update(pairs="", objectives=[], levels=[])


def _other_class(data: dict[str, Any], draw: random.Random) -> None:
    data["certificates"][0]["problem"] = draw.choice(["activation", "general graph", "", "network with side rows"])


def _other_cohort(data: dict[str, Any], draw: random.Random) -> None:
    data["certificates"][0][draw.choice(["cohort", "program"])] += "x"


def _no_certificate(data: dict[str, Any], _draw: random.Random) -> None:
    data["certificates"] = []


def _given_up(data: dict[str, Any], _draw: random.Random) -> None:
    data["certificates"][0]["given_up"] = ["other_department"]


def _gone(data: dict[str, Any], draw: random.Random) -> None:
    del data["matches"][draw.randrange(len(data["matches"]))]


def _twice(data: dict[str, Any], draw: random.Random) -> None:
    data["matches"].append(draw.choice(data["matches"]))


def _score(data: dict[str, Any], draw: random.Random) -> None:
    draw.choice(data["matches"])["score"] += draw.choice([-1, 1, 100])


def _term(data: dict[str, Any], draw: random.Random) -> None:
    match = draw.choice([m for m in data["matches"] if m["terms"]])
    match["terms"][0][draw.choice(["points"])] += 1


def _swapped(data: dict[str, Any], draw: random.Random) -> None:
    one, two = draw.sample(data["matches"], 2)
    one["members"][1], two["members"][1] = two["members"][1], one["members"][1]


def _somebody_else(data: dict[str, Any], draw: random.Random) -> None:
    draw.choice(data["matches"])["members"][draw.randint(0, 1)]["person"] = f"p{draw.randrange(10**13):014x}"


def _need(data: dict[str, Any], draw: random.Random) -> None:
    match = draw.choice(data["matches"])
    match["subject"] = draw.choice(["craft", "talk", "", "other"])


def _state(data: dict[str, Any], draw: random.Random) -> None:
    draw.choice(data["matches"])["state"] = draw.choice(["accepted", "active", "ended"])


def _relaxed(data: dict[str, Any], draw: random.Random) -> None:
    draw.choice(data["matches"])["relaxed"] = ["other_department"]


def _day(data: dict[str, Any], draw: random.Random) -> None:
    data["as_of"] = draw.choice(["2027-02-10", "2026-01-01", "2027-1-27", "", "never"])


def _origin(data: dict[str, Any], draw: random.Random) -> None:
    key = draw.choice(["inputs", "workspace"])
    data[key] += "0"


def _serial(data: dict[str, Any], draw: random.Random) -> None:
    data["store"]["serial"] += draw.randint(1, 9)


def _of_groups(data: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = draw.choice(data["certificates"][0]["groups"])
    return found


def _group_prices(data: dict[str, Any], draw: random.Random) -> None:
    """Prices that are all higher or lower, those of one case that are missing, or of one person."""
    proof = _of_groups(data, draw)
    shift = draw.choice([-1, 1]) * draw.randint(1, 9) * proof["terms"][0]
    proof["prices"] = draw.choice(
        [
            [[price + shift for price in row] for row in proof["prices"]],
            proof["prices"][1:],
            [row[1:] for row in proof["prices"]],
            [proof["prices"][0][1:], *proof["prices"][1:], proof["prices"][0]],
            [[1 << 62 for _ in row] for row in proof["prices"]],
        ]
    )


def _group_terms(data: dict[str, Any], draw: random.Random) -> None:
    terms = _of_groups(data, draw)["terms"]
    terms[draw.randrange(len(terms))] += draw.choice([-1, 1, 1000])


def _group_cases(data: dict[str, Any], draw: random.Random) -> None:
    """Cases that do not fit together: a unit that is not there, one too few, one too many."""
    units = _of_groups(data, draw)["units"]
    units[:] = draw.choice([[*units[:-1], 99], units[:-1], [*units, -1], [*units, 0], [-2, *units[1:]]])


def _group_seats(data: dict[str, Any], draw: random.Random) -> None:
    """A match in the unit of another, in none, or in one that is not there."""
    seated = data["certificates"][0]["seated"]
    one = draw.randrange(len(seated))
    change = draw.choice(["other", "none", "away"])
    if change == "none":
        del seated[one]
    else:
        seated[one][1] = seated[one - 1][1] if change == "other" else draw.choice([-1, 99])


def _no_groups(data: dict[str, Any], _draw: random.Random) -> None:
    data["certificates"][0].update(groups=[])


CORRUPTIONS: tuple[Callable[[dict[str, Any], random.Random], None], ...] = (
    _price, _number, _fewer_prices, _digest, _no_pairs, _other_class, _other_cohort, _no_certificate, _given_up, _gone,
    _twice, _score, _term, _swapped, _somebody_else, _state, _relaxed, _day, _origin, _serial,
)  # fmt: skip


_OF_PEERS = (_price, _number, _fewer_prices, _digest, _terms, _held, _without, _sets, _fewer_proofs, _gone, _swapped)
_OF_LEVELS = (_level, _no_levels)
_OF_MOSAICS = (_price, _number, _fewer_prices, _digest, _no_pairs, _fewer_proofs, _gone, _twice, _score, _need)
_OF_TWO = (_price, _number, _fewer_prices, _digest, _fewer_proofs, _alone, _moved, _gone, _twice, _score, _swapped)
_OF_GROUPS = (
    _group_prices, _group_terms, _group_cases, _group_seats, _no_groups, _digest, _other_class, _gone, _twice, _score,
    _term, _swapped, _somebody_else,
)  # fmt: skip

CASES = (
    *(("pairs", corrupt) for corrupt in CORRUPTIONS),
    *(("pairs with leximin", corrupt) for corrupt in (_price, _number, _fewer_prices, _digest, _gone, _swapped)),
    *(("peers", corrupt) for corrupt in _OF_PEERS),
    *(("peers with a threshold", corrupt) for corrupt in (*_OF_PEERS, *_OF_LEVELS)),
    *(("a trio", corrupt) for corrupt in _OF_PEERS),
    *(("a trio with a threshold", corrupt) for corrupt in (*_OF_PEERS, *_OF_LEVELS)),
    *(("two programs", corrupt) for corrupt in _OF_TWO),
    *(("a mosaic", corrupt) for corrupt in _OF_MOSAICS),
    *((kind, corrupt) for kind in ("circles", "teams") for corrupt in _OF_GROUPS),
)


@pytest.mark.parametrize(("kind", "corrupt"), CASES)
def test_no_changed_certificate_is_a_proof(kind: str, corrupt: Callable[[dict[str, Any], random.Random], None]) -> None:
    """Many certificates a way of being wrong, sealed again by somebody who knows how: each is refused."""
    _, plan = planned(kind)
    original = json.loads(certificate_to_text(claim_of(plan)))
    for seed in range(30 if kind == "pairs" else 12):
        data = json.loads(json.dumps(original))
        corrupt(data, random.Random(f"{corrupt.__name__} {seed}"))
        if data != original:
            assert not _is_proof(resealed(data), kind), (corrupt.__name__, seed)


def _is_proof(text: str, kind: str = "pairs") -> bool:
    try:
        said: Any = certificate_from_text(text) if CERTIFICATE in text[:80] else plan_from_text(text)
    except NotAPlan:
        return False
    return verified(said, kind).proved


@pytest.mark.parametrize("block", range(4))
def test_no_changed_plan_is_a_proof(block: int) -> None:
    """A hundred plans in which one number or word of the people's part was changed, with new digests: all are refused."""
    _, plan = planned()
    original = plan_to_json(plan)
    rows = [at for at, c in enumerate(original["changes"]) if c["kind"] in ("match", "enrollment")]
    for seed in range(block * 100, block * 100 + 100):
        draw = random.Random(seed)
        data = json.loads(json.dumps(original))
        change = data["changes"][draw.choice(rows)]
        after = change["after"]
        if change["kind"] == "enrollment":
            after["state"] = draw.choice(
                [s for s in ("matched", "waitlisted", "ready", "withdrawn") if s != after["state"]]
            )
        elif draw.random() < 0.5:
            after["score"] += draw.choice([-5, -1, 1, 5])
        else:
            after["state"] = draw.choice(["accepted", "active", "ended"])
        body = {key: value for key, value in data.items() if key not in ("seal", "digest")}
        effects = [[c["address"], c["action"], c["impact"], c["before"], c["after"]] for c in data["changes"]]
        data = {"digest": digest([body["workspace"], effects], "mcd1:sha256")} | {
            k: v for k, v in data.items() if k != "digest"
        }
        ordered = {key: data[key] for key in original}
        assert not _is_proof(resealed(ordered)), seed


def test_a_summary_that_counts_otherwise_is_refused() -> None:
    """What the plan says in numbers about its matches is held against them."""
    _, plan = planned()
    for key in ("matches", "score"):
        data = plan_to_json(plan)
        data["matchings"][0][key] += 1
        assert not _is_proof(resealed(data)), key
    assert _is_proof(resealed(plan_to_json(plan)))


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format": "mentorctl/certificate/v1"}', "\x00", "[" * 5000])
def test_other_texts_are_no_certificates(text: str) -> None:
    """Whatever the text is, reading it ends in a sentence."""
    with pytest.raises(NotAPlan):
        certificate_from_text(text)
