"""What is said beside a plan on the command line, and never by the environment: what is accepted, and who approved."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from mentorctl.cli.shell import Stop
from mentorctl.diagnostics import did_you_mean, finding, quoted_list

if TYPE_CHECKING:
    from mentorctl.plan.consent import Consent

_ROLE = re.compile(r"[a-z][a-z0-9_]{0,62}")
_DIGITS = 9


def consent_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--accept` and `--approved-by`. A variable that was forgotten in a shell must never speak for anybody."""
    for option in (
        click.option(
            "--approved-by",
            multiple=True,
            metavar="ROLE",
            allow_from_autoenv=False,
            help="A role whose approval this job has seen; repeatable. Never taken from the environment.",
        ),
        click.option(
            "--accept",
            multiple=True,
            metavar="CLASS=N",
            allow_from_autoenv=False,
            help="Accept that at most N people are in a class, such as un-matched=14; repeatable. Never taken from the "
            "environment.",
        ),
    ):
        command = option(command)
    return command


def expect_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--expect-digest D`: what was approved, by the digest of its effects."""
    return click.option(
        "--expect-digest",
        metavar="DIGEST",
        allow_from_autoenv=False,
        help="The digest that was approved. Never taken from the environment.",
    )(command)


def consent_of(accept: Iterable[str], approved_by: Iterable[str], *, hold_messages: bool = False) -> "Consent":
    """The words as a value. Raises Stop for what cannot be meant."""
    from mentorctl.plan.consent import Consent

    accepted: dict[str, int] = {}
    for text in accept:
        word, number = _accepted(text)
        if word in accepted:
            raise Stop([finding("MC9001", f"`--accept {word}` is said twice", help="say it once, with one number")])
        accepted[word] = number
    roles = sorted(set(approved_by))
    for role in roles:
        if not _ROLE.fullmatch(role):
            detail = f"`{role}` is not the id of a role"
            raise Stop([finding("MC9001", detail, help="write it as in `approvals`, such as program_owner")])
    return Consent(accepted=tuple(sorted(accepted.items())), approved_by=tuple(roles), hold_messages=hold_messages)


def expected(text: str | None) -> str | None:
    """The digest of `--expect-digest`. Raises Stop for what is none."""
    from mentorctl.plan.gate import is_digest

    if text is None or is_digest(text):
        return text
    raise Stop(
        [
            finding(
                "MC9001",
                f"`{text[:_SHOWN]}` is not the digest of a plan",
                help="copy it whole, such as mcd1:sha256: and 64 digits, from `mentorctl plan --format json`",
            )
        ]
    )


def _accepted(text: str) -> tuple[str, int]:
    from mentorctl.plan.judge import ACCEPTABLE

    word, equals, number = text.partition("=")
    word = word.strip().replace("_", "-")
    if word not in ACCEPTABLE:
        advice = did_you_mean(word, ACCEPTABLE) or f"it is one of {quoted_list(ACCEPTABLE)}"
        raise Stop([finding("MC9001", f"`{word[:_SHOWN]}` is not a class of people to accept", help=advice)])
    if not equals or not number.isascii() or not number.isdigit() or len(number) > _DIGITS:
        advice = f"say how many people at most: --accept {word}=14"
        raise Stop([finding("MC9001", f"`--accept {text[:_SHOWN]}` has no number", help=advice)])
    return word, int(number)


_SHOWN = 40
