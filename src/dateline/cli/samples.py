"""`dateline samples`: the real files that the examples and the tutorial use."""

from __future__ import annotations

from dateline.cli.output import AsJson, emit


def samples(*, as_json: AsJson = False) -> None:
    """List the real sample files, their licences, and whether they are on this machine. Downloads nothing."""
    from dateline.evidence import samples as registry

    rows = [
        {"path": path, "bytes": sample.bytes, "licence": sample.licence, "here": registry.find(path) is not None}
        for path, sample in registry.registry().items()
    ]
    if as_json:
        emit(rows)
        return
    for row in rows:
        print(f"{'here   ' if row['here'] else 'missing'}  {row['bytes']:>9}  {row['path']}  ({row['licence']})")
    missing = [row for row in rows if not row["here"]]
    print(f"\n{len(rows) - len(missing)} of {len(rows)} here. Set DATELINE_SAMPLES to a folder that holds them.")
