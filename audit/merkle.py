"""The tree of RFC 6962: pure functions on hashes of 32 bytes."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A growing tree that remembers only its frontier: the roots of its complete subtrees, largest first."""

    def __init__(self, size: int = 0, frontier: Iterable[bytes] = ()) -> None:
        self.size = size
        self.frontier = list(frontier)
        if len(self.frontier) != size.bit_count():
            raise ValueError("The frontier does not fit the size of the tree.")

    def append(self, leaf: bytes) -> None:
        """Add one leaf."""
        stack, number, pop, hashed = self.frontier, self.size, self.frontier.pop, sha256
        while number & 1:
            leaf = hashed(b"\x01" + pop() + leaf).digest()
            number >>= 1
        stack.append(leaf)
        self.size += 1

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add many leaves, whole subtrees at a time: a third of the cost of adding them one by one."""
        place, end = 0, len(leaves)
        while place < end:
            room = self.size & -self.size if self.size else 1 << 62
            width = min(room, 1 << ((end - place).bit_length() - 1))
            self._append_subtree(perfect_root(leaves[place : place + width]), width)
            place += width

    def _append_subtree(self, root: bytes, width: int) -> None:
        number = self.size // width
        while number & 1:
            root = node(self.frontier.pop(), root)
            number >>= 1
        self.frontier.append(root)
        self.size += width

    def root(self) -> bytes:
        """The root of what is in it now."""
        if not self.frontier:
            return EMPTY
        found = self.frontier[-1]
        for left in self.frontier[-2::-1]:
            found = node(left, found)
        return found


def perfect_root(leaves: Sequence[bytes]) -> bytes:
    """The root of 2^n leaves."""
    level = list(leaves)
    while len(level) > 1:
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root of any number of leaves."""
    tree = Tree()
    tree.extend(leaves)
    return tree.root()


def _split(size: int) -> int:
    """The largest power of two below size."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """What proves that leaf `index` is in the tree of these leaves (RFC 6962 2.1.1), from the bottom up."""
    if len(leaves) <= 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*inclusion_path(index, leaves[:middle]), root_of(leaves[middle:])]
    return [*inclusion_path(index - middle, leaves[middle:]), root_of(leaves[:middle])]


def consistency_path(old_size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """What proves that the tree of the first `old_size` leaves grew into this one (RFC 6962 2.1.2).

    Raises:
        ValueError: old_size is not between 1 and the number of leaves.
    """
    if not 1 <= old_size <= len(leaves):
        raise ValueError("The old size lies outside the log.")
    return _subproof(old_size, leaves, True)


def _subproof(old_size: int, leaves: Sequence[bytes], whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if whole else [root_of(leaves)]
    middle = _split(len(leaves))
    if old_size <= middle:
        return [*_subproof(old_size, leaves[:middle], whole), root_of(leaves[middle:])]
    return [*_subproof(old_size - middle, leaves[middle:], False), root_of(leaves[:middle])]
