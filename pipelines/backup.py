"""Backups of what cannot be made again from the inbox, and what a restored home gets back.

A backup is a tar archive: the current release, every vintage, what was sent, the forgotten persons,
the accepted deliveries, the record of the home, and the report packages. If the warehouse has a
key, the archive is encrypted with it. The warehouse is not part of it: `nora build` makes it again
from the inbox.
"""

from __future__ import annotations

import io
import json
import secrets
import shutil
import tarfile
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from assets.vocabulary.cell_lists import REVISIONS
from pipelines import durable, preflight
from pipelines.accepted import AcceptedFile, AcceptedUnreadableError
from pipelines.forgotten import ForgottenFile, ForgottenUnreadableError
from pipelines.home_record import (
    FROM_BACKUP,
    VERSION,
    HomeRecord,
    HomeRecordError,
    NewerHomeError,
)
from pipelines.program import files_below
from pipelines.release_store import Release, ReleaseDamagedError, ReleaseStore
from pipelines.reports import AUDIENCES, INTERNAL, OPEN, ReportFolder
from pipelines.sendings import SendingLostError, SendingStore
from pipelines.settings import KEY, KEY_FILE, Settings, warehouse_key
from pipelines.vintages import VintageLostError, VintageStore

_INDEX = "backup.json"
_ENCRYPTED = b"NORA backup 1\n"
"""What an encrypted backup begins with; the salt of its key follows."""
_SALT = 16


class BackupError(Exception):
    """A backup cannot be written or read. The message says in Norwegian why, and what to do."""


@dataclass(frozen=True)
class Restored:
    """What a restore put back: paths below the home, and what is still wrong, in Norwegian."""

    files: Sequence[str]
    wrong: Sequence[str]


def back_up(settings: Settings, file: Path) -> int:
    """Write a backup to a new file; return the number of files in it.

    Nothing needs to stand still meanwhile: a release never changes, and what is added while the
    backup is written belongs to the next one. Raises BackupError, and what `verify` finds.
    """
    if file.exists():
        raise BackupError(f"{file} finnes fra før, og blir ikke skrevet over. Velg et annet navn.")
    if not file.absolute().parent.is_dir():
        raise BackupError(
            f"Mappen {file.absolute().parent} finnes ikke. Lag den, eller velg en annen."
        )
    if wrong := verify(settings):
        raise BackupError("\n".join(["Et skadet hjem blir ikke sikkerhetskopiert.", *wrong]))
    held = [settings.record]  # First, so that everything it lists is there when it is read.
    release = ReleaseStore.of(settings).current()
    held += [release.folder / name for name in release.files]
    held += [*release.folder.glob("release.json"), *_files(settings.vintages)]
    held += _files(settings.sent)
    held += [settings.forgotten, settings.accepted, *_files(settings.reports)]
    contents = {
        str(path.relative_to(settings.home)): path.read_bytes() for path in held if path.is_file()
    }
    about = {
        "version": VERSION,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "current": release.name,
        "files": {name: durable.sha256(content) for name, content in contents.items()},
    }
    index = json.dumps(about, ensure_ascii=False, indent=1).encode()
    try:
        durable.replace(file, _locked(_archive({_INDEX: index, **contents})))
    except FileNotFoundError:
        # Not a folder of files, though it looks like one.
        raise BackupError(f"{file} kan ikke lages der. Velg en annen mappe.") from None
    durable.replace_json(settings.backed_up, {"made_at": about["made_at"]})
    return len(contents)


