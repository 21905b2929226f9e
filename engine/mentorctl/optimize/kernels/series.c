/* The best series of one pair at given gains: a dynamic program from the last candidate to the first, once for each regular
 * time that could still win. The ranges of candidates that may follow only move to the left on that way, so that their
 * best is kept in a queue whose values fall from its old end to its new one: each candidate enters and leaves it once.
 * The callers see to it that every number is a place in the array that it points into.
 */
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

/* Which candidates may follow: per candidate ranges [first, last), as in pricing.py. */
typedef struct {
    int64_t count, windows, levels, times, bonus;
    const int64_t *edges, *near_same_first, *near_same_last, *near_later_first, *near_later_last, *far_same_first,
        *far_same_last, *far_later, *week_last, *time_of;
} series_pair;

/* Scratch of one call. */
typedef struct {
    int64_t *tails, *after, *within, *gains, *queue, *most, *rank, *best_time, *held;
} series_room;

static int64_t max64(int64_t a, int64_t b) { return a > b ? a : b; }

/* For the candidates of one window the best value in each one's range of the next window, at least what is there. */
static void best_in_ranges(
    int64_t first, int64_t last, const int64_t *from, const int64_t *to, const int64_t *value, int64_t limit,
    int64_t *queue, int64_t *into) {
    int64_t oldest = 0, newest = 0, entered = limit; /* queue[oldest, newest) holds candidates; all from `entered` on came */
    for (int64_t at = last; at-- > first;) {
        if (from[at] >= to[at]) continue;
        for (; entered > from[at]; newest++) {
            entered--;
            while (newest > oldest && value[queue[newest - 1]] <= value[entered]) newest--;
            queue[newest] = entered;
        }
        while (newest > oldest && queue[oldest] >= to[at]) oldest++;
        if (newest > oldest) into[at] = max64(into[at], value[queue[oldest]]);
    }
}

/* tails[level * count + at]: the best gain of a series that begins there and may have `level` more in the same week. */
static void tails_of(const series_pair *pair, series_room *room) {
    const int64_t count = pair->count, levels = pair->levels;
    int64_t *tails = room->tails, *top = tails + (levels - 1) * count, *after = room->after, *within = room->within;
    int64_t *later = room->best_time; /* not needed before the walk */
    int64_t *same = later + count, following = count;
    after[count] = 0;
    for (int64_t window = pair->windows; window-- > 0;) {
        const int64_t first = pair->edges[window], last = pair->edges[window + 1];
        for (int64_t at = first; at < last; at++) later[at] = after[pair->far_later[at]];
        best_in_ranges(first, last, pair->near_later_first, pair->near_later_last, top, following, room->queue, later);
        for (int64_t at = first; at < last; at++) tails[at] = room->gains[at] + later[at];
        for (int64_t level = 1; level < levels; level++) {
            const int64_t *before = tails + (level - 1) * count, *far = within + (level - 1) * (count + 1);
            for (int64_t at = first; at < last; at++) {
                same[at] = later[at];
                if (pair->far_same_first[at] < pair->far_same_last[at])
                    same[at] = max64(same[at], far[pair->far_same_first[at]]);
            }
            best_in_ranges(first, last, pair->near_same_first, pair->near_same_last, before, following, room->queue, same);
            for (int64_t at = first; at < last; at++) tails[level * count + at] = room->gains[at] + same[at];
        }
        for (int64_t at = last; at-- > first;) after[at] = max64(top[at], after[at + 1]);
        if (levels > 1)
            for (int64_t level = 0; level < levels; level++) {
                int64_t *best = within + level * (count + 1);
                for (int64_t at = last; at-- > first;) {
                    best[at] = tails[level * count + at];
                    if (at + 1 < pair->week_last[at]) best[at] = max64(best[at], best[at + 1]);
                }
            }
        following = last;
    }
}

/* The first candidate in a range whose tail has a value; `last` where there is none. */
static int64_t first_with(const int64_t *tails, int64_t first, int64_t last, int64_t wanted) {
    while (first < last && tails[first] != wanted) first++;
    return first < last ? first : INT64_MAX;
}

