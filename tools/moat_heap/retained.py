"""What would be freed with an object: the bytes of all objects that are reachable through it only. By dominators, computed by iteration (Cooper,
Harvey and Kennedy, A Simple, Fast Dominance Algorithm).

SPDX-License-Identifier: MIT"""
from collections import Counter


class Retained:
    """objects: bytes that each object retains, itself included; 0 for those that nothing keeps. by_kind: {kind: bytes} that all objects of a kind
    retain, what one of them retains for another counted once."""

    def __init__(self, sizes, kinds, successors, entries):
        """By objects' numbers. sizes: bytes. kinds: what to sum by. successors: [[numbers that it points at]]. entries: numbers that roots point at."""
        self._root = len(sizes)
        edges = [*successors, entries]
        order = _postorder(edges, self._root)
        dominator = _dominators(edges, order[::-1], self._root)
        self.objects = [0] * len(sizes)
        for number in order[:-1]:
            self.objects[number] += sizes[number]
            if dominator[number] != self._root:
                self.objects[dominator[number]] += self.objects[number]
        self.by_kind = self._sum(kinds, dominator, order)

    def _sum(self, kinds, dominator, order):
        """Down the tree of dominators, counting the objects of each kind above."""
        below = [[] for _ in range(self._root + 1)]
        for number in order[:-1]:
            below[dominator[number]].append(number)
        total, above = Counter(), Counter()
        stack = [(number, False) for number in below[self._root]]
        while stack:
            number, leaving = stack.pop()
            kind = kinds[number]
            if leaving:
                above[kind] -= 1
                continue
            if not above[kind]:
                total[kind] += self.objects[number]
            above[kind] += 1
            stack.append((number, True))
            stack += [(following, False) for following in below[number]]
        return total


def _postorder(edges, root):
    order, seen, stack = [], {root}, [(root, iter(edges[root]))]
    while stack:
        number, left = stack[-1]
        for following in left:
            if following not in seen:
                seen.add(following)
                stack.append((following, iter(edges[following])))
                break
        else:
            stack.pop()
            order.append(number)
    return order


def _dominators(edges, order, root):
    """[immediate dominator], None for what is not in `order`, which begins with the root."""
    place = {number: i for i, number in enumerate(order)}
    predecessors = {number: [] for number in order}
    for number in order:
        for following in edges[number]:
            predecessors[following].append(number)
    dominator = [None] * len(edges)
    dominator[root] = root
    changed = True
    while changed:
        changed = False
        for number in order[1:]:
            best = None
            for before in predecessors[number]:
                if dominator[before] is not None:
                    best = before if best is None else _common(before, best, dominator, place)
            if dominator[number] != best:
                dominator[number] = best
                changed = True
    return dominator


def _common(one, other, dominator, place):
    while one != other:
        while place[one] > place[other]:
            one = dominator[one]
        while place[other] > place[one]:
            other = dominator[other]
    return one
