"""What keeps what alive: the references between a heap's objects, from its roots on.

SPDX-License-Identifier: MIT"""
from collections import deque


class Graph:
    """Objects by their numbers in heap.objects."""

    def __init__(self, heap):
        self.heap = heap
        self.number = {found.address: i for i, found in enumerate(heap.objects)}
        self.links = [[(slot, target) for slot in found.slots if (target := self.target(slot.value)) is not None]
                      for found in heap.objects]
        self.successors = [list(dict.fromkeys(target for _, target in links)) for links in self.links]
        self.entries = list(dict.fromkeys(self.number[root.target] for root in heap.roots if root.target in self.number))
        self.keeper = self._keepers()

    def target(self, value):
        """The number of the object that a value points at or into, or None."""
        found = self.heap.object_at(value)
        return None if found is None else self.number[found.address]

    def _keepers(self):
        """[number of the object before it on a shortest path from a root; -1 where a root points at it; None: nothing keeps it]"""
        keeper = [None] * len(self.heap.objects)
        waiting = deque(self.entries)
        for entry in self.entries:
            keeper[entry] = -1
        while waiting:
            number = waiting.popleft()
            for following in self.successors[number]:
                if keeper[following] is None:
                    keeper[following] = number
                    waiting.append(following)
        return keeper
