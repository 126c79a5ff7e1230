"""Puts the verbs together, and turns every error into three parts and an exit code."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

import typer

from dateline._version import __version__
from dateline.cli import (
    add,
    archive,
    audit,
    build,
    check,
    demo,
    diff,
    distance,
    doctor,
    export,
    expunge,
    freeze,
    hide,
    imagery,
    import_,
    mask,
    measure,
    methods,
    new,
    open_,
    redact,
    run_method,
    samples,
    seal,
    when,
    where,
)
from dateline.core.errors import DatelineError

app = typer.Typer(
    name="dateline",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich would be a fifth of the start-up
    help="Measure, weigh and publish what imagery and open sources show. Every number carries its uncertainty "
    "and opens onto its evidence, method and limits.",
    epilog="Exit codes: 0 it did what was asked; 1 a check failed, a method refused, or an input is broken; 2 usage.",
)

app.command("new", rich_help_panel="A case")(new.new)
app.command("add", rich_help_panel="A case")(add.add)
app.command("archive", rich_help_panel="A case")(archive.archive)
app.command("freeze", rich_help_panel="A case")(freeze.freeze)
app.command("measure", rich_help_panel="A case")(measure.measure)
app.command("check", rich_help_panel="A case")(check.check)
app.command("build", rich_help_panel="A case")(build.build)
app.command("diff", rich_help_panel="A case")(diff.diff)
app.command("open", rich_help_panel="A case")(open_.open_)
app.command("audit", rich_help_panel="A case")(audit.audit)
app.command("seal", rich_help_panel="A case")(seal.seal)
app.command("hide", rich_help_panel="A case")(hide.hide)
app.command("correct", rich_help_panel="A case")(hide.correct)
app.command("redact", rich_help_panel="A case")(redact.redact)
app.command("vault", rich_help_panel="A case")(redact.vault)
app.command("mask", rich_help_panel="A case")(mask.mask)
app.command("expunge", rich_help_panel="A case")(expunge.expunge)
app.command("export", rich_help_panel="A case")(export.export)
app.command("import", rich_help_panel="A case")(import_.import_)
app.command(
    "run",
    rich_help_panel="Without a case",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)(run_method.run)
app.command("methods", rich_help_panel="Without a case")(methods.methods)
app.add_typer(imagery.imagery, name="imagery", rich_help_panel="Without a case")
app.command("when", rich_help_panel="Without a case")(when.when)
app.command("where", rich_help_panel="Without a case")(where.where)
app.command("distance", rich_help_panel="Without a case")(distance.distance)
app.command("demo", rich_help_panel="This program")(demo.demo)
app.command("samples", rich_help_panel="This program")(samples.samples)
app.command("doctor", rich_help_panel="This program")(doctor.doctor)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"dateline {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Only --version lives here."""


def run(arguments: Sequence[str]) -> int:
    """Runs the program and returns its exit code; errors go to stderr, or to stdout as JSON with --json."""
    try:
        app(args=list(arguments))
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except DatelineError as error:
        _tell(error, as_json="--json" in arguments)
        return error.exit_code
    except OSError as error:
        _tell(_of_system(error), as_json="--json" in arguments)
        return 1
    except Exception as error:  # the last door: nobody sees a traceback who did not ask for one
        if os.environ.get("DATELINE_TRACE"):
            raise
        _tell(_of_bug(error), as_json="--json" in arguments)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What was finished is kept; run the same command again to go on.", file=sys.stderr)
        return 130
    return 0


def _of_system(error: OSError) -> DatelineError:
    """A full disk, a missing right, a file where a folder should be: what the system says, in three parts."""
    return DatelineError(
        "The system would not let the program read or write.",
        saw=f"{error.strerror or error}: {error.filename or ''}".rstrip(": "),
        do="Check the path, the rights and the free space, and run the same command again.",
        code="system",
    )


def _of_bug(error: Exception) -> DatelineError:
    """What the program did not foresee, in three parts."""
    return DatelineError(
        "The program failed in a way that it does not know: this is a bug.",
        saw=f"{type(error).__name__}: {error}",
        do="Run the same command with DATELINE_TRACE=1 and report what it prints, without anything secret.",
        code="bug",
    )


def _tell(error: DatelineError, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"error": error.to_json()}, ensure_ascii=False, indent=2))
    print(f"error ({error.code}): {error}", file=sys.stderr)
