"""What accompanies the matches: goals, questions, check-ins, resources, messages, measures, limits."""

from collections.abc import Iterator, Sequence

from mentorctl.diagnostics import FieldPath, quoted_list
from mentorctl.rules.fields import Audience
from mentorctl.spec.read_time import read_date, read_duration, read_moment
from mentorctl.spec.reading import Findings, Tree, titled
from mentorctl.spec.support import (
    Agenda,
    Alert,
    AnswerType,
    CheckIn,
    Form,
    Goals,
    GoalTemplate,
    Limit,
    Measure,
    Message,
    Milestone,
    Monitoring,
    OnChange,
    Question,
    Reaction,
    Resource,
    Returns,
)

_MEASURES = ("ratio", "source", "question")
_WITH = {"notify": "message", "assign": "module"}


def read_goals(tree: Tree | None, found: Findings) -> Goals | None:
    if tree is None:
        return None
    each = tree.get("per_mentee", {})
    low, high = each.get("min", 0), each.get("max", max(3, each.get("min", 0)))
    if low > high:
        found.add("MC1106", f"`min: {low}` is above `max: {high}`", ("goals", "per_mentee"))
    return Goals(
        agreement=tree.get("agreement", "none"),
        sign_by=read_moment(tree["sign_by"], ("goals", "sign_by"), found) if "sign_by" in tree else None,
        at_least=low,
        at_most=high,
        templates=tuple(GoalTemplate(id=t["id"], title=t["title"]) for t in tree.get("templates", ())),
        review=tuple(read_moment(m, ("goals", "review", i), found) for i, m in enumerate(tree.get("review", ()))),
    )


def read_milestone(tree: Tree, path: FieldPath, found: Findings) -> Milestone:
    return Milestone(
        id=tree["id"],
        title=tree.get("title", titled(tree["id"])),
        due=read_moment(tree["due"], (*path, "due"), found),
    )


def read_agenda(key: str, tree: Tree) -> Agenda:
    return Agenda(id=key, title=tree["title"], topics=tuple(tree.get("topics", ())), link=tree.get("link", ""))


def read_question(key: str, tree: Tree, found: Findings) -> Question:
    low, high = tree.get("scale", (1, 5))
    if low >= high:
        found.add("MC1106", f"a scale from {low} to {high} has no second answer", ("questions", key, "scale"))
    return Question(
        id=key,
        ask=tree["ask"],
        type=AnswerType(tree["type"]),
        scale=(low, high),
        options=tuple(tree.get("options", ())),
        required=tree.get("required", False),
        private=tree.get("private", False),
    )


def read_form(key: str, tree: Tree) -> Form:
    return Form(id=key, title=tree.get("title", titled(key)), questions=tuple(tree["questions"]))


def read_check_in(key: str, tree: Tree, forms: Sequence[Form], found: Findings) -> CheckIn:
    """A check-in; with a form it asks the questions of the form."""
    path: FieldPath = ("check_ins", key)
    if ("asks" in tree) == ("form" in tree):
        has = "both" if "asks" in tree else "neither"
        found.add("MC1107", f"a check-in has either `asks` or `form`; this one has {has}", path)
    form = next((f for f in forms if f.id == tree.get("form")), None)
    return CheckIn(
        id=key,
        at=tuple(read_moment(m, (*path, "at", i), found) for i, m in enumerate(tree["at"])),
        audience=Audience(tree.get("for", "everyone")),
        asks=form.questions if form else tuple(tree.get("asks", ())),
        form=tree.get("form", ""),
        every=read_duration(tree["every"], (*path, "every"), found) if "every" in tree else None,
        alerts=tuple(Alert(when=a["when"], tell=a["tell"]) for a in tree.get("alert", ())),
    )


def read_resource(key: str, tree: Tree, found: Findings) -> Resource:
    return Resource(
        id=key,
        title=tree["title"],
        link=tree["link"],
        audience=Audience(tree.get("for", "everyone")),
        description=tree.get("description", ""),
        offered=read_moment(tree["offered"], ("resources", key, "offered"), found) if "offered" in tree else None,
    )


def read_message(key: str, tree: Tree, found: Findings, *, sent_by_automation: bool) -> Message:
    """A message that is sent on an event, at a moment, or by automation that names it."""
    path: FieldPath = ("messages", key)
    if ("on" in tree) + ("at" in tree) + sent_by_automation == 0 or ("on" in tree and "at" in tree):
        has = "both" if "on" in tree else "neither"
        found.add(
            "MC1107",
            f"a message is sent either `on` an event or `at` a moment; this one has {has}",
            path,
            help="write for example `on: match.accepted`, or name the message in `automation`",
        )
    return Message(
        id=key,
        to=tuple(tree["to"]),
        template=tree["template"],
        subject=tree.get("subject", ""),
        channel=tree.get("channel", "email"),
        on=tree.get("on", ""),
        at=read_moment(tree["at"], (*path, "at"), found) if "at" in tree else None,
    )


