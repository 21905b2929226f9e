"""Examples of findings by code: what is wrong, and what to write instead. Only explanations need them."""

from mentorctl.catalog.examples import design, files, lifecycles, rules, timeline, yaml
from mentorctl.catalog.kind import Example

EXAMPLES: dict[str, Example] = (
    yaml.EXAMPLES | files.EXAMPLES | design.EXAMPLES | rules.EXAMPLES | timeline.EXAMPLES | lifecycles.EXAMPLES
)
