"""The static plan as a document: canonical JSON of one format, read as strictly as something from a stranger is."""

import json
from typing import Any, cast

from mentorctl.plan.static import StaticPlan
from mentorctl.state.codec import canonical_json
from mentorctl.state.shapes import CodecError, shape_of

FORMAT = "mentorctl/static-plan/v1"


class NotAStaticPlan(ValueError):  # noqa: N818 - the name of what was found
    """A text that is no static plan of this version; the message is a sentence."""


def static_plan_to_json(plan: StaticPlan) -> dict[str, Any]:
    """The static plan as JSON values, with its format and what it comes to."""
    body = cast("dict[str, Any]", _SHAPE.write(plan, ""))
    return {"format": FORMAT, "impact": plan.impact.value, "errors": plan.has_errors} | body


def static_plan_to_text(plan: StaticPlan) -> str:
    """The saved static plan, ending with a newline. Equal plans have equal texts."""
    return canonical_json(static_plan_to_json(plan)) + "\n"


def static_plan_from_text(text: str) -> StaticPlan:
    """Read a saved static plan. Raises NotAStaticPlan when it is not exactly what was written."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise NotAStaticPlan("it is not JSON") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise NotAStaticPlan(f"it does not say `format: {FORMAT}`")
    try:
        plan = cast("StaticPlan", _SHAPE.read({k: v for k, v in data.items() if k not in _SAID}, ""))
        written = static_plan_to_text(plan)
    except (CodecError, RecursionError, ValueError) as error:
        raise NotAStaticPlan(f"it does not have the shape of a static plan ({type(error).__name__})") from None
    if written != text:
        raise NotAStaticPlan("it is not written as mentorctl writes it")
    return plan


_SAID = frozenset({"format", "impact", "errors"})
_SHAPE = shape_of(StaticPlan)
