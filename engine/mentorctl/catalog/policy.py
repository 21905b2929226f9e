"""MC24xx: how a workspace weighs the checks, what its policies except, and for how long."""

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
        "MC2405",
        "warning",
        "an exception to a policy has ended",
        "The last day of `until` is over, so the policy counts for the program again. Remove the exception, or decide "
        "anew and write another day.",
    ),
    Kind(
        "MC2406",
        "error",
        "an exception to a policy for a program that is not there",
        "An exception names one program by its id. One that names nobody would lie in wait for a program of that name.",
    ),
    Kind(
        "MC2404",
        "warning",
        "an exception that covers nothing",
        "The check no longer finds anything there. An exception that stays would hide the next one without a decision.",
    ),
)