def read_monitoring(tree: Tree | None, found: Findings) -> Monitoring | None:
    if tree is None:
        return None
    returns = tree.get("returns")
    return Monitoring(
        measures=tuple(_measure(key, m, found) for key, m in tree.get("measures", {}).items()),
        returns=Returns(
            program_cost=returns.get("program_cost", 0),
            replacement_cost=returns.get("replacement_cost", ""),
            compare_with=returns.get("compare_with", ""),
        )
        if returns is not None
        else None,
    )


def _measure(key: str, tree: Tree, found: Findings) -> Measure:
    path: FieldPath = ("monitoring", "measures", key)
    words = [word for word in _MEASURES if word in tree]
    if len(words) != 1:
        said = f"it has {quoted_list(words, last='and')}" if words else "it has none"
        found.add("MC1107", f"a measure has one of {quoted_list(_MEASURES)}; {said}", path)
    for bound in ("warn_below", "warn_above") if len(words) == 1 else ():
        if bound in tree and ("ratio" in tree) != isinstance(tree[bound], str):
            wanted = "a ratio is a percentage such as 70%" if "ratio" in tree else "an average is a number such as 3.5"
            found.add("MC1105", f"`{tree[bound]}` is written here, but `{bound}` of {wanted}", (*path, bound))
    ratio = tree.get("ratio")
    return Measure(
        id=key,
        ratio=(ratio[0], ratio[1]) if ratio else None,
        source=tree.get("source", "").removeprefix("roster."),
        question=tree.get("question", ""),
        warn_below=str(tree.get("warn_below", "")),
        warn_above=str(tree.get("warn_above", "")),
        review=tree.get("review", "monthly"),
    )


def read_automation(trees: Sequence[Tree], found: Findings) -> Iterator[Reaction]:
    for i, tree in enumerate(trees):
        path: FieldPath = ("automation", i)
        for deed, key in _WITH.items():
            if tree["do"] == deed and key not in tree:
                found.add("MC1107", f"`do: {deed}` needs `{key}`", (*path, "do"), help=f"add `{key}:` and its id")
            elif tree["do"] != deed and key in tree:
                found.add("MC1107", f"`{key}` goes with `do: {deed}` only", (*path, key), help=f"delete `{key}`")
        if "unless" in tree and "after" not in tree:
            found.add(
                "MC1107", "`unless` needs `after`: how long to wait for it", (*path, "unless"), help="add `after: 14d`"
            )
        yield Reaction(
            id=tree["id"],
            on=tree["on"],
            do=tree["do"],
            after=read_duration(tree["after"], (*path, "after"), found) if "after" in tree else None,
            unless=tree.get("unless", ""),
            message=tree.get("message", ""),
            module=tree.get("module", ""),
            because=tree.get("because", ""),
        )


def read_on_change(tree: Tree, found: Findings) -> OnChange:
    pinned = tree.get("in_flight") == "pin"
    if pinned != ("until" in tree):
        found.add(
            "MC1107",
            "`in_flight: pin` needs `until`, the day on which the old version ends"
            if pinned
            else "`until` goes with `in_flight: pin`",
            ("on_change",),
        )
    return OnChange(
        in_flight=tree.get("in_flight", "migrate"),
        timers=tree.get("timers", "keep"),
        until=read_date(tree["until"], ("on_change", "until"), found) if "until" in tree else None,
    )


_PROTECTED = ("un_matched", "re_matched", "withdrawn", "erased")  # what a plan may do to nobody in a protected program


def read_limits(tree: Tree, found: Findings, *, protect: bool = False) -> tuple[Limit, ...]:
    """The limits as written. A protected program has limits of nobody: there is no second mechanism."""
    tree = {**tree, **({what: {"max": 0} for what in _PROTECTED} if protect else {})}
    for key, limit in tree.items():
        share = limit.get("share", "0%")
        if not 0 <= float(share.removesuffix("%")) <= 100:  # noqa: PLR2004
            found.add("MC1106", f"`{share}` is no share of people; write 0% to 100%", ("limits", key, "share"))
    return tuple(Limit(what=key, people=limit.get("max"), share=limit.get("share", "")) for key, limit in tree.items())
