"""What is asked of the calendar for a training module, and a digest of what its sessions are chosen from."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from mentorctl.lifecycle.compiled import plain
from mentorctl.plan.calendar import basis_of, when_free
from mentorctl.plan.enrollments import Cohort
from mentorctl.spec.model import Module
from mentorctl.state.model import SessionRecord
from mentorctl.values import dataclass

if TYPE_CHECKING:
    from mentorctl.state.shapes import JsonValue


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


def training_basis(cohort: Cohort, module: Module, people: Sequence[str]) -> str:
    """A digest of what the slot of a session was chosen from: the module, its days, and the time that its people have.

    Of somebody who left the roster nothing is known, so that the seats are given anew.
    """
    due = cohort.timeline.day_of(module.due) if module.due else None
    phase = cohort.timeline.phase_on(due) if due else cohort.timeline.phase("training")
    rolls = cohort.timeline.is_rolling
    when = [] if phase is None or rolls else [plain(phase), plain(due)]
    index_of, span = cohort.inputs.index_of, (cohort.timeline.start, cohort.timeline.end)
    about: list[JsonValue] = [when_free(cohort, p, *span) if p in index_of else None for p in people]
    workspace = cohort.inputs.workspace
    places = [plain(room) for room in workspace.rooms if room.id == module.room]
    leaders = [plain(one) for one in workspace.facilitators if one.id == module.facilitator]
    return basis_of([plain(module), when, about, *places, *leaders])
