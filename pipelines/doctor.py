"""What `nora doctor` looks at: each fault of a home in a sentence that says what to do.

Nothing is changed, made or waited for, whatever state the home is in and whoever works in it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from assets.day import today
from assets.raw.delivery import public_name
from assets.raw.problems import listed
from dashboards import words
from pipelines import backup, faults, health, history, instance, preflight
from pipelines.errors import in_words
from pipelines.home_record import FROM_BACKUP, VERSION, HomeRecord
from pipelines.inbox import Inbox
from pipelines.lock import at_work
from pipelines.release_store import ReleaseDamagedError, ReleaseStore
from pipelines.reports import AUDIENCES, INTERNAL, ReportFolder
from pipelines.retention import left_behind
from pipelines.settings import Settings, warehouse_key
from pipelines.upgrade import is_version_0
from pipelines.warehouse import Warehouse, WarehouseBusyError

_SHOWN = 3
"""The most files that one sentence names."""

_DAY = timedelta(days=1)

_LONGEST_WORK = timedelta(hours=6)
"""A build of ten million persons takes minutes: what works for longer than this may hang."""

_BACKUP_PATIENCE = timedelta(days=7)
"""How long a release may be without a backup."""


@dataclass(frozen=True)
class Finding:
    """What was seen of one part of a home."""

    part: str
    said: str
    """How it is, or what is wrong and what to do, in Norwegian."""
    is_well: bool


class _FaultError(Exception):
    """A part of a home cannot be looked at. The message says in Norwegian why."""


Seen = str | Sequence[str]
"""How a part of the home is if all is well there, or else a sentence for each fault."""


def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Return what is seen of each part of a home; `now` is in UTC.

    A fault that several parts show is told once.
    """
    home = settings.home
    if not os.path.isdir(home):
        said = f"{home} finnes ikke. Kjør nora build, eller velg en annen mappe med --home."
        return [Finding("Hjem", said, is_well=False)]
    if not os.access(home, os.R_OK | os.X_OK):
        said = f"Du får ikke lese {home}. Kjør nora doctor som brukeren som eier mappen."
        return [Finding("Hjem", said, is_well=False)]
    findings: list[Finding] = []
    for part, look in _PARTS.items():
        seen = _looked(look, settings, now)
        if isinstance(seen, str):
            findings.append(Finding(part, seen, is_well=True))
        told = {finding.said for finding in findings}
        faults_seen = [] if isinstance(seen, str) else [one for one in seen if one not in told]
        findings += [Finding(part, one, is_well=False) for one in faults_seen]
    return findings


Look = Callable[[Settings, datetime], Seen]


def _looked(look: Look, settings: Settings, now: datetime) -> Seen:
    try:
        with _looking(settings):
            return look(settings, now)
    except ReleaseDamagedError:
        return []  # Told where the publication is looked at.
    except _FaultError as fault:
        return [str(fault)]


@contextmanager
def _looking(settings: Settings) -> Iterator[None]:
    """Raise _FaultError for any error: whatever is wrong in one part, all others are looked at."""
    try:
        yield
    except ReleaseDamagedError:
        raise
    except Exception as error:
        unknown = f"Kan ikke undersøkes: en feil i programmet ({type(error).__name__}). Meld fra."
        raise _FaultError(in_words(error, settings) or unknown) from error


def _versions(settings: Settings, now: datetime) -> Seen:
    program = f"programmet er utgave {version('nora-reporting')}"
    if is_version_0(settings):
        return f"hjemmet er av versjon 0, som nora build gjør om til {VERSION}; {program}"
    held = HomeRecord.of(settings).read()
    kept = [*settings.vintages.glob("*/*/*"), *settings.sent.glob("*/*")]
    needs_record = bool(kept) or settings.forgotten.exists()
    if needs_record and not settings.record.exists():
        return preflight.lost(settings) or [f"{settings.record} mangler. {FROM_BACKUP}"]
    return f"hjemmet er av versjon {held.version}; {program}"


