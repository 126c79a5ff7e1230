"""What can go wrong at the door, and whether another try may help."""

from __future__ import annotations

from dateline.core.errors import InputError


class Unavailable(InputError):
    """The other side did not answer as it should. `again`: whether to ask once more; `after`: not before [s].

    `status`: what the server answered with, where it answered.
    """

    default_code = "unreachable"

    def __init__(
        self,
        what: str,
        *,
        saw: str,
        do: str,
        code: str | None = None,
        again: bool = False,
        after: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(what, saw=saw, do=do, code=code)
        self.again = again
        self.after = after
        self.status = status
