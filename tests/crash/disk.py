"""A disk that loses power, or fails, at any step: a file system in memory, mounted by FUSE.

What is not synced is not on disk. The changes of names in folders are a journal: after a loss of
power, some beginning of it is on disk, and what was synced (a folder with all its names, a file with
its content). The content of a file that was never synced is lost, wholly or by half.

The test that mounts the disk commands it by extended attributes of its root: `Disk`.
"""

from __future__ import annotations

import copy
import errno
import json
import multiprocessing
import os
import random
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mfusepy as fuse

_COMMAND = "user.disk"


@dataclass
class Node:
    """A file, a folder or a link, as it is seen and as it is on disk."""

    mode: int
    content: bytes = b""
    """Of a file its bytes, of a link its target."""
    synced: bytes | None = None
    """The bytes of a file that are on disk; None when it was never synced."""
    names: dict[str, Node] = field(default_factory=dict)
    number: int = 0

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.mode)


@dataclass
class Tree:
    """All nodes, and the journal of the changes of names since all was synced."""

    root: Node
    journal: list[list[tuple[int, str, Node | None]]] = field(default_factory=list)
    """Each change: in which folders (by number) which names now mean which nodes."""
    synced_until: dict[int, int] = field(default_factory=dict)
    """Folder -> how many changes there were when it was synced last."""
    before: dict[int, dict[str, Node]] = field(default_factory=dict)
    """Folder -> its names when all was synced."""
    next_number: int = 1

    def folders(self) -> Iterator[Node]:
        waiting = [self.root]
        while waiting:
            folder = waiting.pop()
            yield folder
            waiting += [node for node in folder.names.values() if node.is_folder]

    def nodes(self) -> Iterator[Node]:
        for folder in self.folders():
            yield folder
            yield from (node for node in folder.names.values() if not node.is_folder)

    def settle(self) -> None:
        """Sync everything."""
        for node in self.nodes():
            node.synced = node.content
        self.journal.clear()
        self.synced_until.clear()
        self.before = {folder.number: dict(folder.names) for folder in self.folders()}

    def lose_power(self, rng: random.Random) -> None:
        """Leave only what a disk may hold after a loss of power."""
        on_disk = rng.choice([0, len(self.journal), rng.randint(0, len(self.journal))])
        content = rng.choice(["nothing", "half", "everything"])
        names = {number: dict(known) for number, known in self.before.items()}
        for at, change in enumerate(self.journal):
            for folder, name, node in change:
                if at < max(on_disk, self.synced_until.get(folder, 0)):
                    of_folder = names.setdefault(folder, {})
                    if node is None:
                        of_folder.pop(name, None)
                    else:
                        of_folder[name] = node
        self._name(self.root, names)
        for node in self.nodes():
            if not node.is_folder and node.synced != node.content and stat.S_ISREG(node.mode):
                half = node.content[: len(node.content) // 2]
                unsynced = {"nothing": b"", "half": half, "everything": node.content}[content]
                node.content = node.synced if node.synced is not None else unsynced
        self.settle()

    def _name(self, folder: Node, names: dict[int, dict[str, Node]]) -> None:
        folder.names = names.get(folder.number, {})
        for node in folder.names.values():
            if node.is_folder:
                self._name(node, names)


class FileSystem(fuse.Operations):
    """The operations of the disk, counted where they change anything."""

    use_ns = True

    def __init__(self) -> None:
        self.tree = Tree(Node(stat.S_IFDIR | 0o755))
        self.tree.settle()
        self.saved = copy.deepcopy(self.tree)
        self.count = 0
        self.fails_at = 0
        self.error = 0
        self.has_power = True

    # --- Commands

    def setxattr(self, path: str, name: str, value: bytes, options: int, position: int = 0) -> int:
        if name != _COMMAND:
            raise fuse.FuseOSError(errno.ENOTSUP)
        command = json.loads(value)
        match command["do"]:
            case "save":
                self.tree.settle()
                self.saved = copy.deepcopy(self.tree)
            case "restore":
                self.tree = copy.deepcopy(self.saved)
                self._rest()
            case "fail":
                self._rest()
                self.fails_at, self.error = command["at"], command["error"]
            case "start again":
                if not self.has_power:
                    self.tree.lose_power(random.Random(command["seed"]))
                count = self.count
                self._rest()
                self.count = count
        return 0

    def getxattr(self, path: str, name: str, position: int = 0) -> bytes:
        if name != _COMMAND:
            raise fuse.FuseOSError(errno.ENODATA)
        return str(self.count).encode()

    def _rest(self) -> None:
        self.count, self.fails_at, self.error, self.has_power = 0, 0, 0, True

    def _changes(self) -> None:
        """Count a change; fail if it is its turn."""
        self._needs_power()
        self.count += 1
        if self.count == self.fails_at:
            self.has_power = bool(self.error)
            raise fuse.FuseOSError(self.error or errno.EIO)

    def _needs_power(self) -> None:
        if not self.has_power:
            raise fuse.FuseOSError(errno.EIO)

    # --- Names

    def _node(self, path: str) -> Node:
        self._needs_power()
        node = self.tree.root
        for name in filter(None, path.split("/")):
            if name not in node.names:
                raise fuse.FuseOSError(errno.ENOENT)
            node = node.names[name]
        return node

    def _place(self, path: str) -> tuple[Node, str]:
        folder, _, name = path.rpartition("/")
        return self._node(folder), name

    def _rename(self, *changes: tuple[str, Node | None]) -> None:
        logged = []
        for path, node in changes:
            folder, name = self._place(path)
            if node is None:
                del folder.names[name]
            else:
                folder.names[name] = node
            logged.append((folder.number, name, node))
        self.tree.journal.append(logged)

    def _new(self, mode: int, content: bytes = b"") -> Node:
        number, self.tree.next_number = self.tree.next_number, self.tree.next_number + 1
        return Node(mode, content, number=number)

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        node = self._node(path)
        return {"st_mode": node.mode, "st_size": len(node.content), "st_nlink": 1}

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *self._node(path).names]

    def readlink(self, path: str) -> str:
        return self._node(path).content.decode()

    def mkdir(self, path: str, mode: int) -> int:
        self._changes()
        self._rename((path, self._new(stat.S_IFDIR | mode)))
        return 0

    def rmdir(self, path: str) -> int:
        self._changes()
        if self._node(path).names:
            raise fuse.FuseOSError(errno.ENOTEMPTY)
        self._rename((path, None))
        return 0

    def unlink(self, path: str) -> int:
        self._changes()
        self._node(path)
        self._rename((path, None))
        return 0

    def symlink(self, target: str, source: str) -> int:
        self._changes()
        self._rename((target, self._new(stat.S_IFLNK | 0o777, source.encode())))
        return 0

    def link(self, target: str, source: str) -> int:
        self._changes()
        self._rename((target, self._node(source)))
        return 0

    def rename(self, old: str, new: str) -> int:
        self._changes()
        moved = self._node(old)
        folder, name = self._place(new)
        if name in folder.names and folder.names[name].is_folder and not moved.is_folder:
            raise fuse.FuseOSError(errno.EISDIR)
        self._rename((old, None), (new, moved))
        return 0

    def chmod(self, path: str, mode: int) -> int:
        node = self._node(path)
        node.mode = stat.S_IFMT(node.mode) | mode
        return 0

    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        return 0

    # --- Contents

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        self._changes()
        self._rename((path, self._new(stat.S_IFREG | mode)))
        return 0

    def open(self, path: str, flags: int) -> int:
        return self.truncate(path, 0) if flags & os.O_TRUNC else int(self._node(path) is None)

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return self._node(path).content[offset : offset + size]

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        self._changes()
        node = self._node(path)
        node.content = node.content[:offset] + data + node.content[offset + len(data) :]
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        self._changes()
        node = self._node(path)
        node.content = node.content[:length].ljust(length, b"\0")
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        self._changes()
        node = self._node(path)
        node.synced = node.content
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        self._changes()
        self.tree.synced_until[self._node(path).number] = len(self.tree.journal)
        return 0


