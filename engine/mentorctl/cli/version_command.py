"""`mentorctl version`."""

import platform
from importlib.metadata import PackageNotFoundError, version

import click

from mentorctl import __version__
from mentorctl.cli.shell import Shell, shared_options

FORMATS = ("workspace/v1", "program/v1", "policy/v1", "mentorctl/compiled/v1", "mentorctl/plan/v1")


@click.command()
@shared_options
@click.pass_context
def command(ctx: click.Context, *, chdir: str | None, format: str | None, color: str | None) -> int:
    """Print the versions of mentorctl and of its formats.

    \b
    Example:
      mentorctl version --format json
    """
    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    solvers = {name: _installed(name) for name in ("pulp", "highspy", "cbcbox")}
    if shell.is_json:
        shell.print_json(
            {
                "format": "mentorctl/version/v1",
                "version": __version__,
                "python": platform.python_version(),
                "formats": list(FORMATS),
                "solvers": solvers,
            }
        )
        return 0
    shell.print(f"mentorctl {__version__}")
    shell.print(f"  python   {platform.python_version()}")
    shell.print(f"  formats  {', '.join(FORMATS)}")
    shell.print(f"  solvers  {', '.join(f'{n} {v}' for n, v in solvers.items() if v)}")
    return 0


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
