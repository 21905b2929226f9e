"""A timetable that the time limit cut short is said to be one."""

from datetime import date
from pathlib import Path

from mentorctl import pipeline
from mentorctl.optimize.engine import DirectEngine
from mentorctl.optimize.scheduling.problem import SeriesAnswer, SeriesProblem
from mentorctl.optimize.scheduling.series import solve_series
from mentorctl.optimize.scheduling.timetable import Timetable, TimetableProblem
from mentorctl.optimize.scheduling.timetabling import place_timetable
from mentorctl.sources.files import program_files, read_table, read_yaml_text
from mentorctl.state.model import empty_snapshot

EXAMPLE = Path(__file__).resolve().parents[3] / "programs" / "examples" / "grow"


class HurriedEngine(DirectEngine):
    """Solves with no time left."""

    def series(self, problem: SeriesProblem) -> SeriesAnswer:
        return solve_series(problem, deadline=lambda: True)

    def timetable(self, problem: TimetableProblem) -> Timetable:
        return place_timetable(problem, remaining=lambda: 0.0)


def test_an_unproved_timetable_is_told_with_its_gap() -> None:
    """MC6004 names what is not the best, the summaries say so too, and the plan still keeps every limit."""
    texts = [(path.name, read_yaml_text(path, shown=path.name)) for path in program_files(EXAMPLE)]
    loaded = pipeline.load(
        ("mentorctl.yaml", read_yaml_text(EXAMPLE / "mentorctl.yaml", shown="mentorctl.yaml")), texts
    )
    assert loaded.workspace is not None
    sources = loaded.workspace.contract.sources
    roster, _ = pipeline.read_people(loaded, [read_table(EXAMPLE / s.file, shown=s.file) for s in sources])
    assert roster is not None

    planned = pipeline.plan(
        loaded, roster, empty_snapshot(loaded.workspace.id), as_of=date(2027, 3, 3), engine=HurriedEngine()
    )

    told = [d for d in planned.findings if d.code == "MC6004"]
    assert any("training sessions of `spring_2027`" in d.detail for d in told)
    assert planned.plan is not None
    words = {"meeting": "meetings of", "training": "training sessions of", "event": "dates of events of"}
    assert {summary.kind for summary in planned.plan.schedules} == set(words)
    for summary in planned.plan.schedules:
        assert summary.proved == (summary.gap == 0)
        assert summary.proved == (not any(f"{words[summary.kind]} `spring_2027`" in d.detail for d in told))
