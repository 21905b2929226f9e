"""The words for mentoring models and forges on the command line, apart from everything that is slow to import."""

MODELS = ("one-on-one", "peer", "group", "reverse", "flash", "team", "virtual", "mosaic", "functional")
FORGES = ("github", "gitlab")