def _permissions(settings: Settings, now: datetime) -> Seen:
    home = settings.home
    found = []
    if instance.is_open(home):
        found.append(
            f"Andre på maskinen kan lese eller skrive i {home}. Kjør chmod -R go-rwx {home}."
        )
    owner = home.stat().st_uid
    others = [path for path in instance.written(home) if path.lstat().st_uid != owner]
    if others:
        found.append(
            f"{_some(others)} eies av en annen bruker enn {home}. Kjør chown -R {owner} {home}, og "
            "kjør alltid nora som den brukeren."
        )
    if not os.access(home, os.W_OK):
        found.append(f"Du får ikke skrive i {home}. Kjør nora som brukeren som eier mappen.")
    return found or "bare eieren kan lese hjemmet"


def _work(settings: Settings, now: datetime) -> Seen:
    holder, is_held = at_work(settings.home)
    if holder is None:
        return "ingen arbeider i hjemmet nå"
    since = datetime.fromisoformat(holder.since)
    if not is_held:
        return [
            f"{holder.name}, som begynte {words.moment(since)}, ble avbrutt før den var ferdig. "
            "Kjør nora build."
        ]
    if now - since > _LONGEST_WORK:
        return [
            f"{holder.name} har arbeidet siden {words.moment(since)}. Se etter om den henger, og "
            "stopp den i så fall: det som er publisert, står."
        ]
    return f"{holder.name} arbeider siden {words.moment(since)}"


def _published(settings: Settings, now: datetime) -> Seen:
    if wrong := backup.verify(settings):
        rest = len(wrong) - _SHOWN
        more = [f"Og {rest} til: nora verify viser alle."] if rest > 0 else []
        return [*wrong[:_SHOWN], *more]
    if is_version_0(settings):
        return "er av versjon 0, uten kontrollsummer; nora build gjør den om"
    current = ReleaseStore.of(settings).current()
    if not current.files:
        return ["Ingenting er publisert ennå. Kjør nora build."]
    links = [ReportFolder.of(settings).index(audience) for audience in AUDIENCES]
    if astray := [path for path in links if not path.exists()]:
        return [f"{_some(astray)} leder ikke til det som er publisert. Kjør nora build."]
    held = HomeRecord.of(settings).read()
    return (
        f"{len(current.files)} filer, {len(held.vintages)} åpne utgaver, {len(held.sent)} "
        f"sendinger og {held.forgotten} fingeravtrykk av slettede er som da de ble skrevet"
    )


def _left_behind(settings: Settings, now: datetime) -> Seen:
    holder, is_held = at_work(settings.home)
    if holder and is_held:
        return "ikke undersøkt, for noen arbeider"
    left = [*left_behind(settings), *ReleaseStore.of(settings).unfinished()]
    if left:
        return [f"{_some(left)} er igjen etter en avbrutt kjøring. Kjør nora build, som rydder."]
    return "ingen"


def _warehouse(settings: Settings, now: datetime) -> Seen:
    if not settings.warehouse.exists():
        return [f"{settings.warehouse} finnes ikke. Kjør nora build."]
    try:
        tables = Warehouse(file=str(settings.warehouse)).examine()
    except WarehouseBusyError:
        return "er i bruk av et annet program, og ikke lest"
    how = "kryptert" if warehouse_key() else "ikke kryptert"
    return f"{tables} tabeller er lest, {how}, {_megabytes(settings.warehouse.stat().st_size)}"


def _disk(settings: Settings, now: datetime) -> Seen:
    preflight.check_path(settings)
    preflight.check_space(settings)
    free, needed = preflight.space(settings)
    return f"{_megabytes(free)} ledig, en build trenger {_megabytes(needed)}"


def _clock(settings: Settings, now: datetime) -> Seen:
    preflight.check_clock(settings)
    return words.moment(now)


def _history(settings: Settings, now: datetime) -> Seen:
    if said := faults.history_damaged(settings):
        return [said]
    kept = settings.dagster_home.rglob("*")
    size = sum(path.stat().st_size for path in kept if path.is_file())
    return f"hel, {_megabytes(size)}; kjøringer blir stående i {settings.history_days} dager"


