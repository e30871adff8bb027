"""The Dagster asset that sends deliveries with errors back: a workbook for each, under the home."""

import os
import sys
from collections.abc import Mapping, Set
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

import dagster as dg
import polars as pl

from assets.definition import OWNERS, asset_key
from assets.raw.delivery import DeliveredFile, public_name, read_texts
from assets.raw.problems import DeliveryError
from assets.records.forgotten import Forgotten
from pipelines.settings import warehouse_key

_LONGEST = 240
"""Bytes of a file name: most file systems take 255, and a number may have to be added."""


@dataclass(frozen=True)
class FeedbackFolder:
    """HOME/feedback, where the workbooks are written."""

    folder: str

    def write(self, workbooks: Mapping[str, bytes]) -> list[Path]:
        """Write each workbook under its name, in one step, and return where they are."""
        folder = Path(self.folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in workbooks.items():
            # Named for the process, not for the delivery: that name may be as long as names can be.
            pending = folder / f".{os.getpid()}"
            pending.write_bytes(content)
            pending.replace(folder / name)
        return [folder / name for name in workbooks]

    def keep_only(self, workbooks: Mapping[str, bytes]) -> None:
        """Remove every workbook but these: what came back once may be mended by now."""
        for path in Path(self.folder).glob("*"):
            if path.suffix.lower() == ".xlsx" and path.name not in workbooks:
                path.unlink()


def workbooks(
    files: list[DeliveredFile],
    rejected: pl.DataFrame,
    forgotten: Forgotten,
    set_aside: pl.DataFrame,
) -> dict[str, bytes]:
    """Return file name -> feedback workbook, for each delivery that has errors.

    `rejected` has the columns of quality.rejected_rows, `set_aside` those of raw.set_aside. The
    list of errors stands alone, without a copy of the delivery, for a file that has changed since
    it was read, for one that tells of somebody who is forgotten, and for all of them when the
    warehouse is encrypted: a copy holds persons, in plain text.
    """
    # openpyxl is slow to import, and an inbox without errors does not need it.
    from assets.quality.feedback import feedback, feedback_name

    contents = {public_name(file.name, file.sha256): file.content for file in files}
    uncopied = set(contents if warehouse_key() else set_aside["delivery"])
    made: dict[str, bytes] = {}
    for (delivery,), problems in rejected.group_by("delivery", maintain_order=True):
        name = _free(feedback_name(str(delivery)), made)
        content = contents.get(str(delivery))
        is_unreadable = (problems["code"] == "unreadable").any()
        if is_unreadable or not _may_be_copied(str(delivery), content, forgotten, uncopied):
            content = None
        made[name] = feedback(str(delivery), problems, content)
    return made


def _may_be_copied(
    delivery: str, content: bytes | None, forgotten: Forgotten, uncopied: Set[str]
) -> bool:
    if content is None or delivery in uncopied:
        return False
    if not forgotten.digests:
        return True
    try:
        # It has been read within the limit before: one that is too large comes without content.
        return not forgotten.are_mentioned(read_texts(delivery, content, sys.maxsize))
    except DeliveryError:
        return False


def _free(name: str, taken: Mapping[str, bytes]) -> str:
    """Return a file name that is not taken, and not longer than file systems allow."""
    stem, ending = Path(name).stem, Path(name).suffix
    stem = stem.encode()[: _LONGEST - len(ending)].decode(errors="ignore")
    numbered = (f"{stem} ({number}){ending}" for number in count(2))
    return next(one for one in chain([f"{stem}{ending}"], numbered) if one not in taken)


@dg.asset(
    key=asset_key("quality.feedback"),
    group_name="quality",
    description=(
        "HOME/feedback: for each delivery with errors a workbook to send back, the delivery as it "
        "was with the cells at fault marked, and a list of what to mend. The list stands alone "
        "when the warehouse is encrypted, or the delivery tells of somebody who is forgotten."
    ),
    kinds={"excel"},
    owners=OWNERS,
    ins={
        "rejected": dg.AssetIn(asset_key("quality.rejected_rows")),
        "deliveries": dg.AssetIn(asset_key("raw.deliveries")),
        "set_aside": dg.AssetIn(asset_key("raw.set_aside")),
    },
    required_resource_keys={"inbox", "feedback", "forgotten"},
)
def feedback_workbooks(
    context: dg.AssetExecutionContext,
    rejected: pl.DataFrame,
    deliveries: pl.DataFrame,
    set_aside: pl.DataFrame,
) -> dg.MaterializeResult[None]:
    """Write the feedback of the inbox."""
    inbox = context.resources.inbox
    as_read = set(deliveries["sha256"])
    files = inbox.files() if rejected.height else []
    files = [file for file in files if file.sha256 in as_read]
    written = workbooks(files, rejected, context.resources.forgotten.read(), set_aside)
    context.resources.feedback.write(written)
    context.resources.feedback.keep_only(written)
    return dg.MaterializeResult(metadata={"workbooks": len(written)})
