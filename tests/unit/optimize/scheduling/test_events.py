"""One time for many people: events, and training sessions with seats."""

from dataclasses import replace

import numpy as np
import pytest

from mentorctl.optimize.scheduling.events import place_event, place_trainings
from mentorctl.optimize.scheduling.problem import TrainingGoals, TrainingProblem
from mentorctl.optimize.scheduling.verify import verify_training


def training(available: list[list[int]], *, seated_at: list[int] | None = None, seats: int = 0) -> TrainingProblem:
    """Candidates ten quarters apart, five to a day."""
    rows = np.array(available, dtype=np.bool_)
    number = np.arange(rows.shape[1])
    return TrainingProblem(
        slots=10 * number,
        day=(number // 5).astype(np.int32),
        week=np.zeros(len(number), dtype=np.int32),
        available=rows,
        seated_at=np.array([-1] * len(rows) if seated_at is None else seated_at, dtype=np.int32),
        seats=seats,
    )


def test_an_event_is_when_most_have_time() -> None:
    """The candidate with the most people wins."""
    assert place_event(np.array([5, 9, 13]), np.array([[1, 1, 0], [0, 1, 1]], dtype=np.bool_)) == 1


def test_of_equal_candidates_the_earliest_is_taken() -> None:
    """Time decides, not the order in which candidates are given."""
    available = np.array([[1, 1, 0], [0, 0, 1]], dtype=np.bool_)
    assert place_event(np.array([9, 5, 13]), available) == 1


def test_an_event_without_people_is_at_the_earliest_time() -> None:
    """Nobody has to be available for an answer."""
    assert place_event(np.array([5, 9]), np.zeros((0, 2), dtype=np.bool_)) == 0


def test_an_event_needs_a_candidate() -> None:
    """Without one there is nothing to choose, and a sentence says so."""
    with pytest.raises(ValueError, match="there is none"):
        place_event(np.zeros(0, dtype=np.int64), np.zeros((3, 0), dtype=np.bool_))


def test_one_session_is_enough_where_everybody_can_come() -> None:
    """Fewer sessions come before earlier ones."""
    answer = place_trainings(training([[1, 0, 1], [0, 1, 1]]))
    assert answer.sessions == (2,)
    assert answer.seat_of == (2, 2)
    assert answer.proved


def test_seats_split_people_over_sessions() -> None:
    """Seating everybody comes before having few sessions."""
    answer = place_trainings(training([[1, 1], [1, 1], [1, 0]], seats=2))
    assert answer.goals == TrainingGoals(seated=3, moved=0, sessions=2, lateness=1)
    assert answer.seat_of == (0, 1, 0)


def test_people_keep_their_seats_before_sessions_become_few() -> None:
    """A second session stays because moving its one guest would be worse."""
    answer = place_trainings(training([[1, 1], [1, 1]], seated_at=[0, 1]))
    assert answer.seat_of == (0, 1)
    assert answer.goals.moved == 0


def test_a_seat_is_given_up_if_somebody_else_would_stay_out() -> None:
    """Seating one more person comes before not moving another."""
    answer = place_trainings(training([[1, 1], [1, 0]], seated_at=[0, -1], seats=1))
    assert answer.seat_of == (1, 0)
    assert answer.goals.moved == 1


def test_people_who_never_have_time_stay_without_a_seat() -> None:
    """They are counted by their absence, and as moved if they had a seat."""
    answer = place_trainings(training([[0, 0], [0, 1]], seated_at=[0, -1]))
    assert answer.seat_of == (-1, 1)
    assert answer.goals == TrainingGoals(seated=1, moved=1, sessions=1, lateness=1)
    assert answer.proved


def test_limits_on_days_and_distance_are_kept() -> None:
    """Where only one session may be held, the one for most people is."""
    problem = training([[1, 0], [0, 1], [0, 1]])
    for limited in (replace(problem, per_day=1), replace(problem, per_week=1), replace(problem, apart=11)):
        answer = place_trainings(limited)
        assert answer.sessions == (1,)
        assert answer.goals.seated == 2
        assert answer.proved
        assert not verify_training(limited, answer)
    assert place_trainings(replace(problem, apart=10)).goals.seated == 3


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (3, 2)])
def test_nobody_or_no_time_is_an_empty_plan(shape: tuple[int, int]) -> None:
    """Without people, candidates or availability nothing is held, and that is proved."""
    problem = training(np.zeros(shape, dtype=int).tolist()) if shape[0] else training([[0] * shape[1]])
    rows = np.zeros(shape, dtype=np.bool_)
    problem = replace(problem, available=rows, seated_at=np.full(shape[0], -1, dtype=np.int32))
    answer = place_trainings(problem)
    assert answer.sessions == ()
    assert answer.seat_of == (-1,) * shape[0]
    assert answer.proved


def test_the_order_of_people_changes_no_goal_and_no_session() -> None:
    """Rows of the roster may come in any order; people of the same kind share the seats of their kind."""
    draw = np.random.default_rng(4)
    problem = training((draw.random((18, 8)) < 0.4).tolist(), seated_at=draw.integers(-1, 3, 18).tolist(), seats=4)
    answer = place_trainings(problem)
    assert answer.proved
    for _ in range(4):
        order = draw.permutation(18)
        turned = replace(problem, available=problem.available[order], seated_at=problem.seated_at[order])
        again = place_trainings(turned)
        assert (again.goals, again.sessions) == (answer.goals, answer.sessions)
        kinds = [(row.tobytes(), int(had)) for row, had in zip(turned.available, turned.seated_at, strict=True)]
        before = [(row.tobytes(), int(had)) for row, had in zip(problem.available, problem.seated_at, strict=True)]
        assert sorted(zip(kinds, again.seat_of, strict=True)) == sorted(zip(before, answer.seat_of, strict=True))


def test_a_time_limit_leaves_a_correct_plan_with_a_gap() -> None:
    """When time is short the plan still keeps everything and says what is not proved."""
    draw = np.random.default_rng(6)
    problem = training((draw.random((120, 40)) < 0.15).tolist(), seats=9)
    answer = place_trainings(problem, time_limit=0.01)
    assert verify_training(problem, answer) == ()
    assert not answer.proved
    assert answer.bounds.sessions <= answer.goals.sessions
