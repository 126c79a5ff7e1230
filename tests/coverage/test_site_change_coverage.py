"""A quick part of the simulations of `site_change`: the full ones are run by `make proof`."""

from __future__ import annotations

from tests.coverage import proof_site_change as proof


def test_registered_pairs_are_mapped_and_their_rate_is_published() -> None:
    """Three small pairs, one a season: change is found where it is, the published rate is near the true one, and the
    same pairs as they lie are far worse."""
    for row in proof.pairs(count=3, side=120):
        assert row["f1_registered"] > 0.85
        assert row["f1_as_it_lies"] < row["f1_registered"]
        assert row["worst_difference"] < 0.02
