"""What would be freed with an object: the bytes of all objects that are reachable through it only. That is the tree of
dominators, which is found as Georgiadis and Tarjan do (Dominators, directed bipolar orders, and independent spanning
trees: Semi-NCA).

SPDX-License-Identifier: MIT"""
from collections import Counter


class Retained:
    """objects: bytes that each object retains, itself included; 0 for those that nothing keeps. by_kind: {kind: bytes}
    that all objects of a kind retain, what one of them retains for another counted once."""

    def __init__(self, sizes: list[int], kinds: list[str], successors: list[list[int]], entries: list[int]) -> None:
        """By objects' numbers. sizes: bytes. kinds: what to sum by. successors: [[numbers that it points at]]. entries:
        numbers that roots point at."""
        order, dominator = _dominators([*successors, entries], len(sizes))
        self.objects = [0] * len(sizes)
        for place in range(len(order) - 1, 0, -1):
            number, above = order[place], order[dominator[place]]
            self.objects[number] += sizes[number]
            if dominator[place] != 0:
                self.objects[above] += self.objects[number]
        self.by_kind = self._sum(kinds, order, dominator)

    def _sum(self, kinds: list[str], order: list[int], dominator: list[int]) -> Counter[str]:
        """Down the tree of dominators, counting the objects of each kind above."""
        below: list[list[int]] = [[] for _ in order]
        for place in range(1, len(order)):
            below[dominator[place]].append(place)
        total: Counter[str] = Counter()
        above: Counter[str] = Counter()
        stack = [(place, False) for place in below[0]]
        while stack:
            place, leaving = stack.pop()
            kind = kinds[order[place]]
            if leaving:
                above[kind] -= 1
                continue
            if not above[kind]:
                total[kind] += self.objects[order[place]]
            above[kind] += 1
            stack.append((place, True))
            stack += [(following, False) for following in below[place]]
        return total


def _preorder(edges: list[list[int]], root: int) -> tuple[list[int], list[int]]:
    """(nodes reached, in the order in which a search from the root comes to them; the place of each one's parent)"""
    order: list[int] = []
    parent: list[int] = []
    seen = set()
    stack = [(root, 0)]
    while stack:
        number, came_from = stack.pop()
        if number in seen:
            continue
        seen.add(number)
        place = len(order)
        order.append(number)
        parent.append(came_from)
        stack += [(following, place) for following in reversed(edges[number]) if following not in seen]
    return order, parent


def _dominators(edges: list[list[int]], root: int) -> tuple[list[int], list[int]]:
    """(nodes in preorder, the place in there of each one's immediate dominator)"""
    order, parent = _preorder(edges, root)
    place = {number: i for i, number in enumerate(order)}
    predecessors: list[list[int]] = [[] for _ in order]
    for i, number in enumerate(order):
        for following in edges[number]:
            predecessors[place[following]].append(i)
    semi, label = list(range(len(order))), list(range(len(order)))
    ancestor: list[int | None] = [None] * len(order)
    for i in range(len(order) - 1, 0, -1):
        for before in predecessors[i]:
            semi[i] = min(semi[i], semi[_least(before, semi, label, ancestor)])
        ancestor[i] = parent[i]
    dominator = parent
    for i in range(1, len(order)):
        while dominator[i] > semi[i]:
            dominator[i] = dominator[dominator[i]]
    return order, dominator


def _least(node: int, semi: list[int], label: list[int], ancestor: list[int | None]) -> int:
    """The node of least semidominator on the path from a node up to where its forest ends, that one excluded; shortens
    the path."""
    path: list[tuple[int, int]] = []
    while (above := ancestor[node]) is not None:
        path.append((node, above))
        node = above
    if path:
        node, _ = path.pop()  # its ancestor is where the forest ends
    least = label[node]
    for one, above in reversed(path):
        if semi[label[above]] < semi[label[one]]:
            label[one] = label[above]
        ancestor[one] = ancestor[above]
        least = label[one]
    return least
