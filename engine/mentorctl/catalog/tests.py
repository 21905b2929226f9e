"""MC8xxx: tests of programs."""

from mentorctl.catalog.kind import Kind

KINDS = (
    Kind(
        "MC8001",
        "error",
        "the program does not do what a test expects",
        "Either the program changed what it means for people, or the test asks for something else than was decided. "
        "`because` of the case says why it was asked for.",
    ),
    Kind(
        "MC8002",
        "error",
        "a test that cannot be run",
        "It names somebody or something that is not there, or lets something happen that is not possible at that "
        "point.",
    ),
    Kind(
        "MC8003",
        "error",
        "no tests",
        "Tests are files tests/NAME.test.yaml in the workspace. They hold what was decided, so that a change of the "
        "program that breaks it is noticed.",
    ),
)
