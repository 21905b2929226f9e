"""Words that matching rules, scores and terms share: fields of two people, shares, spans of time, values."""

from collections.abc import Mapping
from typing import Any

from mentorctl.dates.durations import Duration, parse_duration
from mentorctl.diagnostics import FieldPath
from mentorctl.rules.fields import Role
from mentorctl.rules.pairs import WHOLE, Ago, FieldPair, Of
from mentorctl.spec.reading import Findings
from mentorctl.values import dataclass

_ROLES = ("mentee", "mentor")
_PEERS = ("a", "b")  # in the places of the mentee and the mentor
_OF = {"mentee": Of.MENTEE, "mentor": Of.MENTOR, "a": Of.MENTEE, "b": Of.MENTOR, "union": Of.UNION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Where findings go, and whether the program matches peers, who are called `a` and `b`."""

    found: Findings
    peers: bool = False

    def sides(self, tree: Mapping[str, Any], path: FieldPath) -> tuple[str, str]:
        """What is said for the mentee and for the mentor; of peers for `a` and for `b`."""
        words = _PEERS if "a" in tree else _ROLES
        self._fits_model(words is _PEERS, f"`{words[0]}` and `{words[1]}`", path)
        return tree[words[0]], tree[words[1]]

    def fields(self, value: Any, path: FieldPath) -> FieldPair:  # noqa: ANN401 - a field, or one of each side
        """A field of both, or one of each side."""
        if isinstance(value, str):
            return FieldPair(mentee=value, mentor=value)
        mentee, mentor = self.sides(value, path)
        return FieldPair(mentee=mentee, mentor=mentor)

    def role(self, word: str, path: FieldPath) -> Role:
        """Who of the two is meant; among peers `a`."""
        self._fits_model(word == "peer", f"`{word}`", path)
        return Role(word)

    def of(self, tree: Mapping[str, Any], path: FieldPath) -> Of:
        """Of whose answers a share is taken."""
        if "of" not in tree:
            return Of.UNION if self.peers else Of.MENTEE
        word = tree["of"]
        if word != "union":
            self._fits_model(word in _PEERS, f"`{word}`", (*path, "of"))
        return _OF[word]

    def _fits_model(self, of_peers: bool, words: str, path: FieldPath) -> None:
        if of_peers and not self.peers:
            self.found.add(
                "MC2030", f"{words} are words for peers, and this model has none", path, help="write `mentee`, `mentor`"
            )
        if self.peers and not of_peers:
            self.found.add(
                "MC2030",
                f"{words}: this model matches peers, who have no such roles",
                path,
                help="call the two `a` and `b`, and whoever ranks or says something `peer`",
            )

    def minutes(self, text: str, path: FieldPath) -> int:
        return self._duration(text, path).minutes

    def ago(self, text: str, path: FieldPath) -> Ago | None:
        """`10w`, or None for `ever`."""
        if text == "ever":
            return None
        duration = self._duration(text, path)
        return Ago(months=duration.months, days=duration.calendar_days)

    def _duration(self, text: str, path: FieldPath) -> Duration:
        return self.found.attempt("MC1105", path, Duration(days=1), lambda: parse_duration(text))

    def share(self, text: str, path: FieldPath) -> int:
        """`12.5%` in thousandths of a percent, above 0 and at most WHOLE."""
        whole, _, part = text.removesuffix("%").partition(".")
        made = int(f"{whole}{part:0<3}")
        if not 0 < made <= WHOLE:
            self.found.add("MC1106", f"`{text}` is not a share; write more than 0% and at most 100%", path)
        return made


def value_text(value: Any) -> str:  # noqa: ANN401 - a scalar of the file
    """A value as the roster spells it: truth as yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
