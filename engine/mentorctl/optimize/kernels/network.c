/* Pairs as a network, solved exactly: an auction for a first guess, then shortest paths that repair it.
 *
 * Each person has `low <= matches <= high`; the k-th match of a person earns a reward that falls with k: an amount that
 * outweighs everything for the first `low` ones, `cover` for the first one where low is 0, nothing after that. A choice of pairs
 * is the best one if each person has a price such that
 *   - a chosen pair is worth at least what its two prices take:   score >= price(mentee) + price(mentor),
 *   - a pair that is left out is worth at most that,
 *   - price + reward(matches) >= 0 >= price + reward(matches + 1) for each person.
 *
 * The auction (Bertsekas 1979, with scaled steps) lets mentees bid for the places of mentors. It ends near the optimum and proves
 * nothing. Its prices are then taken as they are, pairs that break a rule are dropped, and what is missing is repaired: from
 * each person who "wants" one match more at the present prices, the shortest path in reduced costs to a place that is free, to
 * somebody who can give up a match, or to giving up oneself (Edmonds and Karp 1972, as Jonker and Volgenant 1987 do for
 * assignments). Any prices and pairs can be repaired.
 *
 * All numbers are whole. The sums that can occur are bounded before the start, or the input is refused.
 */
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

#define LARGEST (INT64_C(1) << 60) /* no price, reward or path length comes near this */
#define LANES 16
#define NEAR 8 /* pairs of somebody that are remembered as the cheapest ones */

/* The scans of whole rows once more for wider registers, chosen when the library is loaded. */
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define FAST __attribute__((target_clones("avx2", "default")))
#else
#define FAST
#endif

/* What is asked, checked, and what follows from it alone. */
typedef struct {
    int32_t mentees, people, arcs;
    int dense; /* every mentee has all mentors */
    const int32_t *mentee, *mentor;
    const int64_t *score, *cover;
    int64_t *low, *high; /* hardly more than there are pairs */
    int64_t must;        /* the reward of a match that has to be */
    int64_t range;       /* of the points */
    int64_t largest;     /* number of all */
    int32_t *begin;      /* of each mentee's pairs */
    int64_t *place_begin; /* of each mentor's places */
    int32_t *column, *column_begin; /* pairs by mentor, made when first needed */
} Shape;

/* How the auction goes: what points are multiplied by, its step, and at most so many bids. */
typedef struct {
    int64_t scale, step, bids;
} Auction;

static int32_t make_columns(const Shape *asked) {
    Shape *shape = (Shape *)asked;
    if (shape->column) return MENTORCTL_OK;
    const int32_t mentors = shape->people - shape->mentees;
    int32_t *begin = calloc((size_t)mentors + 2, sizeof *begin), *column = malloc(((size_t)shape->arcs + 1) * sizeof *column);
    shape->column_begin = begin, shape->column = column;
    if (!begin || !column) return MENTORCTL_NO_MEMORY;
    for (int32_t arc = 0; arc < shape->arcs; arc++) begin[shape->mentor[arc] - shape->mentees + 1]++;
    for (int32_t m = 0; m < mentors; m++) begin[m + 1] += begin[m];
    for (int32_t arc = shape->arcs; arc-- > 0;) column[--begin[shape->mentor[arc] - shape->mentees + 1]] = arc;
    memmove(begin, begin + 1, (size_t)mentors * sizeof *begin);
    begin[mentors] = shape->arcs;
    return MENTORCTL_OK;
}

#define VALUE int32_t
#define NAME(name) name##_32
#define FAR INT32_MAX
#define LIMIT (INT32_C(1) << 29)
#include "network_body.h"
#undef VALUE
#undef NAME
#undef FAR
#undef LIMIT

#define VALUE int64_t
#define NAME(name) name##_64
#define FAR INT64_MAX
#define LIMIT LARGEST
#include "network_body.h"
#undef VALUE
#undef NAME
#undef FAR
#undef LIMIT

/* ---- what is asked ---- */

/* As many pairs as mentees times mentors are all of them, if they are in order. */
FAST static int is_complete(const Shape *shape) {
    const int32_t mentors = shape->people - shape->mentees;
    for (int32_t e = 0; e < shape->mentees; e++) {
        const int32_t *mentee = shape->mentee + (int64_t)e * mentors, *mentor = shape->mentor + (int64_t)e * mentors;
        int wrong = 0;
        for (int32_t m = 0; m < mentors; m++) wrong |= (mentee[m] ^ e) | (mentor[m] ^ (shape->mentees + m));
        if (wrong) return 0;
    }
    return 1;
}

