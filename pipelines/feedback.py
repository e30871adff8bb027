"""The Dagster asset that writes feedback under the home: a workbook for each faulty delivery."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

import dagster as dg
import polars as pl

from assets.definition import OWNERS, asset_key
from assets.quality.receipts import lines, same_error
from assets.raw.delivery import DeliveredFile, public_name
from assets.raw.problems import REFUSALS, with_findings
from assets.records.forgotten import Forgotten
from assets.workbooks.remarks import Remarks
from pipelines.reader import Reader
from pipelines.settings import warehouse_key

_LONGEST = 240
"""Bytes of a file name: most file systems allow 255, and a number may have to be added."""


@dataclass(frozen=True)
class FeedbackFolder:
    """HOME/feedback, the folder of the workbooks."""

    folder: str

    def write(self, workbooks: Mapping[str, bytes]) -> list[Path]:
        """Write each workbook under its name, in one step, and return the paths."""
        folder = Path(self.folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in workbooks.items():
            # Named for the process, because the delivery's name may already have the most bytes.
            pending = folder / f".{os.getpid()}"
            pending.write_bytes(content)
            pending.replace(folder / name)
        return [folder / name for name in workbooks]

    def keep_only(self, workbooks: Mapping[str, bytes]) -> None:
        """Remove every workbook but these: a delivery with errors may be corrected by now."""
        for path in Path(self.folder).glob("*"):
            if path.suffix.lower() == ".xlsx" and path.name not in workbooks:
                path.unlink()


def workbooks(
    files: list[DeliveredFile],
    rejected: pl.DataFrame,
    forgotten: Forgotten,
    set_aside: pl.DataFrame,
    reader: Reader,
    remarks: Mapping[str, Remarks],
) -> dict[str, bytes]:
    """Return file name -> feedback workbook, for each delivery that has errors or findings.

    `rejected` has the columns of quality.rejected_rows, and may have lines on findings
    (problems.with_findings); `set_aside` has the columns of raw.set_aside; `remarks` has those on
    each delivery (remarks_on). The workbook has only the list of errors, without a copy of the
    delivery, if the file is refused, has changed since it was read, or mentions a forgotten person,
    or if `reader` cannot copy it within its bounds. This is so for all files when the warehouse is
    encrypted, because a copy holds persons in plain text.
    """
    # openpyxl is slow to import, and an inbox without errors does not need it.
    from assets.workbooks.feedback import feedback, feedback_name

    contents = {public_name(file.name, file.sha256): file.content for file in files}
    refused = rejected.filter(pl.col("code").is_in(REFUSALS))["delivery"]
    uncopied = {*refused, *(contents if warehouse_key() else set_aside["delivery"])}
    made: dict[str, bytes] = {}
    for (delivery,), problems in rejected.group_by("delivery", maintain_order=True):
        name = str(delivery)
        content = None if name in uncopied else contents.get(name)
        copy = None
        if content is not None and not _tells_of_forgotten(name, content, forgotten, reader):
            copy = reader.feedback(name, problems, content, remarks.get(name, Remarks()))
        made[_free(feedback_name(name), made)] = copy or feedback(
            name, problems, None, remarks.get(name, Remarks())
        )
    return made


def remarks_on(
    rejected: pl.DataFrame,
    receipts: pl.DataFrame,
    changes: pl.DataFrame,
    passed_over: pl.DataFrame,
) -> dict[str, Remarks]:
    """Return delivery -> the remarks on it.

    The frames have the columns of quality.rejected_rows, quality.receipts, quality.changes and
    raw.passed_over.
    """
    alike = same_error(rejected, receipts)
    return {
        str(delivery): Remarks(
            alike.get(str(delivery), ()),
            lines(sheets, changes),
            passed_over.filter(delivery=delivery)["passed_over"].to_list(),
        )
        for (delivery,), sheets in receipts.group_by("delivery", maintain_order=True)
    }


def _tells_of_forgotten(name: str, content: bytes, forgotten: Forgotten, reader: Reader) -> bool:
    if not forgotten.digests:
        return False
    texts = reader.texts(name, content)
    return texts is None or forgotten.are_mentioned(texts)


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
        "HOME/feedback: for each delivery with errors or findings a workbook to send back: the "
        "delivery with the cells marked, and a list of what to do. Only the list is included when "
        " the warehouse is encrypted, or the delivery mentions a forgotten person."
    ),
    kinds={"excel"},
    owners=OWNERS,
    ins={
        "rejected": dg.AssetIn(asset_key("quality.rejected_rows")),
        "findings": dg.AssetIn(asset_key("quality.findings")),
        "deliveries": dg.AssetIn(asset_key("raw.deliveries")),
        "set_aside": dg.AssetIn(asset_key("raw.set_aside")),
        "receipts": dg.AssetIn(asset_key("quality.receipts")),
        "changes": dg.AssetIn(asset_key("quality.changes")),
        "passed_over": dg.AssetIn(asset_key("raw.passed_over")),
    },
    required_resource_keys={"inbox", "reader", "feedback", "forgotten"},
)
def feedback_workbooks(
    context: dg.AssetExecutionContext, **tables: pl.DataFrame
) -> dg.MaterializeResult[None]:
    """Write the feedback of the inbox."""
    inbox, reader = context.resources.inbox, context.resources.reader
    as_read = set(tables["deliveries"]["sha256"])
    listed = with_findings(tables["rejected"], tables["findings"])
    files = inbox.files() if listed.height else []
    files = [file for file in files if file.sha256 in as_read]
    forgotten = context.resources.forgotten.read()
    remarks = remarks_on(
        *(tables[name] for name in ("rejected", "receipts", "changes", "passed_over"))
    )
    written = workbooks(files, listed, forgotten, tables["set_aside"], reader, remarks)
    context.resources.feedback.write(written)
    context.resources.feedback.keep_only(written)
    return dg.MaterializeResult(metadata={"workbooks": len(written)})
