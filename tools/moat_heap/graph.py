"""Who keeps an object: references and paths of a model.Heap.

SPDX-License-Identifier: MIT"""
import collections
from dataclasses import dataclass

from .model import Object, Root, Slot

CONSERVATIVE = ("stack", "register")


@dataclass(frozen=True)
class Link:
    """A slot of an object, and the object that it keeps."""
    source: Object
    slot: Slot
    target: Object


def links_from(heap, source):
    for slot in source.slots:
        target = heap.object_at(slot.value)
        if target is not None:
            yield Link(source, slot, target)


def references(heap, wanted):
    """([Root], [Link]) that point at or into an object."""
    return ([root for root in heap.roots if root.target == wanted.address],
            [link for source in heap.objects for link in links_from(heap, source) if link.target is wanted])


def path(heap, wanted):
    """(root, [Link]): a shortest path to an object from a root that is a slot; from a stack or a register if there is none.
    None if nothing keeps it."""
    for conservative in (False, True):
        found = _search(heap, wanted, [root for root in heap.roots if (root.kind in CONSERVATIVE) == conservative])
        if found is not None:
            return found
    return None


def _search(heap, wanted, roots: list[Root]):
    """Breadth first. `came` holds how each object was reached first."""
    came, queue = {}, collections.deque()
    for root in roots:
        if root.target not in came:
            came[root.target] = root
            queue.append(heap.object_at(root.target))
    while queue and wanted.address not in came:
        for link in links_from(heap, queue.popleft()):
            if link.target.address not in came:
                came[link.target.address] = link
                queue.append(link.target)
    if wanted.address not in came:
        return None
    links, step = [], came[wanted.address]
    while isinstance(step, Link):
        links.append(step)
        step = came[step.source.address]
    return step, links[::-1]
