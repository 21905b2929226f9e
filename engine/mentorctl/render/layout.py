"""Where the boxes and lines of a drawing go: layers from top to bottom, few crossings, a place for every label.

The way of Sugiyama: lines that go round are turned for the while, each box gets the rank of the longest way to it, long
lines get a waypoint in every rank that they pass, the order within ranks follows the neighbors, and boxes move as near
to their neighbors as their widths allow. The label of a line is a waypoint with a width, so that no box covers it.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from mentorctl.values import dataclass

SWEEPS = 16
GAP_X = 26.0
GAP_Y = 18.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line from one box to another, by id, with the room that its label needs."""

    source: str
    target: str
    label: Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The waypoints of a line from its source to its target, and the middle of its label."""

    points: tuple[tuple[float, float], ...]
    label: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The middles of the boxes, the routes in the order of the lines, and the size of it all."""

    boxes: Mapping[str, tuple[float, float]]
    routes: tuple[Route, ...]
    size: Size


def layout(boxes: Mapping[str, Size], lines: Sequence[Line]) -> Layout:
    """A drawing of boxes (the first one begins at the top) and lines between them. Equal input, equal drawing."""
    return _Drawing(boxes, lines).layout()


@dataclass(slots=True)
class _Spot:
    """A box or a waypoint: its rank, its size, and where it is."""

    rank: int
    size: Size
    is_box: bool
    above: list[int]
    below: list[int]
    x: float = 0.0
    y: float = 0.0


