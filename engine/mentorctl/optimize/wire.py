"""Problems and answers as bytes, for the pipe to the worker: a line of JSON, then the raw arrays.

Only the classes named here can be read back, and arrays only as numbers, so a reader never runs what it reads.
"""

import json
from dataclasses import fields, is_dataclass
from typing import IO, Any

import numpy as np

from mentorctl.optimize.budgets import Budget
from mentorctl.optimize.groups.peer_certificate import PeerCertificate
from mentorctl.optimize.groups.problem import (
    Branches,
    GroupAnswer,
    GroupObjective,
    GroupProblem,
    PeerAnswer,
    PeerObjective,
    PeerProblem,
    Shortfall,
)
from mentorctl.optimize.groups.rules import Cohesion, CommonSlot, Gap, Limit, Mixture, Pool, Quota, Share, Solo, Target
from mentorctl.optimize.network import Certificate, Network, Objective
from mentorctl.optimize.ordered import OrderedAnswer, Threshold, Worst
from mentorctl.optimize.scheduling.gatherings import Gathering, GatheringAnswer, GatheringProblem
from mentorctl.optimize.scheduling.problem import (
    Before,
    PairCandidates,
    Part,
    SeriesAnswer,
    SeriesProblem,
    Step,
    Terms,
)
from mentorctl.optimize.scheduling.timetable import Course, Timetable, TimetableProblem, TrainingSession

_CLASSES = {
    c.__name__: c
    for c in (
        Before,
        Branches,
        Budget,
        Certificate,
        Cohesion,
        CommonSlot,
        Course,
        Gap,
        Gathering,
        GatheringAnswer,
        GatheringProblem,
        GroupAnswer,
        GroupObjective,
        GroupProblem,
        Limit,
        Mixture,
        Network,
        Objective,
        OrderedAnswer,
        PairCandidates,
        Part,
        PeerAnswer,
        PeerCertificate,
        PeerObjective,
        PeerProblem,
        Pool,
        Quota,
        SeriesAnswer,
        SeriesProblem,
        Share,
        Shortfall,
        Solo,
        Step,
        Target,
        Terms,
        Threshold,
        Timetable,
        TimetableProblem,
        TrainingSession,
        Worst,
    )
}
_KINDS = frozenset("biuf")


class Garbled(ValueError):  # noqa: N818 - the name of what happened
    """The other end did not write what this end expects."""


def send(stream: IO[bytes], value: Any) -> None:  # noqa: ANN401 - any value made of the classes above
    """Write one message."""
    arrays: list[np.ndarray[Any, Any]] = []
    skeleton = _encode(value, arrays)
    head = {"value": skeleton, "arrays": [[a.dtype.str, list(a.shape)] for a in arrays]}
    stream.write(json.dumps(head).encode() + b"\n")
    for array in arrays:
        stream.write(np.ascontiguousarray(array).tobytes())
    stream.flush()


def receive(stream: IO[bytes]) -> Any:  # noqa: ANN401
    """Read one message. Raises EOFError when the other end is gone, Garbled when it wrote something else."""
    line = stream.readline()
    if not line:
        raise EOFError
    try:
        head = json.loads(line)
        arrays = [_array(stream, np.dtype(kind), tuple(shape)) for kind, shape in head["arrays"]]
        return _decode(head["value"], arrays)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise Garbled(f"{type(error).__name__} in a message of {len(line)} bytes") from None


def _encode(value: Any, arrays: list[np.ndarray[Any, Any]]) -> Any:  # noqa: ANN401
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if is_dataclass(value) and not isinstance(value, type):
        return {
            "class": type(value).__name__,
            "fields": {f.name: _encode(getattr(value, f.name), arrays) for f in fields(value)},
        }
    if isinstance(value, tuple | list):
        return {"tuple": [_encode(item, arrays) for item in value]}
    return value


def _decode(value: Any, arrays: list[np.ndarray[Any, Any]]) -> Any:  # noqa: ANN401
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return arrays[value["array"]]
    if "tuple" in value:
        return tuple(_decode(item, arrays) for item in value["tuple"])
    parts = {name: _decode(part, arrays) for name, part in value["fields"].items()}
    return _CLASSES[value["class"]](**parts)


def _array(stream: IO[bytes], kind: np.dtype[Any], shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    if kind.kind not in _KINDS:
        raise Garbled(f"arrays of {kind} are not sent")
    size = kind.itemsize * int(np.prod(shape, dtype=np.int64))
    data = stream.read(size)
    if len(data) != size:
        raise EOFError
    return np.frombuffer(data, kind).reshape(shape).copy()
