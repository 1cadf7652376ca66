"""Who keeps an object: references and paths of a model.Heap.

SPDX-License-Identifier: MIT"""
import collections
from dataclasses import dataclass
from typing import Iterator

from .model import Heap, Object, Root, Slot

CONSERVATIVE = ("stack", "register")


@dataclass(frozen=True)
class Link:
    """A slot of an object, and the object that it keeps."""
    source: Object
    slot: Slot
    target: Object


def links_from(heap: Heap, source: Object) -> Iterator[Link]:
    for slot in source.slots:
        target = heap.object_at(slot.value)
        if target is not None:
            yield Link(source, slot, target)


def references(heap: Heap, wanted: Object) -> tuple[list[Root], list[Link]]:
    """([Root], [Link]) that point at or into an object."""
    return ([root for root in heap.roots if root.target == wanted.address],
            [link for source in heap.objects for link in links_from(heap, source) if link.target is wanted])


def keepers(heap: Heap, wanted: Object | None = None) -> dict[int, Root | Link]:
    """{address of an object: the Root or the Link by which it is reached first}, breadth first from the roots that are
    slots, then from stacks and registers. wanted: no further than to this object."""
    came: dict[int, Root | Link] = {}
    for conservative in (False, True):
        queue: collections.deque[Object] = collections.deque()
        for root in heap.roots:
            if (root.kind in CONSERVATIVE) == conservative and root.target not in came:
                came[root.target] = root
                found = heap.object_at(root.target)
                if found is not None:
                    queue.append(found)
        while queue and (wanted is None or wanted.address not in came):
            for link in links_from(heap, queue.popleft()):
                if link.target.address not in came:
                    came[link.target.address] = link
                    queue.append(link.target)
    return came


def path(heap: Heap, wanted: Object) -> tuple[Root, list[Link]] | None:
    """(root, [Link]): a shortest path to an object from a root that is a slot; from a stack or a register if there is
    none. None if nothing keeps it."""
    came = keepers(heap, wanted)
    if wanted.address not in came:
        return None
    links, step = [], came[wanted.address]
    while isinstance(step, Link):
        links.append(step)
        step = came[step.source.address]
    return step, links[::-1]


class Numbered:
    """A heap's references by the objects' numbers in heap.objects."""

    def __init__(self, heap: Heap) -> None:
        self.number = {found.address: i for i, found in enumerate(heap.objects)}
        self.links = [[(link.slot, self.number[link.target.address]) for link in links_from(heap, found)]
                      for found in heap.objects]
        self.successors = [list(dict.fromkeys(target for _, target in links)) for links in self.links]
        self.entries = list(dict.fromkeys(self.number[root.target] for root in heap.roots))
        came = keepers(heap)
        self.kept_by = [came.get(found.address) for found in heap.objects]  # a Root, a Link, or None: nothing keeps it
        self.keeper = [None if by is None else self.number[by.source.address] if isinstance(by, Link) else -1
                       for by in self.kept_by]
