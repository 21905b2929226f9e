"""`mentorctl incidents`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Stop, actor, lock_option, now, shared_options
from mentorctl.diagnostics import finding

if TYPE_CHECKING:
    from mentorctl.addresses import Address
    from mentorctl.cli.workspace import Opened


@click.command()
@click.argument("what", type=click.Choice(["list", "retry"]), default="list")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@click.option("--all", "every", is_flag=True, help="With retry: everything that waits.")
@lock_option
@shared_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    what: str,
    addresses: tuple[str, ...],
    every: bool,
    lock_timeout: int,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """List what waits for a person, or let it go on.

    A step that could not be done leaves its thing here, with a code for `mentorctl explain`; all others go on.
    After `retry` its timers run again: what was due in the meantime fires with the next `mentorctl advance`.

    \b
    Examples:
      mentorctl incidents
      mentorctl incidents retry grow/spring_2027/match/m3f9a01c2b7d4e8
      mentorctl incidents retry --all
    """
    from mentorctl.cli.workspace import open_workspace

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    opened = open_workspace(shell)
    if what == "list":
        if addresses or every:
            raise click.UsageError("addresses are for `incidents retry`", ctx)
        return _list(shell, opened)
    if not addresses and not every:
        raise Stop([finding("MC9001", "which one?", help="write `mentorctl incidents retry ADDRESS`, or --all")])
    return _retry(shell, opened, addresses, every=every, lock_timeout=lock_timeout)


def _list(shell: Shell, opened: "Opened") -> int:
    from mentorctl.render.running import incidents_text

    reader = opened.reader()
    parked = reader.incidents()
    notes = {
        instance.address: next((r.line.note for r in reversed(reader.log(instance.address)) if r.line.note), "")
        for instance in parked
    }
    reasons = {address: note.partition(": ")[2] or note for address, note in notes.items()}
    if shell.is_json:
        shell.print_json(
            {
                "format": "mentorctl/incidents/v1",
                "incidents": [
                    {
                        "address": str(one.address),
                        "code": one.incident,
                        "state": one.state,
                        "detail": reasons[one.address],
                    }
                    for one in parked
                ],
            }
        )
    else:
        zone = opened.workspace.timezone
        shell.print("\n".join(incidents_text(parked, reasons, zone=zone, style=shell.out_style)))
    return Exit.OK


def _retry(shell: Shell, opened: "Opened", words: tuple[str, ...], *, every: bool, lock_timeout: float) -> int:
    waiting = {instance.address for instance in opened.reader().incidents()}
    wanted = sorted(waiting) if every else [_address(word) for word in words]
    unknown = [address for address in wanted if address not in waiting]
    if unknown:
        raise Stop(
            [
                finding(
                    "MC4501", f"`{address}` does not wait for anybody", help="`mentorctl incidents` lists what does"
                )
                for address in unknown
            ]
        )
    store = opened.store(lock_timeout=lock_timeout, command="incidents")
    done = store.retry(wanted, at=now(), actor=actor()) if wanted else ()
    if shell.is_json:
        shell.print_json({"format": "mentorctl/incidents/v1", "retried": [str(instance.address) for instance in done]})
    else:
        count = "1 thing goes on" if len(done) == 1 else f"{len(done):,} things go on"
        shell.print(f"{count}; what was due fires with the next `mentorctl advance`.")
    return Exit.OK


def _address(word: str) -> "Address":
    from mentorctl.addresses import Address

    try:
        return Address.parse(word)
    except ValueError:
        raise Stop([finding("MC4501", f"`{word}` is not an address", help="write program/cohort/kind/id")]) from None