/* The candidates of the best series, each the earliest that still reaches the value; returns how many. */
static int64_t walk(const series_pair *pair, const series_room *room, int64_t *held) {
    const int64_t count = pair->count, top = pair->levels - 1;
    const int64_t *tails = room->tails;
    int64_t level = top, at = 0, length = 0;
    for (int64_t other = 1; other < count; other++)
        if (tails[top * count + other] > tails[top * count + at]) at = other;
    for (;;) {
        held[length++] = at;
        const int64_t wanted = tails[level * count + at] - room->gains[at];
        if (wanted <= 0) return length;
        const int64_t *above = tails + top * count;
        int64_t found = first_with(above, pair->near_later_first[at], pair->near_later_last[at], wanted), reached = top;
        int64_t other = first_with(above, pair->far_later[at], count, wanted);
        if (other < found) found = other;
        if (level > 0) {
            const int64_t *below = tails + (level - 1) * count;
            other = first_with(below, pair->near_same_first[at], pair->near_same_last[at], wanted);
            const int64_t far = first_with(below, pair->far_same_first[at], pair->far_same_last[at], wanted);
            if (far < other) other = far;
            if (other != INT64_MAX && other <= found) found = other, reached = level - 1;
        }
        if (found == INT64_MAX) return -1;
        at = found, level = reached;
    }
}

/* For each regular time what a series could gain if its meetings did not have to keep their gaps. */
static void most_of(const series_pair *pair, const int64_t *gain, series_room *room) {
    int64_t *extra = room->best_time, all = 0;
    memset(room->most, 0, (size_t)pair->times * sizeof(int64_t));
    for (int64_t time = 0; time < pair->times; time++) extra[time] = 0;
    for (int64_t window = 0; window < pair->windows; window++) {
        const int64_t first = pair->edges[window], last = pair->edges[window + 1];
        int64_t best = 0;
        for (int64_t at = first; at < last; at++) best = max64(best, gain[at]);
        for (int64_t at = first; at < last; at++) {
            int64_t *of = extra + pair->time_of[at];
            *of = max64(*of, gain[at] + pair->bonus - best);
        }
        for (int64_t at = first; at < last; at++) {
            room->most[pair->time_of[at]] += extra[pair->time_of[at]];
            extra[pair->time_of[at]] = 0;
        }
        all += best;
    }
    for (int64_t time = 0; time < pair->times; time++) room->most[time] += all;
}

/* The times in falling order of what they could gain, equal ones as they are numbered. */
static void rank_times(series_room *room, int64_t times) {
    for (int64_t place = 0; place < times; place++) {
        int64_t at = place;
        for (; at > 0 && room->most[room->rank[at - 1]] < room->most[place]; at--) room->rank[at] = room->rank[at - 1];
        room->rank[at] = place;
    }
}

/* answer: the gain, how many candidates the series has, and these. The gain is 0 with no candidate where nothing gains. */
MENTORCTL_API int32_t mentorctl_series_best(
    const int64_t *shape, const int64_t *const *columns, const int64_t *gain, int64_t *answer) {
    series_pair pair = {shape[0],   shape[1],   shape[2],   shape[3],   shape[4],   columns[0], columns[1], columns[2],
                        columns[3], columns[4], columns[5], columns[6], columns[7], columns[8], columns[9]};
    const int64_t count = pair.count, levels = pair.levels, times = pair.times;
    answer[0] = answer[1] = 0;
    if (count == 0) return MENTORCTL_OK;
    const int64_t scratch = 2 * count + (times > 2 * count ? times : 0);
    int64_t *room = malloc((size_t)(levels * (2 * count + 1) + 6 * count + 2 * times + scratch + 8) * sizeof(int64_t));
    if (room == NULL) return MENTORCTL_NO_MEMORY;
    series_room places;
    places.tails = room;
    places.within = places.tails + levels * count;
    places.after = places.within + levels * (count + 1);
    places.gains = places.after + count + 1;
    places.queue = places.gains + count;
    places.held = places.queue + count + 1;
    places.most = places.held + count + 1;
    places.rank = places.most + times;
    places.best_time = places.rank + times;
    int64_t tried = 1;
    if (pair.bonus > 0) {
        most_of(&pair, gain, &places);
        rank_times(&places, times);
        tried = times;
    }
    for (int64_t place = 0; place < tried; place++) {
        const int64_t regular = pair.bonus > 0 ? places.rank[place] : -1;
        if (pair.bonus > 0 && places.most[regular] <= answer[0]) break;
        for (int64_t at = 0; at < count; at++)
            places.gains[at] = gain[at] + (pair.time_of[at] == regular ? pair.bonus : 0);
        tails_of(&pair, &places);
        if (places.after[0] <= answer[0]) continue;
        const int64_t length = walk(&pair, &places, places.held);
        if (length < 0) {
            free(room);
            return MENTORCTL_BAD_INPUT;
        }
        answer[0] = places.after[0];
        answer[1] = length;
        memcpy(answer + 2, places.held, (size_t)length * sizeof(int64_t));
    }
    free(room);
    return MENTORCTL_OK;
}