@dataclass(frozen=True)
class Disk:
    """A mounted disk."""

    folder: Path

    @property
    def changes(self) -> int:
        """How many changes were made since the disk was saved, restored or told to fail."""
        return int(os.getxattr(self.folder, _COMMAND))

    def save(self) -> None:
        """Sync everything, and remember it."""
        self._command(do="save")

    def restore(self) -> None:
        """Put everything back as it was saved."""
        self._command(do="restore")

    def fail(self, at: int, error: int) -> None:
        """Let the change number `at` fail by an error, once."""
        self._command(do="fail", at=at, error=error)

    def lose_power(self, at: int) -> None:
        """Let the power go at the change number `at`: it fails, and so does everything after it."""
        self._command(do="fail", at=at, error=0)

    def start_again(self, seed: int) -> None:
        """Give the power back; what is on disk after its loss is drawn by a seed."""
        self._command(do="start again", seed=seed)

    def _command(self, **command: object) -> None:
        os.setxattr(self.folder, _COMMAND, json.dumps(command).encode())


@contextmanager
def mounted(folder: Path) -> Iterator[Disk]:
    """Mount a new disk at a folder during this block."""
    folder.mkdir()
    serving = multiprocessing.get_context("fork").Process(target=_serve, args=(str(folder),))
    serving.start()
    try:
        while not os.path.ismount(folder):
            assert serving.is_alive(), "the disk could not be mounted"
            time.sleep(0.05)
        yield Disk(folder)
    finally:
        subprocess.run(["fusermount3", "-u", "-z", folder], check=True)
        serving.terminate()
        serving.join()


def _serve(folder: str) -> None:
    # Nothing is cached, because the disk changes what it holds behind the kernel's back.
    fuse.FUSE(
        FileSystem(),
        folder,
        foreground=True,
        nothreads=True,
        direct_io=True,
        attr_timeout=0,
        entry_timeout=0,
        negative_timeout=0,
    )