FAST static void range_of(const int64_t *score, int32_t count, int64_t *least, int64_t *most) {
    int64_t low = 0, high = 0;
    for (int32_t at = 0; at < count; at++) {
        low = score[at] < low ? score[at] : low;
        high = score[at] > high ? score[at] : high;
    }
    *least = low, *most = high;
}

/* Pairs in order and within range, intervals that can be meant, and no sum that could leave 64 bits. */
static int32_t check(Shape *shape) {
    int64_t largest = 0, covers = 0, places[2] = {0, 0}, needed = 0, least = 0, most = 0;
    for (int32_t node = 0; node < shape->people; node++) {
        int64_t cover = shape->cover[node];
        if (shape->low[node] < 0 || shape->high[node] < shape->low[node] || cover < 0) return MENTORCTL_BAD_INPUT;
        if (cover > LARGEST || (covers += cover) > LARGEST) return MENTORCTL_OVERFLOW;
        if (cover > largest) largest = cover;
    }
    int32_t *pairs = calloc((size_t)shape->people + 1, sizeof *pairs), last_mentee = -1, last_mentor = -1;
    if (!pairs) return MENTORCTL_NO_MEMORY;
    int wrong = shape->dense && !is_complete(shape);
    range_of(shape->score, shape->arcs, &least, &most);
    for (int32_t node = 0; shape->dense && node < shape->people; node++)
        pairs[node] = node < shape->mentees ? shape->people - shape->mentees : shape->mentees;
    for (int32_t arc = 0; !shape->dense && arc < shape->arcs && !wrong; arc++) {
        int32_t e = shape->mentee[arc], m = shape->mentor[arc];
        wrong = e < 0 || e >= shape->mentees || m < shape->mentees || m >= shape->people ||
                e < last_mentee || (e == last_mentee && m <= last_mentor);
        if (wrong) break;
        last_mentee = e, last_mentor = m;
        pairs[e]++, pairs[m]++;
    }
    int32_t at = 0;
    int64_t place = 0;
    for (int32_t node = 0; node < shape->people && !wrong; node++) {
        if (shape->low[node] > pairs[node]) shape->low[node] = -1; /* cannot be */
        /* One place more than there are pairs stays free, and with it the price where the interval wants it. */
        if (shape->high[node] > pairs[node] + (int64_t)1) shape->high[node] = pairs[node] + (int64_t)1;
        places[node >= shape->mentees] += shape->high[node];
        needed += shape->low[node];
        if (node < shape->mentees) shape->begin[node] = at, at += pairs[node];
        else shape->place_begin[node - shape->mentees] = place, place += shape->high[node];
    }
    shape->begin[shape->mentees] = at;
    shape->place_begin[shape->people - shape->mentees] = place;
    free(pairs);
    if (wrong) return MENTORCTL_BAD_INPUT;
    if (least < -LARGEST / 64 || most > LARGEST / 64) return MENTORCTL_OVERFLOW;
    if (-least > largest) largest = -least;
    if (most > largest) largest = most;
    for (int32_t node = 0; node < shape->people; node++)
        if (shape->low[node] < 0) return MENTORCTL_INFEASIBLE;
    int64_t fewer = places[0] < places[1] ? places[0] : places[1];
    __int128 all = (__int128)fewer * (most - least) + covers + 1;
    __int128 path = (__int128)(shape->people + 4) * (largest + 1) * 4 + (needed ? 8 * all : 0);
    if (path > LARGEST / 16) return MENTORCTL_OVERFLOW;
    shape->must = needed ? (int64_t)all : 0;
    shape->range = most - least + 1;
    shape->largest = largest + shape->must;
    return MENTORCTL_OK;
}

/* How the auction goes was measured on random and on coarse points: a step of a small part of the range, however few
 * different points there are, and an end after some bids a mentee; what is left is cheaper to repair.
 */
static int32_t solve(const Shape *shape, uint8_t *chosen, int64_t *prices) {
    const int64_t fine = INT64_C(1) << 20, narrow = (INT32_C(1) << 29) / 64;
    const int is_narrow = shape->largest < narrow;
    Auction auction = {.scale = 1};
    while (shape->range * auction.scale < fine &&
           2 * shape->largest * auction.scale < (is_narrow ? narrow : LARGEST / 64))
        auction.scale *= 2;
    auction.step = shape->range * auction.scale / (shape->dense ? 4096 : 1024);
    if (auction.step < 1) auction.step = 1;
    auction.bids = (shape->dense ? 5 : 15) * (int64_t)shape->mentees;
    int32_t status = is_narrow ? solve_32(shape, &auction, chosen, prices) : MENTORCTL_OVERFLOW;
    return status == MENTORCTL_OVERFLOW ? solve_64(shape, &auction, chosen, prices) : status;
}

