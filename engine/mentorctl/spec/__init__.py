"""YAML text to a located tree, through the schema, to frozen values, and the checks of the files alone."""
