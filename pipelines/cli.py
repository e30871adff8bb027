"""The command `nora`, with build, check, forget, send, report, serve, backup and others.

Exit codes: 0 success; 1 nothing could be published; 2 wrong usage; 3 rows were rejected or
deliveries refused, and the rest is published; 4 published, but pages or a report could not be
written.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import io
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, nullcontext, suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import NoReturn
from unicodedata import category

import dagster as dg
import polars as pl
from dagster._core.errors import DagsterAssetCheckFailedError

from assets.disclosure.history import Reason
from assets.raw.order import ORDER_FILE
from assets.raw.problems import rows_counted, sentence
from assets.records.coding import FIRST_DATE
from assets.vocabulary import vocabulary
from assets.vocabulary.ddl import IDENTIFIER_PATTERN
from assets.workbooks import template
from assets.workbooks.remarks import PASSED_OVER
from dashboards import words
from dashboards.report import report_words
from expectations.findings import sentences
from pipelines import (
    alarm,
    backup,
    build,
    check,
    doctor,
    forget,
    instance,
    preflight,
    serve,
    service,
)
from pipelines.errors import in_words, left_to_dagster
from pipelines.feedback import FeedbackFolder
from pipelines.inbox import Inbox, InboxUnreadableError, is_delivery
from pipelines.lock import HomeBusyError
from pipelines.publish import held_back
from pipelines.release_store import ReleaseStore
from pipelines.reports import (
    AUDIENCES,
    INTERNAL,
    KEPT,
    NO_PICTURES,
    OPEN,
    ReportFolder,
    UnwrittenError,
)
from pipelines.sendings import SendingStore
from pipelines.settings import (
    LOOPBACK,
    PUBLIC_NAME,
    Settings,
    SettingsError,
    warehouse_key,
)
from pipelines.warehouse import (
    Warehouse,
)

_CONTROL = {"Cc", "Cf", "Zl", "Zp"}
"""The categories of Unicode whose characters have an effect but no shape."""

_BUILDING = ("build", "forget")

_SHOWN = 20
"""The most errors of one delivery to print; all of them are in its feedback."""

_ABSENT = "Kolonner som ikke er med (det som tidligere leveranser i innboksen har, blir stående):"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    # What is left when a process ends goes with it; Python would first search it for garbage.
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # No letter of a file name stops a build, even if the terminal cannot show it.
            stream.reconfigure(errors="backslashreplace")
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment(
            *(getattr(options, name, None) for name in ("inbox", "home", "as_of"))
        )
        warehouse_key()
    except SettingsError as error:
        parser.error(str(error))
    command: dict[str, Callable[[Settings, argparse.Namespace], int]] = {
        "build": partial(_alone, _build),
        "check": _check,
        "forget": partial(_alone, _forget),
        "report": _report,
        "send": _send,
        "serve": _serve,
        "backup": _backup,
        "restore": _restore,
        "verify": _verify,
    }
    if options.command == "template":
        return _template(options)
    if options.command == "doctor":
        # It tells whether others can read the home, and leaves that as it is.
        return _doctor(settings)
    try:
        with instance.private(settings.home) as was_open:
            if was_open:
                _say(f"{settings.home} kunne leses av andre på maskinen. Nå kan bare eieren det.")
            code = command[options.command](settings, options)
    except Exception as error:
        told = in_words(error, settings)
        if told is None:
            _alarm(settings, options.command, 1)
            raise
        _say(*told.splitlines())
        if options.command in _BUILDING:
            print(build.Summary().line())
        code = 1
    _alarm(settings, options.command, code)
    return code


def _alarm(settings: Settings, command: str, code: int) -> None:
    """Tell the command of NORA_ON_FAILURE if a build has failed."""
    if command in _BUILDING and code in (1, 4):
        try:
            alarm.build_failed(settings, job=f"nora {command}", exit_code=code)
        except alarm.AlarmError as error:
            print(printable(str(error)), file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="nora", description="NorA's reporting.")
    commands = parser.add_subparsers(dest="command", required=True)

    build = commands.add_parser("build", help="load the inbox, check, count and publish")
    build.add_argument(
        "--year", type=int, action="append", default=[], help="build this year only (repeatable)"
    )
    build.add_argument(
        "--strict",
        action="store_true",
        help="publish nothing if a row is rejected or a delivery refused",
    )
    build.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="NAME",
        help="load this delivery although it changes suspiciously much (repeatable)",
    )

    check = commands.add_parser(
        "check", help="check deliveries against the loaded ones, and load nothing"
    )
    check.add_argument("files", type=_delivery, nargs="+", metavar="FILE")

    build.add_argument(
        "--clock-is-right",
        action="store_true",
        help="publish although the last publication is later than now, because the clock was wrong",
    )

    forget = commands.add_parser(
        "forget", help="erase one person, never load them again, and build anew"
    )
    forget.add_argument("id", type=_identifier, metavar="ID")
    whose = forget.add_mutually_exclusive_group()
    whose.add_argument("--participant", action="store_true", help="the ID is a participant's")
    whose.add_argument("--project", help="the ID is a candidate's in this project")
    forget.add_argument(
        "--even-if-unknown",
        action="store_true",
        help="record that the ID must never be loaded, although nobody has it now",
    )

    send = commands.add_parser(
        "send", help="freeze what was sent: the form of a month, or the package of a year"
    )
    send.add_argument("--year", type=int, required=True)
    send.add_argument(
        "--month",
        type=int,
        choices=range(1, 13),
        help="of the form; without it, the yearly package",
    )
    send.add_argument(
        "--on", type=_day, metavar="DAY", help="the day on which it was sent; today by default"
    )

    report = commands.add_parser(
        "report", help="write the report package of a year from what is published"
    )
    report.add_argument("--year", type=int, required=True)
    report.add_argument("--audience", choices=AUDIENCES, default=INTERNAL)

    serve_ = commands.add_parser(
        "serve", help="start the dashboard and the Dagster UI on 127.0.0.1"
    )
    serve_.add_argument("--audience", choices=AUDIENCES, default=INTERNAL)
    serve_.add_argument("--port", type=int, default=8050, help="of the dashboard")
    serve_.add_argument(
        "--host", default=LOOPBACK, help="the address that the dashboard listens on"
    )
    serve_.add_argument("--dagster-port", type=int, default=3000)

    template_ = commands.add_parser("template", help="write an empty workbook to fill in")
    template_.add_argument("file", type=Path, metavar="FILE.xlsx")

    backup_ = commands.add_parser(
        "backup", help="write what cannot be made again from the inbox to a new file"
    )
    restore = commands.add_parser(
        "restore", help="put back from a backup what is missing or damaged in the home"
    )
    verify = commands.add_parser(
        "verify", help="check that everything in the home that cannot be made again is whole"
    )
    doctor_ = commands.add_parser(
        "doctor", help="say what is wrong in the home and what to do, and change nothing"
    )
    for command in (backup_, restore):
        command.add_argument("file", type=Path, metavar="FILE")

    for command in (build, forget, serve_):
        command.add_argument("--inbox", type=_existing_folder, help="the folder of the deliveries")
    # What is wrong with it is told like all else.
    doctor_.add_argument("--inbox", type=Path, help="the folder of the deliveries")
    for command in (build, check, forget, serve_):
        command.add_argument(
            "--as-of",
            type=_day,
            help="the day as of which the register is counted, such as 2021-12-31",
        )
    for command in (build, check, forget, send, report, serve_, backup_, restore, verify, doctor_):
        command.add_argument("--home", type=Path, help="the folder for everything that is written")
    return parser


def _existing_folder(text: str) -> Path:
    folder = Path(text)
    if not folder.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return folder


def _delivery(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"det finnes ingen fil {text}")
    if not is_delivery(path):
        raise argparse.ArgumentTypeError(
            f"{text} er ikke en leveranse. Lagre den som .xlsx, .csv eller .parquet, og sjekk den."
        )
    return path


def _identifier(text: str) -> str:
    if not re.fullmatch(IDENTIFIER_PATTERN, text.strip()):
        raise argparse.ArgumentTypeError("an ID has 1 to 40 of the characters A-Z a-z 0-9 _ -")
    return text.strip()


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write the day as 2021-12-31") from None
    if day < FIRST_DATE:
        raise argparse.ArgumentTypeError(f"a register cannot be counted before {FIRST_DATE}")
    return day


def _alone(
    work: Callable[[Settings, argparse.Namespace, dg.DagsterInstance], int],
    settings: Settings,
    options: argparse.Namespace,
) -> int:
    """Do the work of a command that builds while nothing else is at work in the home.

    What it says of the result is read from the warehouse, and so is a part of the work.
    """
    _say(f"Innboks: {settings.inbox}", f"Hjem:    {settings.home}")
    preflight.check(settings, is_clock_right=getattr(options, "clock_is_right", False))
    with instance.opened(settings, options.command) as opened:
        return work(settings, options, opened)


def _build(settings: Settings, options: argparse.Namespace, opened: dg.DagsterInstance) -> int:
    summary = build.Summary()

    def accept_and_build() -> None:
        build.accept(settings, options.accept)
        build.build(settings, opened, summary, options.year, strict=options.strict)

    try:
        error = _try_build(settings, opened, summary, accept_and_build)
    except build.UnknownDeliveryError as unknown:
        _say(str(unknown))
        return 2
    return _sum_up(settings, summary, error)


def _forget(settings: Settings, options: argparse.Namespace, opened: dg.DagsterInstance) -> int:
    summary = build.Summary()
    has_begun: list[bool] = []

    def forget_and_build() -> None:
        erased = forget.forget(
            settings,
            options.id,
            participant=options.participant,
            project=options.project,
            even_if_unknown=options.even_if_unknown,
        )
        _say_erased(erased)
        has_begun.append(True)
        build.build(settings, opened, summary)
        if summary.years:
            _say_earlier(ReleaseStore.of(settings).remove_earlier())

    try:
        error = _try_build(settings, opened, summary, forget_and_build)
    except (forget.AmbiguousPersonError, forget.UnknownPersonError) as unclear:
        _say(str(unclear))
        return 2
    if error and has_begun:
        _say("Personen er slettet, men det som er publisert, teller med personen til neste build.")
        if summary.loaded and not summary.rows_loaded["referrals"]:
            _say(
                f"Ingen er igjen i registeret: slett {settings.published}, {settings.reports} og "
                f"{settings.record}."
            )
    return _sum_up(settings, summary, error)


def _say_erased(erased: forget.Erased) -> None:
    """Print what was removed, and what others must remove."""
    counts = [f"{table}: {rows_counted(count)}" for table, count in erased.rows.items()]
    _say_list("Fjernet fra databasen:", counts)
    _say_list("Fjernede filer (det andre i dem skrives på nytt):", erased.files)
    _say("Personen er glemt: bare et nøkkelbasert fingeravtrykk er igjen, og ID-en leses ikke inn.")
    _say_list(
        "Disse leveransene i innboksen har fortsatt personen. Den som eier dem, må fjerne radene:",
        erased.deliveries,
    )
    _say(
        "Sikkerhetskopier, rapportpakker som alt er skrevet, tallene som er sendt, og filer du "
        "selv har laget av dette, er ikke rørt."
    )


def _say_earlier(removed: int) -> None:
    if removed:
        _say(f"Fjernet {removed} tidligere publikasjon{'er' if removed > 1 else ''}.")


def _sum_up(settings: Settings, summary: build.Summary, error: str | None) -> int:
    """Print the result of a build from the warehouse, and return the exit code."""
    try:
        with build.opened(settings) as warehouse:
            return _say_result(warehouse, settings, summary, error)
    except Exception as another:
        told = in_words(another, settings)
        if told is None:
            raise
        _say(*(error or told).splitlines())
        print(summary.line())
        return 1 if error else 4


def _say_result(
    warehouse: Warehouse, settings: Settings, summary: build.Summary, error: str | None
) -> int:
    """Print the result of a build; return the exit code."""
    _say_list("Kontroller som ga utslag:", summary.failed_checks)
    if summary.loaded:
        _say_list("Kvittering, mot det som var lest inn før:", build.receipts(warehouse))
        _say_list("OBS, den eldste gjelder:", build.earlier_wins(warehouse))
        _say_list(f"{PASSED_OVER}:", build.passed_over(warehouse))
        _say_list(_ABSENT, build.absent_columns(warehouse))
        _say_findings("Lest inn og telt med, men bør kontrolleres:", build.findings(warehouse))
        _say_set_aside(build.set_aside(warehouse))
        _say_later(build.later_rows(warehouse))
        rejections = build.rejections(warehouse)
        _say_rejections(rejections, build.same_error(warehouse, rejections))
        if summary.rows_rejected or summary.deliveries_refused or summary.findings:
            _say(f"Arbeidsbøker å sende tilbake ligger i {settings.feedback}")
            _say_uncopied()
    with suppress(InboxUnreadableError):  # already printed
        inbox = Inbox(folder=str(settings.inbox))
        _say_list(f"Nevnt i {ORDER_FILE}, men ikke i innboksen:", inbox.named_but_absent())
        heading = "Ikke leveranser, og ikke lest (bare .xlsx, .csv og .parquet leses):"
        _say_list(heading, inbox.ignored())
    if error:
        _say(*error.splitlines())
    else:
        if summary.unchanged:
            years = ", ".join(map(str, summary.unchanged))
            is_all = summary.unchanged == summary.years
            what = "alt er" if is_all else "tallene er"
            _say(f"{years} uendret: {what} som da det ble bygd sist, og står som det er.")
        _say_older_years(settings)
        _say_printed_figures(build.printed_figures(warehouse, summary.years))
        _say_held_back(settings)
        _say(*_where_to_look(settings, summary.years))
    if summary.unwritten:
        _say("", summary.unwritten)
    print(summary.line())
    if error:
        return 1
    if summary.unwritten:
        return 4
    return 3 if summary.rows_rejected or summary.deliveries_refused else 0


def _say_older_years(settings: Settings) -> None:
    """Print which years are published from other records than are loaded, and how to build them."""
    by_year = ReleaseStore.of(settings).current().manifest(INTERNAL).get("by_year", {})
    older = [year for year, entry in by_year.items() if entry.get("older")]
    if older:
        years = " ".join(f"--year {year}" for year in older)
        _say(
            f"{', '.join(older)} er publisert av eldre leveranser, og sammenlignes nå med nyere. "
            f"Bygg dem også: nora build {years}"
        )


def _say_set_aside(counts: pl.DataFrame) -> None:
    """Print how many rows were left out because their persons are forgotten."""
    _say_list(
        "Ikke lest, fordi personen er glemt:",
        [
            f"{delivery}: {rows_counted(count)}"
            for delivery, count in counts.group_by("delivery", maintain_order=True)
            .agg(pl.sum("rows_set_aside"))
            .iter_rows()
        ],
    )


def _say_later(later: pl.DataFrame) -> None:
    """Print how many rows were left out because they are later than the day of the build."""
    _say_list(
        "Ikke lest, fordi det er senere enn tellingsdatoen (ingen feil):",
        [
            f"{delivery}: {rows_counted(count)}"
            for delivery, count in later.group_by("delivery", maintain_order=True).len().iter_rows()
        ],
    )


def _say_uncopied() -> None:
    """Print why the feedback has no copy of the delivery."""
    if warehouse_key():
        _say(
            "De har bare listen over feil, og ikke leveransen selv, for databasen er kryptert, og "
            "en kopi ville vært lesbar."
        )


def _say_printed_figures(by_status: Mapping[str, int]) -> None:
    """Print how many of the printed figures agree with the records, if any are printed."""
    if any(by_status.values()):
        labels = vocabulary().code_list("comparison_status")
        counts = (f"{n} {labels[status].label_nb.lower()}" for status, n in by_status.items())
        _say(f"Trykte tall mot registeret: {', '.join(counts)}")


def _say_held_back(settings: Settings) -> None:
    """Print the years that are not published anew for everyone, and the reasons."""
    waiting = held_back(ReleaseStore.of(settings).current())
    _say_list(
        "Ikke publisert på nytt i den åpne utgaven:",
        [f"{year}: {_HELD_BACK[reason]}" for year, reason in sorted(waiting.items())],
    )


_HELD_BACK = {
    Reason.TOO_FEW_MOVED: (
        "rettelsen gjelder så få personer at den som har begge utgavene, kan regne seg fram til "
        "dem. Den forrige utgaven står."
    ),
    Reason.COULD_BE_WORKED_OUT: (
        "den som har alle utgavene, kan regne seg fram til en liten gruppe. Den forrige utgaven "
        "står, om det finnes en."
    ),
    Reason.PRINTED_OTHERWISE: (
        "årsrapporten har trykt noen få flere eller færre, og den som har begge, kunne sett hvem "
        "det gjelder. Den forrige utgaven står, om det finnes en."
    ),
    Reason.TOO_SMALL: "ingen gruppe er stor nok til å vises.",
    Reason.NO_LONGER_WHOLE: "registeret har ikke lenger hele året. Den forrige utgaven står.",
}


def _say_findings(heading: str, findings: pl.DataFrame) -> None:
    """Print the findings, rule by rule: the sentence, the number of rows, and the rows."""
    if findings.is_empty():
        return
    _say(heading)
    in_order = findings.sort(pl.col("severity") == "info", "rule")
    for (rule,), found in in_order.group_by("rule", maintain_order=True):
        rows = found.unique(["delivery", "sheet", "row"]).sort("delivery", "sheet", "row")
        label = vocabulary().code_list("finding_rule")[str(rule)].label_nb
        _say(f"  {label} ({rows_counted(rows.height)}): {sentences()[str(rule)]}")
        for (delivery, sheet), places in rows.group_by("delivery", "sheet", maintain_order=True):
            shown = ", ".join(map(str, places["row"].head(_SHOWN)))
            more = places.height - _SHOWN
            rest = f" og {more} til" if more > 0 else ""
            _say(f"    {delivery}, arket «{sheet}»: rad {shown}{rest}")


def _say_rejections(rejections: pl.DataFrame, same_error: Mapping[str, Sequence[str]]) -> None:
    """Print the rejections and refusals, delivery by delivery; first what most rows have."""
    for (delivery,), lines in rejections.group_by("delivery", maintain_order=True):
        rejected = build.rows_rejected(lines)
        healed = build.rows_rejected(lines.with_columns(healed_by=None)) - rejected
        unhealed = lines.filter(pl.col("healed_by").is_null())
        sentences = unhealed.select(sentence()).to_series().to_list()
        shown = [*same_error.get(str(delivery), ()), *sentences[:_SHOWN]]
        if len(sentences) > _SHOWN:
            shown.append(f"… og {len(sentences) - _SHOWN} feil til; alle står i arbeidsboken")
        if healed:
            shown.append(f"{rows_counted(healed)} med feil er rettet i senere leveranser")
        if build.deliveries_refused(unhealed):
            _say_list(f"Avvist: {delivery}", shown)
        elif rejected:
            _say_list(f"{delivery}: {rows_counted(rejected)} kan ikke leses inn", shown)
        else:
            _say_list(str(delivery), shown)


def _try_build(
    settings: Settings,
    opened: dg.DagsterInstance,
    summary: build.Summary,
    steps: Callable[[], None],
) -> str | None:
    """Build by `steps`; return the reason in words if nothing was published, else None."""
    releases = ReleaseStore.of(settings)
    before = releases.current().name
    try:
        with left_to_dagster(opened, settings):
            steps()
    except DagsterAssetCheckFailedError:
        return "En kritisk kontroll ga utslag. Det som var publisert, står som det var."
    except Exception as error:
        told = in_words(error, settings)
        if told is None:
            raise
        if releases.current().name == before:
            return told
        published = releases.current().manifest(INTERNAL)
        summary.years = [
            int(year)
            for year, entry in published["by_year"].items()
            if entry["run_id"] == published["run_id"]
        ]
        summary.unwritten = f"Tallene er publisert, men byggingen stanset etterpå. {told}"
        return None
    if not summary.years:
        return "Registeret har ingen henvisninger, så det er ingen år å telle."
    return None


def _check(settings: Settings, options: argparse.Namespace) -> int:
    if len({path.name for path in options.files}) < len(options.files):
        _say("To av filene har samme navn, og den ene ville erstatte den andre. Sjekk én av dem.")
        return 2
    # In a home where nothing has ever been at work, a check leaves nothing but its feedback.
    is_used = settings.dagster_home.exists()
    with instance.alone(settings, options.command) if is_used else nullcontext():
        return _say_checked(settings, check.check(settings, options.files))


def _say_checked(settings: Settings, found: check.Findings) -> int:
    """Print the result of a check, and write its feedback; return the exit code."""
    if not found.beside_register:
        _say(f"Ingenting er lest inn i {settings.home}: alt filene viser til, må stå i dem selv.")
    _say_list("Kvittering, mot det som er lest inn:", found.receipts)
    _say_list("OBS, den eldste gjelder:", found.earlier_wins)
    _say_list(f"{PASSED_OVER}:", found.passed_over)
    _say_list(_ABSENT, found.absent_columns)
    if found.suspicion:
        _say(*found.suspicion.splitlines())
    _say_findings("Kan leses inn, men bør kontrolleres:", found.doubtful)
    _say_set_aside(found.set_aside)
    _say_later(found.later)
    _say_rejections(found.rejected, found.same_error)
    if found.broken.height:
        _say("Dette ville i tillegg bli avvist i leveranser som er lest inn:")
        _say_rejections(found.broken, {})
    written = FeedbackFolder(folder=str(settings.feedback)).write(found.feedback)
    for path in written:
        _say(f"Tilbakemelding: {path}")
    if written:
        _say_uncopied()
    is_clean = found.broken.is_empty() and found.rejected["healed_by"].is_not_null().all()
    if is_clean and not found.suspicion:
        doubtful = " Det som bør kontrolleres, står over." if found.doubtful.height else ""
        _say(f"Ingen feil å rette.{doubtful} Ingenting er lest inn; det gjør nora build.")
        return 0
    return 3


def _template(options: argparse.Namespace) -> int:
    if options.file.suffix.lower() != ".xlsx":
        _say(f"{options.file} må ha endelsen .xlsx.")
        return 2
    empty = template.workbook()
    is_empty_form = options.file.is_file() and options.file.read_bytes() == empty
    if options.file.exists() and not is_empty_form:
        _say(f"{options.file} finnes fra før, og blir ikke skrevet over. Velg et annet navn.")
        return 2
    if not options.file.parent.is_dir():
        _say(f"Mappen {options.file.parent} finnes ikke.")
        return 2
    options.file.write_bytes(empty)
    _say(f"Tomt skjema: {options.file.resolve()}")
    return 0


def _report(settings: Settings, options: argparse.Namespace) -> int:
    published = ReleaseStore.of(settings).current().manifest(options.audience)
    years = published.get("years", [])
    if options.year not in years:
        known = ", ".join(map(str, years)) or "ingen år"
        _say(f"{options.year} er ikke publisert. Publisert er {known}. Kjør nora build først.")
        return 1
    _say(published["marking"])
    if options.audience == INTERNAL:
        _say(report_words.FOR_THE_PUBLIC)
    try:
        with instance.opened(settings, options.command) as opened:
            told = build.report(settings, opened, options.audience, options.year)
    except UnwrittenError as error:
        _say(str(error))
        return 4
    folder = ReportFolder.of(settings).package(options.audience, options.year)
    _say(f"Rapportpakken for {options.year} ligger i {folder}:", *_package(folder))
    if NO_PICTURES in told:
        _say(told[NO_PICTURES])
    if KEPT in told:
        _say(f"Det du hadde endret, er beholdt som {told[KEPT]}.")
    return 0


def _send(settings: Settings, options: argparse.Namespace) -> int:
    day = options.on.isoformat() if options.on else ""
    with instance.opened(settings, options.command) as opened:
        name = build.send(settings, opened, options.year, options.month, day)
    store = SendingStore.of(settings)
    (sending,) = (one for one in store.read() if one.name == name)
    what = (
        f"månedsskjemaet for {words.month_of(sending.year, sending.month)}"
        if sending.month
        else f"rapportpakken for {sending.year}"
    )
    how = "sendt" if sending.number == 1 else "sendt på nytt"
    _say(
        f"Frosset: {what}, {how} {words.day(sending.sent_on)}. {store.path(sending)}",
        "Blir et av tallene et annet, sier sidene det når det er bygd på nytt.",
    )
    return 0


def _backup(settings: Settings, options: argparse.Namespace) -> int:
    count = backup.back_up(settings, options.file)
    _say(f"Sikkerhetskopi med {count} filer: {options.file.resolve()}")
    if not warehouse_key():
        _say("Den er ikke kryptert, og har nøyaktige tall: oppbevar den like trygt som hjemmet.")
    _say("Innboksen er ikke med: ta kopi av den for seg. Databasen bygges på nytt av den.")
    return 0


def _restore(settings: Settings, options: argparse.Namespace) -> int:
    with instance.alone(settings, options.command):
        found = backup.restore(settings, options.file)
    _say(f"Lagt tilbake: {len(found.files)} filer. Det som var helt, er ikke rørt.")
    if {settings.record.name, settings.forgotten.name} & set(found.files):
        _say(
            "Er noen slettet etter at kopien ble tatt, må de slettes på nytt med nora forget før "
            "neste build."
        )
    if found.wrong:
        _say_list("Fortsatt galt, for dette har ikke kopien:", found.wrong)
        return 1
    _say("Kjør nora build for å bygge resten av innboksen.")
    return 0


def _verify(settings: Settings, options: argparse.Namespace) -> int:
    wrong = backup.verify(settings)
    if wrong:
        _say(*wrong)
        return 1
    _say(f"Alt i {settings.home} som ikke kan lages på nytt, er helt.")
    return 0


def _doctor(settings: Settings) -> int:
    findings = doctor.examine(settings, datetime.now(UTC))
    for finding in findings:
        _say(f"{'ok  ' if finding.is_well else 'GJØR'}  {finding.part}: {finding.said}")
    wrong = sum(not finding.is_well for finding in findings)
    _say("", f"{wrong} ting å gjøre i {settings.home}." if wrong else "Alt er i orden.")
    return 1 if wrong else 0


def _package(folder: Path) -> list[str]:
    """The files and subfolders of a package, one line each."""
    return [
        f"  {path.name}" if path.is_file() else f"  {path.name}/ ({_files(path)})"
        for path in sorted(folder.iterdir())
    ]


def _files(folder: Path) -> str:
    count = sum(1 for path in folder.iterdir() if path.is_file())
    return "1 fil" if count == 1 else f"{count} filer"


def _serve(settings: Settings, options: argparse.Namespace) -> int:
    try:
        return _run_service(settings, options)
    except serve.PortBusyError as error:
        _say(str(error))
    except service.StoppedError as error:
        print(error, file=sys.stderr, flush=True)
    return 1


def _run_service(settings: Settings, options: argparse.Namespace) -> int:
    try:
        with instance.opened(settings, options.command):
            pass  # A run that a killed command left behind would block every run of the UI.
    except HomeBusyError:
        pass  # Whoever is at work has marked them.
    with service.first_in(settings) as first, ExitStack() as listening:
        # Bound first, so that nothing is promised that cannot be reached.
        dashboard = listening.enter_context(
            serve.listen("Dashbordet", options.host, options.port, "--port")
        )
        dagster = None
        if first is not None:
            dagster = listening.enter_context(
                serve.listen("Dagster", LOOPBACK, options.dagster_port, "--dagster-port")
            )
            instance.mark_left_behind(settings)
        _say_serving(settings, options, with_dagster=dagster is not None)
        service.serve(options.audience, options.host, dashboard, dagster, first)
    return 0


def _say_serving(settings: Settings, options: argparse.Namespace, *, with_dagster: bool) -> None:
    """Print where to look, and who else can."""
    _say(
        f"Dashbord: http://{options.host}:{options.port}",
        f"Dagster:  http://{LOOPBACK}:{options.dagster_port}"
        if with_dagster
        else "Dagster:  startes ikke her, for en annen nora serve kjører den for dette hjemmet.",
        "Avslutt med Ctrl+C.",
    )
    if not serve.is_loopback(options.host):
        _say(
            "Dashbordet kan nå åpnes fra andre maskiner, uten innlogging. Sett det bak en server "
            "som krever innlogging, eller utelat --host.",
            f"Det svarer på navnet {settings.public_name or options.host}. Bruker leserne et "
            f"annet, sett {PUBLIC_NAME} til det.",
        )


def _where_to_look(settings: Settings, years: Sequence[int]) -> list[str]:
    reports = ReportFolder.of(settings)
    return [
        "",
        "Ferdig. Åpne i nettleseren:",
        f"  {reports.index(INTERNAL)}",
        *(f"  {reports.year(INTERNAL, year)}" for year in years),
        *(f"  {page}" for page in [reports.comparison(INTERNAL)] if page.exists()),
        "Det samme, uten tall som kan røpe noen, for alle:",
        f"  {reports.index(OPEN)}",
        f"Tabellene ligger i {settings.published / INTERNAL} og {settings.published / OPEN}",
    ]


def _say_list(heading: str, items: Sequence[str]) -> None:
    if items:
        _say(heading, *(f"  {item}" for item in items))


def _say(*lines: str) -> None:
    print(*map(printable, lines), sep="\n", flush=True)


def printable(line: str) -> str:
    """Return a line with its control characters spelled out, including those of writing direction.

    File names may contain them, and a terminal would obey them: colours, other lines, other words.
    """
    return "".join(
        letter.encode("unicode_escape").decode() if category(letter) in _CONTROL else letter
        for letter in line
    )


class _Parser(argparse.ArgumentParser):
    """A parser that prints errors in arguments safely, because arguments may be file names."""

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


if __name__ == "__main__":
    sys.exit(main())
