"""The program in a few functions, and the public Python API: load, plan, apply.

    loaded = load(texts)                      # YAML to a checked, compiled workspace
    people = read_people(loaded, tables)      # rows to columns
    planned = plan(loaded, people, ...)       # what apply would do; reads, never writes
    applied = apply(planned.plan, store, ...) # does exactly that, in one transaction
    told = record(happenings, store, ...)     # writes down what people did
    fired = advance(store, until, ...)        # lets time pass: what is due happens

Nothing here reads a file, a clock or the environment. Stages are imported when they are reached, so that checking files
does not wait for the optimizer.
"""

from mentorctl.loading import Document, Loaded, load
from mentorctl.pipeline.asking import Scheduled, Searched, Verified, problems, schedule, verify
from mentorctl.pipeline.planning import Planned, frozen_timers, judge, living_definitions, plan, read_set
from mentorctl.pipeline.reading import busy_times, read_people, with_policies
from mentorctl.pipeline.running import advance, apply, history, record, replay

__all__ = [
    "Document",
    "Loaded",
    "Planned",
    "Scheduled",
    "Searched",
    "Verified",
    "advance",
    "apply",
    "busy_times",
    "frozen_timers",
    "history",
    "judge",
    "living_definitions",
    "load",
    "plan",
    "problems",
    "read_people",
    "read_set",
    "record",
    "replay",
    "schedule",
    "verify",
    "with_policies",
]
