"""The inbox, the home with everything that the program writes, and the warehouse's key."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass
from datetime import date
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


INBOX = "NORA_INBOX"
HOME = "NORA_HOME"
AS_OF = "NORA_AS_OF"
DELIVERY_LIMIT = "NORA_DELIVERY_LIMIT_MB"
READING_MEMORY = "NORA_READING_MEMORY_MB"
READING_SECONDS = "NORA_READING_SECONDS"
PUBLIC_NAME = "NORA_PUBLIC_NAME"
DELIVERY_DAY = "NORA_DELIVERY_DAY"
ON_FAILURE = "NORA_ON_FAILURE"
HISTORY_DAYS = "NORA_HISTORY_DAYS"
KEY = "NORA_WAREHOUSE_KEY"
KEY_FILE = "NORA_WAREHOUSE_KEY_FILE"

LOOPBACK = "127.0.0.1"
"""The address of both web servers, unless another is chosen for the dashboard."""

DEFAULT_LIMIT = 50_000_000
"""The most bytes of a delivery, by default."""

DEFAULT_MEMORY = 2_000_000_000
"""The most bytes of memory for reading a delivery, by default."""

DEFAULT_SECONDS = 60
"""The most seconds of processor time for reading a delivery, by default."""

DEFAULT_DELIVERY_DAY, _LAST_DELIVERY_DAY = 10, 28
"""The day of the month by which NorA delivers the month before, by default and at the latest."""


DEFAULT_HISTORY_DAYS = 90
"""How many days Dagster's history of a run is kept, by default."""


class SettingsError(ValueError):
    """A setting has an impossible value. The message says what it must be."""


@dataclass(frozen=True)
class Settings:
    """The choices of a user, and the places under the home."""

    inbox: Path
    home: Path
    as_of: date | None = None
    """The day as of which the register is judged and counted; None is the day of the run."""
    delivery_limit: int = DEFAULT_LIMIT
    """The most bytes of a delivery."""
    reading_memory: int = DEFAULT_MEMORY
    """The most bytes of memory for reading one delivery."""
    reading_seconds: int = DEFAULT_SECONDS
    """The most seconds of processor time for reading one delivery."""
    public_name: str = ""
    """The host name of both web servers behind a proxy; empty when there is no proxy."""
    delivery_day: int = DEFAULT_DELIVERY_DAY
    """The day of the month by which the delivery of the month before must be there."""
    on_failure: tuple[str, ...] = ()
    """The command that is told when a build fails or a delivery is missing; empty for none."""
    history_days: int = DEFAULT_HISTORY_DAYS
    """How many days Dagster's history of a run is kept."""

    @classmethod
    def from_environment(
        cls, inbox: Path | None = None, home: Path | None = None, as_of: date | None = None
    ) -> Settings:
        """Return the arguments given, else NORA_INBOX, NORA_HOME and NORA_AS_OF, else the defaults.

        NORA_DELIVERY_LIMIT_MB is the most megabytes of a delivery, NORA_READING_MEMORY_MB and
        NORA_READING_SECONDS bound its reading, NORA_PUBLIC_NAME is the name of the web servers
        behind a proxy, NORA_DELIVERY_DAY is the day by which a month's delivery must be there, and
        NORA_ON_FAILURE is the command that is told when it is not, or a build fails.
        NORA_HISTORY_DAYS is how long Dagster's history is kept. An empty variable counts as not
        set. Raises SettingsError if a folder is a file, NORA_AS_OF is not an ISO date, a bound is
        not a whole number above 0, the name is not a host name, the day is not in every month, or a
        quote of the command is not closed.
        """
        return cls(
            inbox=_folder(inbox, INBOX, "inbox"),
            home=_folder(home, HOME, "home"),
            as_of=as_of or _day(AS_OF),
            delivery_limit=_megabytes(DELIVERY_LIMIT, DEFAULT_LIMIT),
            reading_memory=_megabytes(READING_MEMORY, DEFAULT_MEMORY),
            reading_seconds=_whole(READING_SECONDS, "seconds, such as 60") or DEFAULT_SECONDS,
            public_name=_host_name(PUBLIC_NAME),
            delivery_day=_delivery_day(),
            on_failure=_command(ON_FAILURE),
            history_days=_whole(HISTORY_DAYS, "days, such as 90") or DEFAULT_HISTORY_DAYS,
        )

    def to_environment(self) -> None:
        """Set the variables that from_environment reads, for the processes that Dagster starts."""
        os.environ[INBOX] = str(self.inbox)
        os.environ[HOME] = str(self.home)
        os.environ[AS_OF] = self.as_of.isoformat() if self.as_of else ""
        if os.environ.get(KEY_FILE):
            os.environ[KEY_FILE] = str(Path(os.environ[KEY_FILE]).resolve())

    @property
    def warehouse(self) -> Path:
        """The database with persons, for analysts only."""
        return self.home / "warehouse.duckdb"

    @property
    def forgotten(self) -> Path:
        """The forgotten persons, as keyed hashes."""
        return self.home / "forgotten.json"

    @property
    def accepted(self) -> Path:
        """The suspicious deliveries that were accepted, by their SHA-256."""
        return self.home / "accepted.json"

    @property
    def dagster_home(self) -> Path:
        """The Dagster instance: runs, events, partitions."""
        return self.home / "dagster"

    @property
    def published(self) -> Path:
        """Releases, and a link for each audience."""
        return self.home / "published"

    @property
    def vintages(self) -> Path:
        """Every edition of each year of the open publication, which cannot be made again."""
        return self.published / ".vintages"

    @property
    def sent(self) -> Path:
        """What was sent, frozen with its day, which cannot be made again."""
        return self.home / "sent"

    @property
    def record(self) -> Path:
        """The version of the home, and what must be in it."""
        return self.home / "home.json"

    @property
    def backed_up(self) -> Path:
        """When the last backup was made."""
        return self.home / "backed_up.json"

    @property
    def feedback(self) -> Path:
        """Feedback for the people who deliver: a workbook for each delivery with errors."""
        return self.home / "feedback"

    @property
    def reports(self) -> Path:
        """Pages and report packages, a folder for each audience."""
        return self.home / "reports"


