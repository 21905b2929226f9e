"""MC7xxx: plan, apply and the store."""

from mentorctl.catalog.kind import Kind

KINDS = (
    Kind(
        "MC7001", "error", "the plan is stale", "The state, the program files or the roster changed since it was made."
    ),
    Kind(
        "MC7002",
        "error",
        "no plan of mentorctl can be read there",
        "The file is missing, was changed or cut, or is something else.",
    ),
    Kind("MC7003", "error", "the store is locked", "Another command is writing to it; its owner is named."),
    Kind("MC7004", "error", "the store cannot be used", "For example a full disk, missing rights or a damaged file."),
    Kind(
        "MC7005",
        "error",
        "a program or cohort with people is no longer in the files",
        "Removing a file never removes people. Put it back; say `was` where it has another id now, or `retire` it.",
    ),
    Kind("MC7006", "error", "the store was written by a newer mentorctl", "Upgrade mentorctl."),
    Kind(
        "MC7007",
        "error",
        "the outcome of the apply is unknown",
        "The connection broke at the commit. Run `mentorctl show` before anything else.",
    ),
    Kind("MC7008", "error", "this plan was already applied", "Its changes are in the state; there is nothing to do."),
    Kind("MC7009", "error", "this plan belongs to another workspace", "Apply it where it was made."),
    Kind(
        "MC7011",
        "error",
        "the plan does more to people than a limit allows",
        "`limits` of a program say how many people one plan may leave without a match, move, re-match or withdraw. The "
        "limits of the last apply are kept in the state and count as well as those of the file, so that a limit is "
        "raised in a change of its own. `mentorctl apply --accept un-matched=14` accepts exactly so many people, once.",
    ),
    Kind(
        "MC7041",
        "error",
        "a policy refuses the plan",
        "A rule of policies/*.yaml with `effect: deny` holds for the plan. Nobody can accept it on the command "
        "line: change the plan, or the policy in a change of its own.",
    ),
    Kind(
        "MC7042",
        "error",
        "a policy asks for somebody's approval",
        "A rule of policies/*.yaml with `effect: require` holds for the plan. The approval is given where the "
        "files are reviewed; the protected job that applies states it with `--approved-by ROLE`, which is written into "
        "the log. mentorctl cannot know who approved: it takes the word of the job.",
    ),
    Kind(
        "MC7043",
        "warning",
        "a policy warns",
        "A rule of policies/*.yaml with `effect: warn` holds for what the plan does, or one that is not enforced yet.",
    ),
    Kind(
        "MC7044",
        "error",
        "the plan is not the one that was approved",
        "An approval is given for effects. They are others now, so somebody has to look again; what is the same as "
        "before is said, by program and by what it means to people.",
    ),
    Kind(
        "MC7045",
        "error",
        "more people than were accepted",
        "`--accept CLASS=N` is a promise about at most so many people. The plan does it to more of them.",
    ),
    Kind(
        "MC7046",
        "error",
        "an apply cannot be taken back",
        "There is no such apply, or nothing of it is left that a plan could take back.",
    ),
    Kind(
        "MC7010",
        "error",
        "the store belongs to another workspace",
        "Every workspace has a store of its own; `store` in mentorctl.yaml names that of another one.",
    ),
    Kind(
        "MC7012",
        "error",
        "nothing was ever applied to the store",
        "People can do things, and time can pass, once a plan was applied.",
    ),
)
