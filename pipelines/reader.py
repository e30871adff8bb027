"""Reads deliveries in processes of their own, within bounds on memory and time.

A small file can be made to take any amount of both, and the libraries that read it can crash. So
the process of a command interprets no byte of a delivery: each delivery is handed to a child, which
may write no file and inherits no environment. A delivery for which no answer comes back is
unreadable. Both ends are here; run as a module, this is the child. It starts often, so it imports
no Dagster.
"""

from __future__ import annotations

import atexit
import gc
import io
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import polars as pl

from assets.raw import archive, problems
from assets.raw.delivery import DeliveredFile, Delivery, public_name, read_delivery, read_texts
from assets.raw.problems import DeliveryError
from assets.rows import Frames
from assets.workbooks.remarks import Remarks
from pipelines.program import digest, program_digest
from pipelines.settings import (
    DEFAULT_LIMIT,
    DEFAULT_MEMORY,
    DEFAULT_SECONDS,
    PROJECT,
    Settings,
)

_PATIENCE = 5
"""Limit of clock time, in units of the child's processor time: the machine may be busy."""

_ENVIRONMENT = {
    # More threads need more memory, and their number differs between machines.
    "POLARS_MAX_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}

_READY = b"ready\n"
"""The child's signal before it reads any input: any failure after it is due to the file."""

_TABLE = "table/"
"""Prefix of the names of the parts of an answer that hold raw tables."""

_Parts = Mapping[str, bytes]


class ReaderError(Exception):
    """The child cannot be started, regardless of its input."""


@dataclass(frozen=True)
class Reader:
    """Reads deliveries, and makes the feedback on them, within bounds.

    `limit` is the most bytes of a delivery; `memory` and `seconds` are the most bytes of memory and
    seconds of processor time of a child. All methods raise ReaderError.
    """

    limit: int = DEFAULT_LIMIT
    memory: int = DEFAULT_MEMORY
    seconds: int = DEFAULT_SECONDS

    @property
    def digest(self) -> str:
        """A digest of the bounds and the program: the same reads the same from the same file."""
        return digest([self.limit, self.memory, self.seconds, program_digest()])

    @classmethod
    def of(cls, settings: Settings) -> Reader:
        """Return the reader with the bounds of `settings`."""
        return cls(settings.delivery_limit, settings.reading_memory, settings.reading_seconds)

    def read(self, file: DeliveredFile) -> Delivery:
        """Read one delivery, as read_delivery does.

        Raises DeliveryError when it is refused whole; a file that exceeds a bound is unreadable.
        """
        if not file.content:
            return read_delivery(file, self.limit)  # no content to interpret
        about = {"name": file.name, "sha256": file.sha256, "limit": self.limit}
        answer = self._ask("read", about, {"content": file.content})
        if answer is None:
            sentence = problems.UNREADABLE["out_of_bounds"].format(
                memory=self.memory // 1_000_000, seconds=self.seconds
            )
            name = public_name(file.name, file.sha256)
            raise DeliveryError(problems.problem(name, "unreadable", sentence=sentence))
        if "refused" in answer:
            raise DeliveryError(_frame(answer["refused"]))
        said = json.loads(answer["about"])
        # Kept as they came, which is a tenth of the size, until they are stored.
        tables = Frames(
            {
                part.removeprefix(_TABLE): partial(_frame, content)
                for part, content in answer.items()
                if part.startswith(_TABLE)
            }
        )
        return Delivery(
            name=said["name"],
            sha256=file.sha256,
            read_by=self.digest,
            synthetic=said["synthetic"],
            tables=tables,
            ignored=tuple(said["ignored"]),
            problems=_frame(answer["problems"]),
            absent=_frame(answer["absent"]),
            saved_at=said["saved_at"] and datetime.fromisoformat(said["saved_at"]),
            findings=_frame(answer["findings"]),
        )

    def texts(self, name: str, content: bytes) -> Sequence[str] | None:
        """Return every text of a delivery, as read_texts does; None when it cannot be read."""
        answer = self._ask("texts", {"name": name}, {"content": content})
        return None if answer is None else _frame(answer["texts"])["text"].to_list()

    def feedback(
        self, delivery: str, rejected: pl.DataFrame, content: bytes, remarks: Remarks
    ) -> bytes | None:
        """Return the feedback workbook on a delivery, made by assets.workbooks.feedback.

        None when it cannot be made within the bounds.
        """
        parts = {"content": content, "rejected": _ipc(rejected)}
        answer = self._ask("feedback", {"name": delivery, "remarks": remarks._asdict()}, parts)
        return None if answer is None else answer["workbook"]

    def _ask(self, task: str, about: Mapping[str, object], parts: _Parts) -> _Parts | None:
        """Let a child do a task of _TASKS; return its answer, None when it did not finish."""
        command = [sys.executable, "-m", "pipelines.reader", task]
        command += [str(self.memory), str(self.seconds)]
        asked = archive.pack({"about": json.dumps(about).encode(), **parts})
        try:
            ended = subprocess.run(
                command,
                input=asked,
                capture_output=True,
                check=False,
                cwd=PROJECT,
                env=_ENVIRONMENT,
                timeout=self.seconds * _PATIENCE,
            )
        except subprocess.TimeoutExpired:
            return None
        if not ended.stdout.startswith(_READY):
            raise ReaderError(ended.stderr.decode(errors="replace"))
        if ended.returncode:
            # Its error message is not passed on, because it may quote the file.
            return None
        return archive.unpack(ended.stdout.removeprefix(_READY), sys.maxsize)


def _frame(part: bytes) -> pl.DataFrame:
    return pl.read_ipc(io.BytesIO(part))


def _ipc(frame: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    # A column repeats its texts, so compressing costs less than to pass on all of them.
    frame.write_ipc(stream, compression="zstd")
    return stream.getvalue()


# --- The child ----------------------------------------------------------------------------


def _read(about: Mapping[str, Any], parts: _Parts) -> _Parts:
    file = DeliveredFile(about["name"], about["sha256"], parts["content"])
    try:
        read = read_delivery(file, about["limit"])
    except DeliveryError as refusal:
        return {"refused": _ipc(refusal.problems)}
    said = {
        "name": read.name,
        "synthetic": read.synthetic,
        "ignored": read.ignored,
        "saved_at": read.saved_at and read.saved_at.isoformat(),
    }
    return {
        "about": json.dumps(said).encode(),
        "problems": _ipc(read.problems),
        "absent": _ipc(read.absent),
        "findings": _ipc(read.findings),
        **{_TABLE + name: _ipc(frame) for name, frame in read.tables.items()},
    }


def _texts(about: Mapping[str, Any], parts: _Parts) -> _Parts:
    texts = pl.Series("text", read_texts(about["name"], parts["content"], sys.maxsize))
    return {"texts": _ipc(texts.to_frame())}


def _feedback(about: Mapping[str, Any], parts: _Parts) -> _Parts:
    # openpyxl is slow to import, and reading needs little of it.
    from assets.workbooks.feedback import feedback

    rejected = _frame(parts["rejected"])
    remarks = Remarks(**about["remarks"])
    return {"workbook": feedback(about["name"], rejected, parts["content"], remarks)}


_TASKS: Mapping[str, Callable[[Mapping[str, Any], _Parts], _Parts]] = {
    "read": _read,
    "texts": _texts,
    "feedback": _feedback,
}


def _child(task: str, memory: int, seconds: int) -> None:
    """Do one task: read its input from standard input, and write the answer to standard output."""
    for what, limit in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        # The memory image of a crash would contain persons.
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (limit, limit))
    sys.stdout.buffer.write(_READY)
    sys.stdout.flush()
    parts = archive.unpack(sys.stdin.buffer.read(), sys.maxsize)
    sys.stdout.buffer.write(archive.pack(_TASKS[task](json.loads(parts["about"]), parts)))


if __name__ == "__main__":
    # What is left when a process ends goes with it; Python would first search it for garbage.
    atexit.register(gc.freeze)
    _child(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