def last_made(settings: Settings) -> datetime | None:
    """Return when the last backup of this home was made; None when none is known."""
    try:
        return datetime.fromisoformat(json.loads(settings.backed_up.read_bytes())["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def restore(settings: Settings, file: Path) -> Restored:
    """Put back what is missing or damaged in a home; what is intact stays as it is.

    Raises BackupError when the backup cannot be read or is of another home, and NewerHomeError.
    Then nothing is changed.
    """
    about, contents = _read(file)
    _refuse_foreign(settings, file, contents)
    written = _restore_record(settings, contents)
    written += _restore_unchanging(settings, settings.vintages, contents)
    written += _restore_unchanging(settings, settings.sent, contents)
    written += _restore_forgotten(settings, contents)
    written += _restore_release(settings, str(about["current"]), contents)
    missing = [settings.accepted, *(settings.home / one for one in contents if _is_report(one))]
    for path in missing:
        name = str(path.relative_to(settings.home))
        if name in contents and not path.exists():
            durable.replace(path, contents[name])
            written.append(name)
    return Restored(written, verify(settings))


def verify(settings: Settings) -> list[str]:
    """Return what is damaged or missing in a home, in Norwegian; nothing when all is well."""
    wrong = []
    listed: Mapping[str, object] = {}
    try:
        store = ReleaseStore.of(settings)
        release = store.current()
        lost = [*release.damaged(), *store.unreachable(AUDIENCES)]
        wrong += [f"{path} er skadet eller mangler. {FROM_BACKUP}" for path in lost]
        wrong += preflight.lost(settings)
        listed = release.manifest(OPEN).get("vintages", {})
        wrong += [] if lost else _lost_revisions(settings, release)
    except ReleaseDamagedError as error:
        wrong.append(str(error))
    for check in (
        HomeRecord.of(settings).read,
        ForgottenFile.of(settings).read,
        lambda: VintageStore.of(settings).read(OPEN, listed),
        SendingStore.of(settings).read,
        AcceptedFile(file=str(settings.accepted)).read,
    ):
        try:
            check()
        except (
            AcceptedUnreadableError,
            ForgottenUnreadableError,
            HomeRecordError,
            SendingLostError,
            VintageLostError,
        ) as error:
            wrong.append(str(error))
    return list(dict.fromkeys(wrong))


def _lost_revisions(settings: Settings, release: Release) -> list[str]:
    """Say that lines of the list of revisions are gone, if they are."""
    with suppress(HomeRecordError):
        noted = HomeRecord.of(settings).read().revisions
        listed = release.table(INTERNAL, REVISIONS)
        left = 0 if listed is None else listed.height
        if left < noted:
            return [
                f"Listen over rettelser har {left} linjer, og hadde {noted}. Det som mangler, er "
                "tapt. Kjør nora build, så sier listen det selv."
            ]
    return []


def _refuse_foreign(settings: Settings, file: Path, contents: Mapping[str, bytes]) -> None:
    """Raise BackupError when the home has other vintages or sendings by the backup's names."""
    try:
        record = HomeRecord.of(settings).read()
    except NewerHomeError:
        raise
    except HomeRecordError:
        return
    backed_up = json.loads(contents.get(settings.record.name, b"{}"))
    if any(
        held.get(name, sha256) != sha256
        for kind, held in (("vintages", record.vintages), ("sent", record.sent))
        for name, sha256 in backed_up.get(kind, {}).items()
    ):
        raise BackupError(
            f"{file} er en kopi av et annet hjem enn {settings.home}: utgavene av de åpne tallene, "
            "eller det som er sendt, er andre. Ingenting er endret. Bruk en kopi av dette hjemmet, "
            "eller velg et tomt hjem med --home."
        )


def _restore_record(settings: Settings, contents: Mapping[str, bytes]) -> list[str]:
    name = settings.record.name
    try:
        HomeRecord.of(settings).read()
        is_whole = settings.record.exists()
    except HomeRecordError:
        is_whole = False
    if is_whole or name not in contents:
        return []
    durable.replace(settings.record, contents[name])
    return [name]


def _restore_unchanging(
    settings: Settings, folder: Path, contents: Mapping[str, bytes]
) -> list[str]:
    below = f"{folder.relative_to(settings.home)}/"
    written = []
    for name, content in contents.items():
        path = settings.home / name
        # A vintage never changes, nor does what was sent, so what differs is damaged.
        if name.startswith(below) and not (path.is_file() and path.read_bytes() == content):
            durable.replace(path, content)
            written.append(name)
    return written


def _restore_forgotten(settings: Settings, contents: Mapping[str, bytes]) -> list[str]:
    name = settings.forgotten.name
    with suppress(ForgottenUnreadableError, HomeRecordError):
        ForgottenFile.of(settings).read()
        return []
    if name not in contents:
        return []
    durable.replace(settings.forgotten, contents[name])
    return [name]


def _restore_release(settings: Settings, current: str, contents: Mapping[str, bytes]) -> list[str]:
    store = ReleaseStore.of(settings)
    with suppress(ReleaseDamagedError):
        if store.current().files and not store.current().damaged():
            # A restore that was interrupted may have left no more to do than the links.
            unreachable = store.unreachable(AUDIENCES)
            _lead(settings, store.current().name)
            return [str(path.relative_to(settings.home)) for path in unreachable]
    folder = store.folder_of(current)
    below = f"{folder.relative_to(settings.home)}/"
    names = [name for name in contents if name.startswith(below)]
    if not names:
        return []
    durable.make_folders(folder.parent)
    fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix="."))
    try:
        for name in names:
            durable.write(fresh / name.removeprefix(below), contents[name])
        durable.sync_folders(fresh)
    except OSError:
        # What is damaged is better than nothing, and a full disk must not be filled by this.
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    durable.sync(folder.parent)
    _lead(settings, current)
    return names


