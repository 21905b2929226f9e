"""What is asked of the calendar for a training module, and a digest of what its sessions are chosen from."""

from collections.abc import Callable, Sequence
from datetime import date

from mentorctl.lifecycle.compiled import plain
from mentorctl.plan.bases import basis_of, list_of, when_free, written
from mentorctl.plan.enrollments import Cohort
from mentorctl.spec.model import Module
from mentorctl.state.model import SessionRecord
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A module, who has it to do, on which days, and the sessions of it that are ahead."""

    module: Module
    people: tuple[str, ...]
    days: tuple[date, date]
    standing: tuple[SessionRecord, ...]

    @property
    def quarters(self) -> int:
        return self.module.takes.minutes // 15


def training_basis(cohort: Cohort, module: Module) -> Callable[[Sequence[str]], str]:
    """What says of the people of a session what its slot was chosen from: the module, its days, and their time.

    Of somebody who left the roster nothing is known, so that the seats are given anew.
    """
    due = cohort.timeline.day_of(module.due) if module.due else None
    phase = cohort.timeline.phase_on(due) if due else cohort.timeline.phase("training")
    rolls = cohort.timeline.is_rolling
    when = [] if phase is None or rolls else [plain(phase), plain(due)]
    workspace = cohort.inputs.workspace
    places = [plain(room) for room in workspace.rooms if room.id == module.room]
    leaders = [plain(one) for one in workspace.facilitators if one.id == module.facilitator]
    begins, ends = written(plain(module), when), written(*places, *leaders)

    def basis(people: Sequence[str]) -> str:
        known = when_free(cohort, people, cohort.timeline.start, cohort.timeline.end)
        return basis_of([*begins, list_of(known[person] for person in people), *ends])

    return basis
