"""Simulations: the same meaning as the runtime, the same answer for the same seed, and intervals that tell the truth."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mentorctl import pipeline
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.simulation.chance import Chance
from mentorctl.lifecycle.simulation.living import start_of
from mentorctl.lifecycle.simulation.rates import Rates, rates_with
from mentorctl.lifecycle.simulation.report import simulate
from mentorctl.lifecycle.simulation.run import run_once
from mentorctl.optimize.engine import DirectEngine
from mentorctl.sources.files import read_table, read_yaml_text
from mentorctl.store.memory import MemoryStore

NOBODY_ACTS = Rates(
    eligible=0, approved=0, trained=0, match_found=0, mentor_accepts=0, mentee_accepts=0, late_answers=0, declines=0,
    signed=0, held=0, missed=0, drop_out_per_month=0, ends_per_month=0, pauses_per_month=0, pause_days=0, delivered=0,
    check_ins_answered=0,
)  # fmt: skip

EXAMPLES = Path(__file__).resolve().parents[3] / "programs" / "examples"
END = date(2028, 1, 15)


def loaded(name: str) -> pipeline.Loaded:
    folder = EXAMPLES / name
    programs = [(str(p), read_yaml_text(p, shown=p.name)) for p in sorted((folder / "programs").rglob("*.yaml"))]
    return pipeline.load(("mentorctl.yaml", read_yaml_text(folder / "mentorctl.yaml", shown="")), programs)


@pytest.fixture(scope="module")
def grow() -> CompiledProgram:
    return loaded("grow").programs[0]


def test_nobody_acting_it_comes_to_what_the_runtime_says() -> None:
    """Begun with a live state in which nobody does anything, every thing is in the state in which advance leaves it."""
    workspace = loaded("grow")
    assert workspace.workspace is not None
    tables = [read_table(EXAMPLES / "grow" / s.file, shown=s.file) for s in workspace.workspace.contract.sources]
    roster, _ = pipeline.read_people(workspace, tables)
    assert roster is not None
    store, at = MemoryStore(workspace.workspace.id), datetime(2027, 3, 3, 12, tzinfo=UTC)
    planned = pipeline.plan(workspace, roster, store.read(), as_of=at.date(), engine=DirectEngine())
    assert planned.plan is not None
    store.apply(planned.plan, apply_id="a", at=at, actor="test", new_lineage="line")
    start = start_of(store.read(), store.timers(), "grow", at)
    for day in (date(2027, 3, 20), date(2027, 6, 1), END):
        end = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
        store.advance(end, at=end, actor="time")
        tally = run_once(workspace.programs[0], people=0, until=day, rates=NOBODY_ACTS, seed=1, run=0, start=start)
        wanted = Counter((i.lifecycle, i.state) for i in store.instances() if i.lifecycle != "program")
        assert {key: n for key, n in tally.states.items() if n} == dict(wanted), day


def test_the_same_seed_gives_the_same_answer(grow: CompiledProgram) -> None:
    """Equal arguments give equal figures; another seed gives others."""

    def run(seed: int) -> object:
        return simulate(grow, people=40, until=END, rates=Rates(), seed=seed, runs=2)

    assert run(7) == run(7)
    assert run(7) != run(8)


def test_figures_add_up(grow: CompiledProgram) -> None:
    """Everybody who enrolled is in one state, and the means lie within the runs."""
    answer = simulate(grow, people=60, until=END, rates=Rates(), seed=3, runs=5)
    assert answer.figure("enrolled").mean == 60
    ended = sum(answer.figure(name).mean for name in ("completed", "left", "lapsed"))
    assert ended == pytest.approx(60)
    for figure in answer.figures:
        assert figure.low <= figure.mean <= figure.high or figure.sure >= 0
        assert figure.sure >= 0


def test_worse_rates_come_to_less(grow: CompiledProgram) -> None:
    """With the same luck, more drop-outs mean fewer who go the whole way."""
    usual = simulate(grow, people=100, until=END, rates=Rates(), seed=3, runs=2)
    worse = simulate(
        grow, people=100, until=END, rates=rates_with(Rates(), {"drop_out_per_month": "15%"}), seed=3, runs=2
    )
    assert worse.figure("completed").mean < usual.figure("completed").mean


def test_things_that_are_over_are_let_go(grow: CompiledProgram) -> None:
    """Nothing is kept per meeting: what is counted does not grow with time."""
    tally = run_once(grow, people=40, until=END, rates=Rates(), seed=3, run=0)
    assert len(tally.waits) + len(tally.months) + len(tally.messages) + len(tally.load) < 200
    assert tally.states["session", "held"] > 50


def test_chance_is_even_and_has_no_state() -> None:
    """Draws are spread evenly, and do not depend on the order in which they are made."""
    chance = Chance(1, 0)
    draws = [chance.share("x", who) for who in range(20_000)]
    assert all(0 <= draw < 1 for draw in draws)
    tenths = Counter(int(draw * 10) for draw in draws)
    assert all(abs(number - 2_000) < 200 for number in tenths.values())
    assert chance.share("x", 17) == draws[17]
    assert sum(chance.wait(5.0, "w", who) for who in range(20_000)) / 20_000 == pytest.approx(5.0, rel=0.05)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"hled": "80%"}, "did you mean `held`"),
        ({"held": "often"}, "is no number"),
        ({"held": "180%"}, "not between 0 and 1"),
        ({"answer_days": -1}, "not between 0 and 3650"),
        ({"held": True}, "is no number"),
    ],
)
def test_a_wrong_rate_is_refused(given: dict[str, object], words: str) -> None:
    """Names and values that are none come with a sentence that helps."""
    with pytest.raises(ValueError, match=words):
        rates_with(Rates(), given)
