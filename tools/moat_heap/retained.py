"""What would be freed with an object: the bytes of all objects that are reachable through it only. By dominators, computed by iteration (Cooper,
Harvey and Kennedy, A Simple, Fast Dominance Algorithm).

SPDX-License-Identifier: MIT"""


def retained_bytes(sizes, successors, entries):
    """The bytes that each object retains, itself included; 0 for those that cannot be reached.

    sizes       of the objects
    successors  [[numbers of the objects that an object points at]]
    entries     numbers of the objects that roots point at"""
    root = len(sizes)
    edges = [*successors, sorted(set(entries))]
    order = _reverse_postorder(edges, root)
    dominator = _dominators(edges, order, root)
    retained = [0] * len(sizes)
    for number in reversed(order[1:]):
        retained[number] += sizes[number]
        if dominator[number] != root:
            retained[dominator[number]] += retained[number]
    return retained


def _reverse_postorder(edges, root):
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
    return order[::-1]


def _dominators(edges, order, root):
    """[immediate dominator], None for what is not in `order`."""
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
