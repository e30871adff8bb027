"""The command `nora`: build, report, serve, template.

Exit codes: 0 all loaded and published; 1 nothing could be published; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from dagster._core.errors import DagsterAssetCheckFailedError

from assets.published.gate import GateError
from assets.raw import template
from assets.raw.problems import DeliveryError
from expectations.model import ExpectationNotRunError
from pipelines import build, instance
from pipelines.inbox import EmptyInboxError, Inbox
from pipelines.publication import PublicationError, PublicationStore
from pipelines.reports import ReportFolder
from pipelines.settings import PROJECT, Settings, SettingsError
from pipelines.warehouse import (
    NothingLoadedError,
    StorageError,
    WarehouseBusyError,
    WarehouseUnreadableError,
)

AUDIENCES = ("internal",)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment(
            *(getattr(options, name, None) for name in ("inbox", "home", "as_of"))
        )
    except SettingsError as error:
        parser.error(str(error))
    command: dict[str, Callable[[Settings, argparse.Namespace], int]] = {
        "build": _build,
        "report": _report,
        "serve": _serve,
        "template": _template,
    }
    return command[options.command](settings, options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nora", description="NorA's reporting.")
    commands = parser.add_subparsers(dest="command", required=True)

    build = commands.add_parser("build", help="load the inbox, check, count and publish")
    build.add_argument(
        "--year", type=int, action="append", default=[], help="build this year only (repeatable)"
    )
    build.add_argument(
        "--strict",
        action="store_true",
        help="publish nothing if a row is at fault (today every build does)",
    )

    report = commands.add_parser("report", help="write the pages again from what is published")
    report.add_argument("--year", type=int, required=True)
    report.add_argument("--audience", choices=AUDIENCES, default=AUDIENCES[0])

    serve = commands.add_parser("serve", help="start the Dagster UI on 127.0.0.1")
    serve.add_argument("--dagster-port", type=int, default=3000)

    template_ = commands.add_parser("template", help="write an empty workbook to fill in")
    template_.add_argument("file", type=Path, metavar="FILE.xlsx")

    for command in (build, serve):
        command.add_argument("--inbox", type=_existing_folder, help="where the deliveries lie")
        command.add_argument(
            "--as-of", type=_day, help="the day that the register is counted as of, 2021-12-31"
        )
    for command in (build, report, serve):
        command.add_argument("--home", type=Path, help="where all that is written lies")
    return parser


def _existing_folder(text: str) -> Path:
    folder = Path(text)
    if not folder.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return folder


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write the day as 2021-12-31") from None


def _build(settings: Settings, options: argparse.Namespace) -> int:
    _say(f"Innboks: {settings.inbox}", f"Hjem:    {settings.home}")
    summary = build.Summary()
    error = _try_build(settings, options, summary)
    _say_list("Kontroller som slo ut:", summary.failed_checks)
    if any(summary.rows_loaded.values()):
        _say_list("Ikke lest, fordi det ikke hører til skjemaet:", build.passed_over(settings))
    _say_list("Ikke leveranser, og ikke lest:", Inbox(folder=str(settings.inbox)).ignored())
    _say(*([error] if error else _where_to_look(settings, summary.years)))
    print(summary.line())
    return 1 if error else 0


def _try_build(
    settings: Settings, options: argparse.Namespace, summary: build.Summary
) -> str | None:
    """Build, and return what kept it from being published, in words, or None."""
    try:
        with instance.opened(settings) as opened:
            build.build(settings, opened, summary, options.year)
    except DeliveryError as error:
        summary.rows_rejected = error.rows
        summary.deliveries_refused = error.refused
        return "\n".join(["Leveransene kan ikke leses inn slik de er:", *error.sentences])
    except DagsterAssetCheckFailedError:
        summary.failed_checks = build.failed_checks(settings)
        return "En kritisk kontroll slo ut. Det som var publisert, står som det var."
    except (
        EmptyInboxError,
        ExpectationNotRunError,
        GateError,
        NothingLoadedError,
        PublicationError,
        StorageError,
        WarehouseBusyError,
        WarehouseUnreadableError,
        build.UnknownYearError,
        instance.HomeBusyError,
    ) as error:
        return str(error)
    summary.failed_checks = build.failed_checks(settings)
    if not summary.years:
        return "Registeret har ingen henvisninger, så det er ingen år å telle."
    return None


def _template(_: Settings, options: argparse.Namespace) -> int:
    if options.file.suffix.lower() != ".xlsx":
        _say(f"{options.file} må ha endelsen .xlsx.")
        return 2
    options.file.write_bytes(template.workbook())
    _say(f"Tomt skjema: {options.file.resolve()}")
    return 0


def _report(settings: Settings, options: argparse.Namespace) -> int:

    published = PublicationStore(folder=str(settings.published)).manifest(options.audience)
    years = published.get("years", [])
    if options.year not in years:
        known = ", ".join(map(str, years)) or "ingen år"
        _say(f"{options.year} er ikke publisert. Publisert er {known}. Kjør nora build først.")
        return 1
    try:
        with instance.opened(settings) as opened:
            build.report(settings, opened)
    except instance.HomeBusyError as error:
        _say(str(error))
        return 1
    _say(str(ReportFolder(folder=str(settings.reports)).year(options.audience, options.year)))
    return 0


def _serve(settings: Settings, options: argparse.Namespace) -> int:

    try:
        with instance.opened(settings):
            pass  # A run that a killed command left behind would hold up every run of the UI.
    except instance.HomeBusyError:
        pass  # A build is at work, and marks its runs itself.
    _say(
        f"Dagster: http://127.0.0.1:{options.dagster_port}",
        f"Sidene:  {ReportFolder(folder=str(settings.reports)).index(AUDIENCES[0])}",
        "Avslutt med Ctrl+C.",
    )
    # `dg dev`, which Dagster would rather have, brings a whole scaffolding tool along.
    quiet = "ignore:Function `dev_command` is superseded"
    command = [sys.executable, "-W", quiet, "-m", "dagster", "dev", "-w", "workspace.yaml"]
    command += ["--host", "127.0.0.1", "--port", str(options.dagster_port)]
    os.chdir(PROJECT)
    os.execv(sys.executable, command)


def _where_to_look(settings: Settings, years: Sequence[int]) -> list[str]:

    reports = ReportFolder(folder=str(settings.reports))
    return [
        "",
        "Ferdig. Åpne i nettleseren:",
        f"  {reports.index(AUDIENCES[0])}",
        *(f"  {reports.year(AUDIENCES[0], year)}" for year in years),
        f"Tabellene ligger i {settings.published / AUDIENCES[0]}",
    ]


def _say_list(heading: str, items: Sequence[str]) -> None:
    if items:
        _say(heading, *(f"  {item}" for item in items))


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
