"""Every key of every schema says what it is: editors and the reference show nothing else."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from mentorctl.cli.schemas import schemas
from mentorctl.spec.quick import resolved

SCHEMAS = schemas()
_CASE = re.compile(r"/allOf/[0-9]+/(?:then|else)")


def _properties(node: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every key that a schema names, with its path inside the schema; conditions only look at keys."""
    if isinstance(node, list):
        for number, part in enumerate(node):
            yield from _properties(part, f"{path}/{number}")
    if not isinstance(node, dict):
        return
    for word, value in node.items():
        if word == "properties" and isinstance(value, dict):
            yield from ((f"{path}/{key}", part) for key, part in value.items() if isinstance(part, dict))
            for key, part in value.items():
                yield from _properties(part, f"{path}/{key}")
        elif word not in ("if", "not", "examples", "default", "enum", "const"):
            yield from _properties(value, f"{path}/{word}")


def _says(root: Mapping[str, Any], node: Mapping[str, Any], word: str) -> bool:
    """Whether a node, or what it refers to, has a title or description."""
    if node.get(word):
        return True
    target = resolved(root, node["$ref"]) if "$ref" in node else False
    return isinstance(target, dict) and _says(root, target, word)


@pytest.mark.parametrize("kind", SCHEMAS)
def test_every_key_has_a_title_and_a_description(kind: str) -> None:
    """A key without them would be a riddle in the editor."""
    root = SCHEMAS[kind]

    told: dict[str, set[str]] = {}
    for path, node in _properties(root):  # a case of a condition speaks of a key that is explained beside it
        told.setdefault(_CASE.sub("", path), set()).update(w for w in ("title", "description") if _says(root, node, w))
    silent = sorted(path for path, words in told.items() if len(words) < 2)

    assert not silent, "\n".join(silent)


@pytest.mark.parametrize("kind", SCHEMAS)
def test_defaults_and_examples_fit(kind: str) -> None:
    """What an editor inserts is right: every default and every example fits its own schema."""
    import jsonschema

    root = SCHEMAS[kind]
    validator = jsonschema.Draft202012Validator(root)
    wrong = [
        f"{path}: {value!r}"
        for path, node in _properties(root)
        for value in (*node.get("examples", ()), *([node["default"]] if "default" in node else ()))
        if not validator.evolve(schema=node).is_valid(value)
    ]

    assert not wrong, "\n".join(wrong)
