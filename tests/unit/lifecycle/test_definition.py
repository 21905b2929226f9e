"""Definitions as texts: written, read again, refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mentorctl.lifecycle.compiled import CompiledProgram, compile_program
from mentorctl.lifecycle.compiler import lifecycle_named
from mentorctl.lifecycle.definition import (
    Definition,
    DefinitionError,
    definition_digest,
    definition_from_text,
    definition_to_text,
)
from mentorctl.lifecycle.model import Lifecycle
from mentorctl.rules.fields import Contract
from mentorctl.spec.model import ModelType, Program, Workspace
from mentorctl.spec.support import Message

type ProgramMaker = Callable[..., Program]

WORKSPACE = Workspace(
    id="demo",
    store="sqlite:state.db",
    timezone="UTC",
    contract=Contract(id_column="id", name_columns=(), sources=(), fields=(), facts=()),
)


@pytest.fixture
def compiled(program_with: ProgramMaker) -> CompiledProgram:
    """A program with every gate."""
    return compile_program(program_with(mentor="manager", modules=(True,)), WORKSPACE)[0]


@pytest.mark.parametrize("model", ModelType)
def test_a_definition_comes_back_as_it_was(program_with: ProgramMaker, model: ModelType) -> None:
    """Of every model: the same value, the same text, the same digest."""
    runtime = compile_program(program_with(model=model), WORKSPACE)[0].runtime
    again = definition_from_text(runtime.text)
    assert again == runtime
    assert (again.text, again.digest) == (runtime.text, definition_digest(runtime.text))


def test_words_for_readers_do_not_count(compiled: CompiledProgram) -> None:
    """A better meaning or another reason gives the same digest; another guard gives another."""
    lifecycle = lifecycle_named(compiled.lifecycles, "training")
    reworded = replace(
        lifecycle,
        states=tuple(replace(state, meaning="Something else.") for state in lifecycle.states),
        transitions=tuple(replace(transition, because="It is so.") for transition in lifecycle.transitions),
    )
    unguarded = replace(lifecycle, transitions=tuple(replace(t, when="") for t in lifecycle.transitions))
    assert _digest_with(compiled, reworded) == compiled.runtime.digest
    assert _digest_with(compiled, unguarded) != compiled.runtime.digest


def _digest_with(compiled: CompiledProgram, lifecycle: Lifecycle) -> str:
    others = tuple(other for other in compiled.lifecycles if other.name != lifecycle.name)
    return replace(compiled, lifecycles=tuple(sorted((*others, lifecycle), key=lambda one: one.name))).runtime.digest


def test_what_decides_nothing_is_not_in_it(compiled: CompiledProgram) -> None:
    """The purpose of a program may change without moving anybody."""
    purpose = replace(compiled.program.purpose, statement="Something else.")
    other = replace(compiled, program=replace(compiled.program, purpose=purpose))
    assert other.runtime.digest == compiled.runtime.digest
    assert other.definition != compiled.definition


def test_a_message_about_approval_is_for_roles_that_need_it(program_with: ProgramMaker) -> None:
    """Only mentors need approval here, so only to their approval somebody is told."""
    messages = (
        Message(id="welcome", to=("mentor", "mentee"), template="welcome", on="enrollment.approved"),
        Message(id="matched", to=("mentor", "mentee"), template="matched", on="match.accepted"),
    )
    program = replace(program_with(mentor="manager"), messages=messages)
    runtime = compile_program(program, WORKSPACE)[0].runtime
    assert {message.id: [role.value for role in message.roles] for message in runtime.messages} == {
        "welcome": ["mentor"],
        "matched": ["mentor", "mentee"],
    }


def _other_format(data: dict[str, Any]) -> None:
    data["format"] = "mentorctl/definition/v9"


def _unknown_key(data: dict[str, Any]) -> None:
    data["definition"]["lifecycles"][0]["hook"] = "os.system"


def _missing_key(data: dict[str, Any]) -> None:
    del data["definition"]["zone"]


def _code_as_guard(data: dict[str, Any]) -> None:
    data["definition"]["lifecycles"][0]["transitions"][0]["when"] = "__import__('os')"


def _unknown_state(data: dict[str, Any]) -> None:
    data["definition"]["lifecycles"][0]["transitions"][0]["target"] = "nowhere"


def _dotted_event(data: dict[str, Any]) -> None:
    data["definition"]["lifecycles"][0]["transitions"][0]["event"] = "os.getcwd"


def _bad_day(data: dict[str, Any]) -> None:
    data["definition"]["days"]["closed"] = [{"first": "2027-02-30", "last": "2027-03-01"}]


def _no_zone(data: dict[str, Any]) -> None:
    data["definition"]["zone"] = "Mars/Olympus"


def _number_as_text(data: dict[str, Any]) -> None:
    data["definition"]["least"] = "1"


@pytest.mark.parametrize(
    ("alter", "words"),
    [
        (_other_format, "not a definition of the format"),
        (_unknown_key, "lifecycles\\[0\\].hook: this key is unknown"),
        (_missing_key, "zone: this key is missing"),
        (_code_as_guard, "cannot run"),
        (_unknown_state, "names the state `nowhere`, which is not listed"),
        (_dotted_event, "is not a lower-case letter"),
        (_bad_day, "a day such as 2027-01-31"),
        (_no_zone, "`Mars/Olympus` is not a time zone"),
        (_number_as_text, "least: expected a whole number"),
    ],
)
def test_an_altered_definition_is_refused(
    compiled: CompiledProgram, alter: Callable[[dict[str, Any]], None], words: str
) -> None:
    """Each with a sentence that says what is wrong with it."""
    data = json.loads(compiled.runtime.text)
    alter(data)
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    with pytest.raises(DefinitionError, match=words):
        definition_from_text(text)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", "12", '"x"', "{", "[" * 100_000, '{"format": 1e999}', "1" * 5000]
)
def test_the_text_of_a_stranger_is_refused(text: str) -> None:
    """Whatever it is, it is a sentence and no traceback."""
    with pytest.raises(DefinitionError):
        definition_from_text(text)


def test_only_the_canonical_text_is_read(compiled: CompiledProgram) -> None:
    """The same values in another order or with blanks were not written by us."""
    loose = json.dumps(json.loads(compiled.runtime.text), indent=1)
    with pytest.raises(DefinitionError, match="not in canonical form"):
        definition_from_text(loose)


def test_things_are_found_by_name(compiled: CompiledProgram) -> None:
    """Lifecycles by kind, made steppers once, and nothing for a name that is not there."""
    runtime = compiled.runtime
    assert runtime.lifecycle("match").name == "match"
    assert runtime.stepper("match") is runtime.stepper("match")
    assert runtime.message("nothing") is None
    assert runtime.check_in("nothing") is None
    with pytest.raises(KeyError):
        runtime.lifecycle("nothing")


def test_equal_definitions_have_one_text(compiled: CompiledProgram) -> None:
    """The text depends on values alone."""
    other: Definition = replace(compiled.runtime)
    assert definition_to_text(other) == compiled.runtime.text
