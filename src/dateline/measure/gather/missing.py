"""The error for granules that a question needs and that are not here: names, sizes, and the way to them."""

from __future__ import annotations

from collections.abc import Sequence

from dateline.core.errors import DatelineError, InputError
from dateline.imagery.catalog.black_marble import Wanted, period
from dateline.measure.request import Selection

CATALOGUES = ("cmr", "laads")
"""Who is asked for granules: the second one when the first cannot be reached."""


class MissingGranules(InputError):
    """A question needs granules that are not here. `needed` names them, `folder` is where they would be put."""

    default_code = "missing-granules"

    def __init__(self, needed: Sequence[Wanted], selection: Selection) -> None:
        self.needed = tuple(needed)
        self.folder = selection.folders[0] if selection.folders else None
        names = "\n       ".join(f"{wanted.pattern}  from {wanted.folder}" for wanted in needed)
        folders = ", ".join(str(folder) for folder in selection.folders) or "no folder was given"
        count = f"{len(needed)} file{'s' if len(needed) != 1 else ''}"
        super().__init__(
            f"The images are not on this machine: {count}, {amount(needed)}.",
            saw=f"{folders}; needed:\n       {names or 'no granule exists'}",
            do=_way_out(needed),
        )


def amount(needed: Sequence[Wanted]) -> str:
    """How much that is, in words."""
    sizes = [wanted.size for wanted in needed]
    known = [size for size in sizes if size is not None]
    low, high = (sum(size[end] for size in known) / 1e6 for end in (0, 1))
    return f"{low:.0f} to {high:.0f} MB" if len(known) == len(sizes) else "size not known"


def _way_out(needed: Sequence[Wanted]) -> str:
    """What to do about missing granules: by this machine's login, or how to get one, and what goes without."""
    from dateline.imagery.download import credentials, mirrors
    from dateline.imagery.download.session import Setup

    own = "Or download them yourself into a folder and add --from FOLDER."
    try:
        setup = Setup(mirrors=mirrors.of_user())
        found = setup.credential(CATALOGUES[0])
    except DatelineError as error:
        return f"Mend the login first ({error.what} {error.saw}), then add --fetch. {own}"
    if found is not None:
        return f"`dateline run … --fetch` downloads them (login: {found.found}); so does `{_command(needed)}`. {own}"
    login = setup.card(CATALOGUES[0]).login
    assert login is not None
    first_look = "`dateline imagery look --place … --period …` shows a first look without a login, not a measurement."
    return f"{credentials.advice(login)} Then add --fetch. {own} {first_look}"


def _command(needed: Sequence[Wanted]) -> str:
    """What to type to get just these granules."""
    words = ["dateline imagery get --service", CATALOGUES[0], "--place …"]
    words += [f"--collection {product}" for product in sorted({wanted.key.product for wanted in needed})]
    spans = {period(wanted.key.product, wanted.key.day).edtf() for wanted in needed}
    return " ".join([*words, *(f"--period {span}" for span in sorted(spans)[:12]), *(["…"] if len(spans) > 12 else [])])
