"""What effects raise in other lifecycles, as the runtime performs them (`lifecycle.follow`): for the checks."""

from mentorctl.lifecycle.checks.linked import Links

_CLOSING = (("match", "end"), ("session", "cancel"), ("training", "withdraw"), ("check_in", "skip"))

LINKS = Links(
    raises={
        "end.matches": (("match", "end"),),
        "rematch": (("match", "end"),),
        "close": _CLOSING,
        "cancel.sessions": (("session", "cancel"),),
        "cancel.trainings": (("training", "withdraw"),),
        "cancel.check_ins": (("check_in", "skip"),),
        "release.people": (("enrollment", "unmatch"),),
        "take.people": (("enrollment", "match"),),
    },
    caused=frozenset({("enrollment", "unmatch")}),
    begins={("enrollment", "match"): "match"},
)