def _last_build(settings: Settings, now: datetime) -> Seen:
    run = None if history.damaged(settings) else history.last_run(settings)
    if run and run.is_failed:
        when = f" {words.moment(run.ended)}" if run.ended else ""
        return [
            f"Den siste kjøringen ({run.job}) feilet{when}. Kjør nora build og gjør som den sier; "
            f"nora serve viser kjøring {run.run_id[:8]} under Runs."
        ]
    published = ReleaseStore.of(settings).current().manifest(INTERNAL)
    if not published:
        return ["Ingenting er publisert ennå. Kjør nora build."]
    built = datetime.fromisoformat(published["built_at"])
    return f"publisert {words.moment(built)}, {_days_ago(now - built)}"


def _inbox(settings: Settings, now: datetime) -> Seen:
    """Deliveries that no build has read; those of the last day are for the next build."""
    inbox = Inbox(folder=str(settings.inbox), limit=settings.delivery_limit)
    if not settings.inbox.is_dir():
        return [f"Innboksen {settings.inbox} finnes ikke. Rett NORA_INBOX, eller velg --inbox."]
    files = inbox.files()
    changed = {name: at for name, _, at in inbox.stamps()}
    published = ReleaseStore.of(settings).current().manifest(INTERNAL)
    read = {(one["name"], one["sha256"]) for one in published.get("deliveries", ())}
    waiting = []
    for file in files:
        name = public_name(file.name, file.sha256)
        at = datetime.fromtimestamp(changed.get(file.name, 0) / 1e9, UTC)
        if (name, file.sha256) not in read and now - at > _DAY:
            waiting.append(name)
    if waiting:
        return [
            f"{listed(waiting[:_SHOWN])} i {settings.inbox} er ikke med i det som er publisert, og "
            "har ligget der i over et døgn. Kjør nora build."
        ]
    return f"{len(files)} leveranser i {settings.inbox}"


def _missing(settings: Settings, now: datetime) -> Seen:
    """The same as the page Leveranser says."""
    expected = health.expected_delivery(settings, today())
    if expected.is_late:
        return [*expected.sentences[-1:]]
    return " ".join(expected.sentences)


def _backup(settings: Settings, now: datetime) -> Seen:
    made = backup.last_made(settings)
    published = ReleaseStore.of(settings).current().manifest(INTERNAL)
    if made is None:
        if not published:
            return "ingenting å ta kopi av ennå"
        return ["Ingen sikkerhetskopi er tatt av dette hjemmet. Kjør nora backup."]
    built = datetime.fromisoformat(published["built_at"]) if published else made
    said = f"tatt {words.moment(made)}, {_days_ago(now - made)}"
    if built > made and now - built > _BACKUP_PATIENCE:
        return [f"Siste sikkerhetskopi er {said}, og det er publisert siden. Kjør nora backup."]
    return said


_PARTS: dict[str, Look] = {
    "Versjon": _versions,
    "Tilgang": _permissions,
    "Arbeid": _work,
    "Publikasjon": _published,
    "Rester": _left_behind,
    "Database": _warehouse,
    "Disk": _disk,
    "Klokke": _clock,
    "Historikk": _history,
    "Siste build": _last_build,
    "Innboks": _inbox,
    "Leveranser": _missing,
    "Sikkerhetskopi": _backup,
}


def _some(paths: Sequence[Path]) -> str:
    """The first few paths, and how many more there are."""
    more = len(paths) - _SHOWN
    named = [*map(str, paths[:_SHOWN]), *([f"{more} til"] if more > 0 else [])]
    return listed(named)


def _megabytes(size: int) -> str:
    return f"{-(-size // 1_000_000)} MB"


def _days_ago(age: timedelta) -> str:
    if age < _DAY:
        return "for under et døgn siden"
    return "for 1 dag siden" if age.days == 1 else f"for {age.days} dager siden"
