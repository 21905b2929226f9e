"""What effects raise in other lifecycles, for the checks of several together."""

from mentorctl.lifecycle.checks.linked import Links

LINKS = Links(
    raises={
        "end.matches": (("match", "end"),),
        "cancel.sessions": (("session", "cancel"),),
        "cancel.trainings": (("training", "withdraw"),),
        "release.people": (("enrollment", "unmatch"),),
    },
    caused=frozenset({("enrollment", "unmatch")}),
    begins={("enrollment", "match"): "match"},
)