class _Drawing:
    def __init__(self, boxes: Mapping[str, Size], lines: Sequence[Line]) -> None:
        self._boxes = boxes
        self._lines = lines
        self._turned = _turned(list(boxes), lines)
        ranks = _ranks(list(boxes), lines, self._turned)
        self._spots = [
            _Spot(rank=ranks[box], size=size, is_box=True, above=[], below=[]) for box, size in boxes.items()
        ]
        self._number = {box: number for number, box in enumerate(boxes)}
        self._chains = [self._chain(line, is_turned=n in self._turned) for n, line in enumerate(lines)]

    def _chain(self, line: Line, *, is_turned: bool) -> list[int]:
        """The spots of a line from the upper box to the lower one; the one in the middle holds the label."""
        if line.source == line.target:
            return []
        upper, lower = self._number[line.source], self._number[line.target]
        if is_turned:
            upper, lower = lower, upper
        first, last = self._spots[upper].rank, self._spots[lower].rank
        middle = first + 1 + 2 * ((last - first - 2) // 4)
        chain = [upper]
        for rank in range(first + 1, last):
            size = line.label if rank == middle else Size(width=2, height=0)
            self._spots.append(_Spot(rank=rank, size=size, is_box=False, above=[], below=[]))
            chain.append(len(self._spots) - 1)
        chain.append(lower)
        for one, other in pairwise(chain):
            self._spots[one].below.append(other)
            self._spots[other].above.append(one)
        return chain

    def layout(self) -> Layout:
        rows = self._ordered_rows()
        self._place_across(rows)
        self._place_down(rows)
        routes = self._routes()
        return self._shifted(routes)

    # -- order within ranks --------------------------------------------------------------------------------------------

    def _ordered_rows(self) -> list[list[int]]:
        """The rows with the fewest crossings that some sweeps down and up find."""
        rows: list[list[int]] = [[] for _ in range(1 + max(spot.rank for spot in self._spots))]
        for number, spot in enumerate(self._spots):
            rows[spot.rank].append(number)
        best, fewest = [list(row) for row in rows], self._crossings(rows)
        for sweep in range(SWEEPS):
            self._sweep(rows, down=sweep % 2 == 0)
            crossings = self._crossings(rows)
            if crossings < fewest:
                best, fewest = [list(row) for row in rows], crossings
        return best

    def _sweep(self, rows: list[list[int]], *, down: bool) -> None:
        for row in rows[1:] if down else reversed(rows[:-1]):
            place = {spot: at for other in rows for at, spot in enumerate(other)}
            wanted = {
                spot: (_median([place[n] for n in self._neighbors(spot, up=down)], place[spot]), place[spot])
                for spot in row
            }
            row.sort(key=wanted.__getitem__)
            self._swap(row, up=down, place=place)

    def _swap(self, row: list[int], *, up: bool, place: Mapping[int, int]) -> None:
        """Neighbors change places while that saves crossings."""
        for _ in range(len(row)):
            swapped = False
            for at in range(len(row) - 1):
                left = sorted(place[n] for n in self._neighbors(row[at], up=up))
                right = sorted(place[n] for n in self._neighbors(row[at + 1], up=up))
                if _crossed(right, left) < _crossed(left, right):
                    row[at], row[at + 1] = row[at + 1], row[at]
                    swapped = True
            if not swapped:
                return

    def _neighbors(self, spot: int, *, up: bool) -> list[int]:
        return self._spots[spot].above if up else self._spots[spot].below

    def _crossings(self, rows: Sequence[Sequence[int]]) -> int:
        total = 0
        for upper, lower in pairwise(rows):
            place = {spot: at for at, spot in enumerate(lower)}
            ends = [place[n] for spot in upper for n in sorted(self._spots[spot].below, key=place.__getitem__)]
            total += sum(one > other for i, one in enumerate(ends) for other in ends[i + 1 :])
        return total

    # -- places --------------------------------------------------------------------------------------------------------

    def _place_across(self, rows: Sequence[Sequence[int]]) -> None:
        """Every spot as near to the middle of its neighbors as the others in its row allow."""
        for row in rows:
            x = 0.0
            for spot in row:
                self._spots[spot].x = x + self._spots[spot].size.width / 2
                x += self._spots[spot].size.width + GAP_X
        for sweep in range(2 * SWEEPS):
            ordered = rows if sweep % 2 == 0 else list(reversed(rows))
            for row in ordered:
                self._settle(row)

    def _settle(self, row: Sequence[int]) -> None:
        wanted, weights, offsets, offset = [], [], [], 0.0
        for at, spot in enumerate(row):
            here = self._spots[spot]
            around = [*here.above, *here.below]
            weight = sum(1.0 if self._spots[n].is_box or here.is_box else 4.0 for n in around) or 0.01
            middle = self._middle(spot)
            if at:
                before = self._spots[row[at - 1]]
                offset += (before.size.width + here.size.width) / 2 + GAP_X
            offsets.append(offset)
            wanted.append(middle - offset)
            weights.append(weight)
        for spot, x, offset in zip(row, _rising(wanted, weights), offsets, strict=True):
            self._spots[spot].x = x + offset

    def _middle(self, spot: int) -> float:
        """Between the neighbors; long lines pull more than boxes do, so that they are straight."""
        here = self._spots[spot]
        pulls = [
            (self._spots[n].x, 1.0 if self._spots[n].is_box or here.is_box else 4.0) for n in (*here.above, *here.below)
        ]
        if not pulls:
            row = [other.x for other in self._spots if other.rank == here.rank]
            return sum(row) / len(row)
        return sum(x * pull for x, pull in pulls) / sum(pull for _, pull in pulls)

    def _place_down(self, rows: Sequence[Sequence[int]]) -> None:
        y = 0.0
        for row in rows:
            height = max((self._spots[spot].size.height for spot in row), default=0.0)
            for spot in row:
                self._spots[spot].y = y + height / 2
            y += height + GAP_Y

    # -- lines ---------------------------------------------------------------------------------------------------------

    def _routes(self) -> list[Route]:
        ports = self._ports()
        routes = []
        for number, line in enumerate(self._lines):
            chain = self._chains[number]
            routes.append(self._route(number, chain, ports) if chain else self._loop(line))
        return routes

    def _route(self, number: int, chain: Sequence[int], ports: Mapping[tuple[int, int], float]) -> Route:
        upper, lower = self._spots[chain[0]], self._spots[chain[-1]]
        points = [(ports[number, 0], upper.y + upper.size.height / 2)]
        label = points[0]
        most = max((self._spots[s].size.width for s in chain[1:-1]), default=0.0)
        for spot in chain[1:-1]:
            here = self._spots[spot]
            if here.size.height and here.size.width == most:
                label = (here.x, here.y)
                points += [(here.x, here.y - here.size.height / 2), (here.x, here.y + here.size.height / 2)]
            else:
                points.append((here.x, here.y))
        points.append((ports[number, 1], lower.y - lower.size.height / 2))
        if number in self._turned:
            points.reverse()
        return Route(points=tuple(points), label=label)

    def _ports(self) -> dict[tuple[int, int], float]:
        """Where lines leave the lower side of a box (0) and reach the upper side of one (1), spread over its width."""
        sides: dict[tuple[int, int], list[tuple[float, int]]] = {}
        for number, chain in enumerate(self._chains):
            if chain:
                sides.setdefault((chain[0], 0), []).append((self._spots[chain[1]].x, number))
                sides.setdefault((chain[-1], 1), []).append((self._spots[chain[-2]].x, number))
        ports = {}
        for (spot, side), ends in sides.items():
            here = self._spots[spot]
            step = min(30.0, here.size.width * 0.8 / len(ends))
            for at, (_, number) in enumerate(sorted(ends)):
                ports[number, side] = here.x + (at - (len(ends) - 1) / 2) * step
        return ports

    def _loop(self, line: Line) -> Route:
        """A line from a box to itself, on its right."""
        box = self._spots[self._number[line.source]]
        right, half = box.x + box.size.width / 2, box.size.height / 4
        label = (right + 26 + line.label.width / 2, box.y)
        points = ((right, box.y - half), (right + 22, box.y - half), (right + 22, box.y + half), (right, box.y + half))
        return Route(points=points, label=label)

    def _shifted(self, routes: Sequence[Route]) -> Layout:
        """Moved so that everything lies right of and below the origin."""
        edges = [(s.x - s.size.width / 2, s.x + s.size.width / 2) for s in self._spots]
        edges += [
            (route.label[0] - line.label.width / 2, route.label[0] + line.label.width / 2)
            for route, line in zip(routes, self._lines, strict=True)
        ]
        left, right = min(low for low, _ in edges), max(high for _, high in edges)
        bottom = max(s.y + s.size.height / 2 for s in self._spots)
        return Layout(
            boxes={box: (self._spots[n].x - left, self._spots[n].y) for box, n in self._number.items()},
            routes=tuple(
                Route(
                    points=tuple((x - left, y) for x, y in route.points), label=(route.label[0] - left, route.label[1])
                )
                for route in routes
            ),
            size=Size(width=right - left, height=bottom),
        )


# -- the graph ---------------------------------------------------------------------------------------------------------


def _turned(boxes: Sequence[str], lines: Sequence[Line]) -> frozenset[int]:
    """The lines that lead back to a box on the way; without them nothing goes round."""
    outgoing: dict[str, list[tuple[int, str]]] = {box: [] for box in boxes}
    for number, line in enumerate(lines):
        outgoing[line.source].append((number, line.target))
    turned, done, path = set(), set(), set()
    for start in boxes:
        stack: list[tuple[str, int]] = [(start, 0)] if start not in done else []
        path = {start}
        while stack:
            box, at = stack.pop()
            if at == len(outgoing[box]):
                done.add(box)
                path.discard(box)
                continue
            stack.append((box, at + 1))
            number, target = outgoing[box][at]
            if target in path:
                turned.add(number)
            elif target not in done:
                path.add(target)
                stack.append((target, 0))
    return frozenset(turned)


def _ranks(boxes: Sequence[str], lines: Sequence[Line], turned: frozenset[int]) -> dict[str, int]:
    """Twice the length of the longest way to each box: the odd ranks are for labels."""
    ends = [
        (line.target, line.source) if number in turned else (line.source, line.target)
        for number, line in enumerate(lines)
        if line.source != line.target
    ]
    ranks = dict.fromkeys(boxes, 0)
    for _ in boxes:
        moved = False
        for source, target in ends:
            if ranks[target] < ranks[source] + 2:
                ranks[target] = ranks[source] + 2
                moved = True
        if not moved:
            break
    lonely = set(boxes) - {box for ends_ in ends for box in ends_}
    return ranks | dict.fromkeys(lonely, max(ranks.values(), default=0))  # they stand below the others


def _median(places: Sequence[int], otherwise: int) -> float:
    if not places:
        return float(otherwise)
    ordered = sorted(places)
    half = len(ordered) // 2
    return float(ordered[half]) if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _crossed(left: Sequence[int], right: Sequence[int]) -> int:
    return sum(one > other for one in left for other in right)


def _rising(wanted: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The rising sequence nearest to the wanted one (least squares): neighbors that do not rise are pooled."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(wanted, weights, strict=True):
        pool = (value, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            last = pools.pop()
            total = last[1] + pool[1]
            pool = ((last[0] * last[1] + pool[0] * pool[1]) / total, total, last[2] + pool[2])
        pools.append(pool)
    return [value for value, _, count in pools for _ in range(count)]
