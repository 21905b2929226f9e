"""`mentorctl completion`."""

import click
from click.shell_completion import get_completion_class

from mentorctl.cli.main import cli


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(*, shell: str) -> int:
    """Print a completion script for your shell.

    The script is printed, never installed; add it to your profile yourself.

    \b
    Examples:
      mentorctl completion bash >> ~/.bashrc
      mentorctl completion fish > ~/.config/fish/completions/mentorctl.fish
    """
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"there is no completion for {shell}")
    click.echo(found(cli, {}, "mentorctl", "_MENTORCTL_COMPLETE").source())
    return 0
