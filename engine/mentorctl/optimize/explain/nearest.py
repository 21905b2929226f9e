"""Shortest ways over arcs that cost nothing or more (Dijkstra 1959), a node's arcs at a time."""

import heapq
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.network import Ints

type Numbers = NDArray[Any]  # int64, or Python's own numbers where these are too small


def nearest(start: Numbers, tail: Ints, head: Ints, cost: Numbers) -> Numbers:
    """How near each node is: it begins as near as `start` says, and every arc may bring its head nearer."""
    nodes = len(start)
    order = np.argsort(tail.astype(np.uint16) if nodes <= 1 << 16 else tail, kind="stable")
    ends, costs = head[order], cost[order]
    begins = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=nodes))]).tolist()
    found = start.copy()
    heap = list(zip(start.tolist(), range(nodes), strict=True))
    heapq.heapify(heap)
    while heap:
        distance, node = heapq.heappop(heap)
        if distance > found[node] or begins[node] == begins[node + 1]:
            continue
        here = slice(begins[node], begins[node + 1])
        there = distance + costs[here]
        nearer = np.flatnonzero(there < found[ends[here]])
        if len(nearer):
            heads, there = ends[here][nearer], there[nearer]
            np.minimum.at(found, heads, there)
            for arc in zip(there.tolist(), heads.tolist(), strict=True):
                heapq.heappush(heap, arc)
    return found
