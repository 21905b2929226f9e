"""The JSON Schemas of the files that people write, and of those that mentorctl does, as their readers get them."""

import json
from typing import Any

from mentorctl import resources
from mentorctl.spec.header import KINDS
from mentorctl.spec.partial import published
from mentorctl.spec.schema import load_schema

FOLDER = ".mentorctl/schemas"  # beside mentorctl.yaml
_ENDING = ".schema.json"


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of each kind of file, by kind such as `program/v1`; each is complete in itself."""
    shipped = {name.removesuffix(_ENDING) for name in resources.names("schemas", _ENDING)}
    derived = ("workspace/v1", "program/v1", "base/v1")
    own = [kind for kind in KINDS if kind not in derived and kind.replace("/", ".") in shipped]
    return {kind: published(kind) for kind in derived} | {kind: load_schema(kind.replace("/", ".")) for kind in own}


def written_schemas() -> dict[str, dict[str, Any]]:
    """The schemas of what mentorctl writes for other programs; nobody edits these."""
    return {kind: load_schema(kind.replace("/", ".")) for kind in ("plan/v1", "findings/v1")}


def schema_texts() -> dict[str, str]:
    """The files with the schemas, by name."""
    return {
        kind.replace("/", ".") + _ENDING: json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
        for kind, schema in schemas().items()
    }
