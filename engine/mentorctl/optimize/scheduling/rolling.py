"""The search for one group."""

from mentorctl.optimize.scheduling.search import Search


def search_group(problem, pairs, deadline):
    return Search.of(problem, pairs, deadline).run()
