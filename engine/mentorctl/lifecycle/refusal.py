"""Why something that people say cannot be recorded, on its way to the receipt."""

from mentorctl.state.live import Happening, Receipt, Told


class Refusal(Exception):  # noqa: N818 - it ends one happening, and is the answer to it
    """An outcome other than `recorded`, with a code, a sentence and what to do."""

    def __init__(self, outcome: Told, code: str, detail: str, *, state: str = "", help: str = "") -> None:  # noqa: A002
        super().__init__(detail)
        self._outcome = outcome
        self._code = code
        self._detail = detail
        self._state = state
        self._help = help

    def receipt(self, about: Happening) -> Receipt:
        """The answer to the happening."""
        return Receipt(
            about=about,
            outcome=self._outcome,
            state=self._state,
            detail=self._detail,
            code=self._code,
            help=self._help,
        )