/* The best choice of pairs, and a price per person that proves it. */
MENTORCTL_API int32_t mentorctl_network_solve(int32_t mentees, int32_t mentors, int64_t arcs, const int32_t *mentee,
                                              const int32_t *mentor, const int64_t *score, const int64_t *cover,
                                              const int64_t *low, const int64_t *high, uint8_t *chosen,
                                              int64_t *prices) {
    if (mentees < 0 || mentors < 0 || (int64_t)mentees + mentors >= INT32_MAX / 2 || arcs < 0 || arcs >= INT32_MAX)
        return MENTORCTL_BAD_INPUT;
    const size_t people = (size_t)mentees + (size_t)mentors;
    Shape shape = {.mentees = mentees, .people = (int32_t)people, .arcs = (int32_t)arcs,
                   .dense = arcs && arcs == (int64_t)mentees * mentors, .mentee = mentee, .mentor = mentor,
                   .score = score, .cover = cover};
    shape.low = malloc((people + 1) * sizeof *low), shape.high = malloc((people + 1) * sizeof *high);
    shape.begin = malloc(((size_t)mentees + 1) * sizeof *shape.begin);
    shape.place_begin = malloc(((size_t)mentors + 1) * sizeof *shape.place_begin);
    int32_t status = MENTORCTL_NO_MEMORY;
    if (shape.low && shape.high && shape.begin && shape.place_begin) {
        memcpy(shape.low, low, people * sizeof *low), memcpy(shape.high, high, people * sizeof *high);
        status = check(&shape);
        if (!status) status = solve(&shape, chosen, prices);
    }
    free(shape.low), free(shape.high), free(shape.begin), free(shape.place_begin);
    free(shape.column), free(shape.column_begin);
    return status;
}

/* The signs of some pairs of one mentee, and the sum of what is over, or -1 where that might not fit into it. */
FAST static int gains_of(const int32_t *mentor, const int64_t *score, const int64_t *prices, int64_t price, int32_t people,
                         int32_t count, int8_t *sign, int64_t *over) {
    const int64_t large = INT64_C(1) << 48;
    int64_t sum = 0;
    int wrong = 0, wide = 0, apart = 0;
    for (int32_t at = 0; at < count; at++) {
        wrong |= (uint32_t)mentor[at] >= (uint32_t)people;
        apart |= mentor[at] ^ (mentor[0] + at);
    }
    if (wrong) return 1;
    const int64_t *row = prices + mentor[0];
    for (int32_t at = 0; at < count && !apart; at++) { /* mentors in a row: no look-up */
        int64_t gain = score[at] - price - row[at], more = gain > 0 ? gain : 0;
        sign[at] = (int8_t)((gain > 0) - (gain < 0));
        wide |= more > large;
        sum += more < large ? more : 0;
    }
    for (int32_t at = 0; at < count && apart; at++) {
        int64_t gain = score[at] - price - prices[mentor[at]], more = gain > 0 ? gain : 0;
        sign[at] = (int8_t)((gain > 0) - (gain < 0));
        wide |= more > large;
        sum += more < large ? more : 0;
    }
    *over = wide ? -1 : sum;
    return 0;
}

/* What the prices say of each pair (1: worth more than they take, 0: as much, -1: less), and the sum of what is over,
 * in two halves. It reads the input only, and shares nothing with the search above.
 */
MENTORCTL_API int32_t mentorctl_network_gains(int64_t arcs, int32_t people, const int32_t *mentee, const int32_t *mentor,
                                              const int64_t *score, const int64_t *prices, int8_t *sign, int64_t *over) {
    __int128 sum = 0;
    for (int64_t arc = 0; arc < arcs;) { /* a mentee's pairs, a few at a time */
        const int32_t e = mentee[arc];
        int64_t last = arc + 1;
        if ((uint32_t)e >= (uint32_t)people) return MENTORCTL_BAD_INPUT;
        while (last < arcs && last < arc + 4096 && mentee[last] == e) last++;
        int64_t few = 0;
        if (gains_of(mentor + arc, score + arc, prices, prices[e], people, (int32_t)(last - arc), sign + arc, &few))
            return MENTORCTL_BAD_INPUT;
        if (few < 0)
            for (; arc < last; arc++) sum += sign[arc] > 0 ? score[arc] - prices[e] - prices[mentor[arc]] : 0;
        else sum += few;
        arc = last;
    }
    over[0] = (int64_t)(sum >> 62), over[1] = (int64_t)(sum & ((INT64_C(1) << 62) - 1));
    return MENTORCTL_OK;
}
