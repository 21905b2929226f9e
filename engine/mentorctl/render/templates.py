"""Jinja2, the only place: shipped templates to text, strictly and in a sandbox."""

from collections.abc import Mapping

from jinja2 import FunctionLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mentorctl import resources


def filled(name: str, values: Mapping[str, str]) -> str:
    """A shipped template with its values; one that is missing is a jinja2.UndefinedError (a bug)."""
    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(_shipped),
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
    )
    return environment.get_template(name).render(values)


def _shipped(name: str) -> str:
    return resources.text("templates", *name.split("/"))