def _lead(settings: Settings, current: str) -> None:
    """Let all readers see a release, and its pages."""
    store = ReleaseStore.of(settings)
    store.make_current(current, AUDIENCES)
    for audience in AUDIENCES:
        ReportFolder.of(settings).lead_to(audience, store.current())


def _is_report(name: str) -> bool:
    return name.startswith("reports/")


def _files(folder: Path) -> list[Path]:
    """All files below a folder, without links and what is being written."""
    return [
        path
        for path in files_below(folder)
        if not path.is_symlink()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]


def _archive(contents: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in contents.items():
            about = tarfile.TarInfo(name)
            about.size, about.mode = len(content), 0o600
            archive.addfile(about, io.BytesIO(content))
    return file.getvalue()


def _read(file: Path) -> tuple[Mapping[str, object], dict[str, bytes]]:
    """Return the index of a backup, and its files by their path below the home."""
    if not file.exists():
        raise BackupError(f"{file} finnes ikke. Kontroller navnet.")
    try:
        opened = _unlocked(file.read_bytes(), file)
        with tarfile.open(fileobj=io.BytesIO(opened)) as archive:
            contents = {
                one.name: content.read()
                for one in archive.getmembers()
                if (content := archive.extractfile(one))
            }
        about = json.loads(contents.pop(_INDEX))
        is_whole = about["files"] == {name: durable.sha256(one) for name, one in contents.items()}
        is_within = not any(
            Path(name).is_absolute() or ".." in Path(name).parts for name in contents
        )
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError):
        is_whole = is_within = False
    if not (is_whole and is_within):
        raise BackupError(f"{file} er skadet, eller er ingen sikkerhetskopi. Bruk en annen.")
    if about["version"] > VERSION:
        raise BackupError(f"{file} er skrevet av en nyere utgave av programmet. Installer den.")
    return about, contents


def _locked(content: bytes) -> bytes:
    """Encrypt a backup, if the warehouse has a key."""
    key = warehouse_key()
    if not key:
        return content
    salt = secrets.token_bytes(_SALT)
    return _ENCRYPTED + salt + _fernet(key, salt).encrypt(content)


def _unlocked(content: bytes, file: Path) -> bytes:
    if not content.startswith(_ENCRYPTED):
        return content
    key = warehouse_key()
    if not key:
        raise BackupError(
            f"{file} er kryptert. Sett {KEY} til nøkkelen, eller {KEY_FILE} til en fil med den."
        )
    salt, token = content[len(_ENCRYPTED) :][:_SALT], content[len(_ENCRYPTED) + _SALT :]
    try:
        return _fernet(key, salt).decrypt(token)
    except InvalidToken:
        raise BackupError(f"{file} er kryptert med en annen nøkkel, eller er skadet.") from None


def _fernet(key: str, salt: bytes) -> Fernet:
    """Return the cipher of a backup: its key is derived slowly, for a key that people chose."""
    derived = Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(key.encode())
    return Fernet(urlsafe_b64encode(derived))
