"""MC24xx: how a workspace weighs the checks, and the exceptions it makes."""

from mentorctl.catalog.kind import Kind

KINDS = (
    Kind(
        "MC2401",
        "error",
        "a check that is no matter of opinion",
        "`checks.severity` and `suppress` are for warnings and notes. An error means that the program cannot do what "
        "the file says; turning it down would only hide that.",
    ),
    Kind(
        "MC2402",
        "error",
        "there is no check of that code",
        "The codes are listed in docs/diagnostics.md; each finding begins with its code.",
    ),
    Kind(
        "MC2403",
        "warning",
        "an exception has ended",
        "The last day of `until` is over, so the finding counts again. Put the cause right and remove the exception, "
        "or decide anew and write another day.",
    ),
    Kind(
        "MC2404",
        "warning",
        "an exception that covers nothing",
        "The check no longer finds anything there. An exception that stays would hide the next one without a decision.",
    ),
)