def warehouse_key() -> str | None:
    """Return the key that the warehouse is encrypted with, or None when it is not encrypted.

    The key is the value of NORA_WAREHOUSE_KEY, or the content of the file named by
    NORA_WAREHOUSE_KEY_FILE, without surrounding white space. It is in no Settings and in no
    resource, because Dagster stores and shows those. Raises SettingsError if both are set, or if
    the file cannot be read, is readable by others, or is empty.
    """
    key = os.environ.get(KEY)
    named = os.environ.get(KEY_FILE)
    if key and named:
        raise SettingsError(f"Både {KEY} og {KEY_FILE} er satt. Behold den ene.")
    if key or not named:
        return key or None
    path = Path(named)
    try:
        if path.stat().st_mode & 0o077:
            raise SettingsError(
                f"Nøkkelfilen {path} kan leses av andre enn eieren. Kjør chmod 600 på den."
            )
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(
            f"Nøkkelfilen {path} kan ikke leses. Rett {KEY_FILE}, eller gi deg selv lesetilgang."
        ) from None
    if not key:
        raise SettingsError(f"Nøkkelfilen {path} er tom. Legg nøkkelen i den.")
    return key


def _folder(given: Path | None, variable: str, default: str) -> Path:
    chosen = Path(given or os.environ.get(variable) or PROJECT / "data" / default).resolve()
    # Path would raise if the name is too long; that is told when the folder is made.
    if os.path.exists(chosen) and not os.path.isdir(chosen):
        raise SettingsError(f"{chosen} er en fil, og ingen mappe. Velg en mappe med --{default}.")
    return chosen


def _day(variable: str) -> date | None:
    text = os.environ.get(variable)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise SettingsError(f"{variable} must be a day written as 2021-12-31") from None


def _delivery_day() -> int:
    unit = f"days, from 1 to {_LAST_DELIVERY_DAY}"
    day = _whole(DELIVERY_DAY, unit) or DEFAULT_DELIVERY_DAY
    if day > _LAST_DELIVERY_DAY:
        raise SettingsError(f"{DELIVERY_DAY} must be a whole number of {unit}")
    return day


def _host_name(variable: str) -> str:
    name = os.environ.get(variable, "").lower()
    if name and not re.fullmatch(r"[a-z0-9]+([.-][a-z0-9]+)*", name):
        raise SettingsError(
            f"{variable} must be a host name without scheme and port, such as nora.example.org"
        )
    return name


def _command(variable: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(os.environ.get(variable, "")))
    except ValueError:
        raise SettingsError(f"{variable} must be a command whose quotes are closed") from None


def _megabytes(variable: str, default: int) -> int:
    return _whole(variable, "megabytes, such as 50") * 1_000_000 or default


def _whole(variable: str, unit: str) -> int:
    """The whole number in a variable; 0 when it is not set."""
    text = os.environ.get(variable)
    if not text:
        return 0
    if not (text.isdecimal() and int(text) > 0):
        raise SettingsError(f"{variable} must be a whole number of {unit}")
    return int(text)
