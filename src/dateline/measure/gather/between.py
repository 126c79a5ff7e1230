"""Two ends of a line: what lies there, and the one place from which it is told."""

from __future__ import annotations

from dateline.core.errors import Refusal, UsageError
from dateline.measure.request import Loaded, Prepared, Request
from dateline.methods.contract import Inputs


def prepare(request: Request) -> Prepared:
    """`places` and `references`, each one mapping of id to Where, and `names`, of id to the name in sentences.

    Raises Refusal `sensitive-place`, since a distance from a known place gives the other away; UsageError
    `one-reference`.
    """
    places, references = request.sites("places"), request.sites("references")
    if len(references) != 1 or not places:
        raise UsageError(
            "A distance is told from one place to others.",
            saw=f"{len(places)} places, {len(references)} references",
            do="Give --place and one --reference; in a measure, [inputs.places] and [inputs.references].",
            code="one-reference",
        )
    hidden = [site.name for site in (*places, *references) if site.sensitive]
    if hidden:
        raise Refusal(
            "Its distance from a known place would give a sensitive place away.",
            saw=", ".join(hidden),
            do="Measure from a place that may be told, such as the town it lies in.",
            code="sensitive-place",
        )
    roles = {
        "places": ({site.id: site.where for site in places},),
        "references": ({site.id: site.where for site in references},),
        "names": ({site.id: site.name for site in (*places, *references)},),
    }
    return Prepared(
        refs=tuple(request.place_refs("places", "references")),
        simulated=False,
        load=lambda _tell: Loaded(inputs=Inputs(roles)),
    )
