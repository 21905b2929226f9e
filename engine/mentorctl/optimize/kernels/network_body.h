/* The algorithm of network.c for one width of numbers: VALUE is the type, NAME(x) names what is made of it.
 * Nothing here reaches LIMIT, or the call ends with MENTORCTL_OVERFLOW, so that no sum leaves the type.
 */

#define Net NAME(Net)
#define Place NAME(Place)
#define Entry NAME(Entry)
#define Found NAME(Found)
#define Near NAME(Near)

typedef struct {
    VALUE price;    /* in the auction, what the place was bought for; after it, the points of the pair */
    int32_t arc;    /* the pair that has it; -1 for a place that was given up and keeps its price */
    int32_t mentee; /* who is in that pair */
} Place;

typedef struct {
    VALUE far;
    int32_t node;
} Entry;

/* A pair as seen from one of its ends. */
typedef struct {
    VALUE score;
    int32_t arc, node;
} Near;

typedef struct {
    const Shape *shape;
    int32_t mentees, mentors, people, arcs;
    int dense; /* every mentee has all mentors: the mentor of a pair follows from its place */
    const int32_t *mentor, *begin;
    const int64_t *low, *high, *cover;
    VALUE must, scale; /* the reward of a match that has to be; what points and rewards are multiplied by */
    VALUE closed;      /* a price at which nobody wants a place with somebody who has none */
    VALUE *score, *price;
    int32_t *matches;
    uint8_t *in;
    Place *place; /* of mentor m from place_begin[m] on */
    const int64_t *place_begin;
    int32_t *priced; /* in the auction: how many places of a mentor were ever asked for */
    /* of one search */
    VALUE *far;
    int32_t *from, *from_node; /* the pair (or the place) by which somebody was reached, and from whom */
    uint8_t *done;
    int32_t *touched, touched_count, *ready, ready_count;
    Entry *heap;
    int64_t heap_count, heap_room; /* no room at all after a lack of memory */
    /* of searches where pairs are few: the pairs of somebody that cost least when all were looked at, and the least cost of the
     * others. The cost is the price at the other end less the score; while all searches begin on one side it only rises. */
    Near *near;
    VALUE *rest;    /* -FAR before the first look */
    VALUE rest_far; /* how far the search is where it comes to a rest */
    /* of one search where it scans whole rows: prices of mentors, far away once done; their distances; who is done */
    VALUE *open_price, *row_far, *passed_far;
    int32_t *passed;
} Net;

/* ---- rewards and prices ---- */

/* The k-th match of somebody; far below everything when there may be no k-th. */
static inline VALUE NAME(reward)(const Net *net, int32_t node, int32_t k) {
    if (k > net->high[node]) return -LIMIT;
    if (k <= net->low[node]) return net->must * net->scale;
    return k == 1 ? (VALUE)net->cover[node] * net->scale : 0;
}

/* By how much somebody would gain from one match more at the present prices. */
static inline VALUE NAME(wanted)(const Net *net, int32_t node) {
    return net->price[node] + NAME(reward)(net, node, net->matches[node] + 1);
}

static inline int32_t NAME(mentor_of)(const Net *net, int32_t arc, int32_t e) {
    return net->dense ? net->mentees + (arc - net->begin[e]) : net->mentor[arc];
}

static inline Place *NAME(places_of)(const Net *net, int32_t node) {
    return net->place + net->place_begin[node - net->mentees];
}

/* ---- scans of whole rows ---- */

/* The best and the second best of `score - price`. */
FAST static void NAME(two_best)(const VALUE *score, const VALUE *price, int32_t count, VALUE found[2]) {
    VALUE best[LANES], second[LANES];
    int32_t at = 0;
    for (int lane = 0; lane < LANES; lane++) best[lane] = second[lane] = -FAR;
    for (; at + LANES <= count; at += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            VALUE value = score[at + lane] - price[at + lane];
            VALUE less = value < best[lane] ? value : best[lane];
            second[lane] = less > second[lane] ? less : second[lane];
            best[lane] = value > best[lane] ? value : best[lane];
        }
    for (int lane = 0; at < count; at++, lane++) {
        VALUE value = score[at] - price[at];
        if (value > best[lane]) second[lane] = best[lane], best[lane] = value;
        else if (value > second[lane]) second[lane] = value;
    }
    found[0] = found[1] = -FAR;
    for (int lane = 0; lane < LANES; lane++) {
        if (best[lane] > found[0]) found[1] = found[0], found[0] = best[lane];
        else if (best[lane] > found[1]) found[1] = best[lane];
        if (second[lane] > found[1]) found[1] = second[lane];
    }
}

/* The first place where `score - price` is a value that is known to be there. */
FAST static int32_t NAME(first_worth)(const VALUE *score, const VALUE *price, int32_t count, VALUE value) {
    int32_t at = 0;
    for (; at + LANES <= count; at += LANES) {
        int any = 0;
        for (int lane = 0; lane < LANES; lane++) any |= score[at + lane] - price[at + lane] == value;
        if (any) break;
    }
    while (at < count && score[at] - price[at] != value) at++;
    return at;
}

/* Distances over one more mentee; returns the least distance of all. */
FAST static VALUE NAME(relax)(const VALUE *score, const VALUE *price, VALUE *far, int32_t *from, int32_t count, VALUE base,
                              int32_t e) {
    VALUE least = FAR;
    for (int32_t at = 0; at < count; at++) {
        VALUE reached = base + price[at] - score[at];
        int nearer = reached < far[at];
        far[at] = nearer ? reached : far[at];
        from[at] = nearer ? e : from[at];
        least = far[at] < least ? far[at] : least;
    }
    return least;
}

FAST static VALUE NAME(least_of)(const VALUE *far, int32_t count) {
    VALUE least = FAR;
    for (int32_t at = 0; at < count; at++) least = far[at] < least ? far[at] : least;
    return least;
}

/* Where a value that is known to be there is, from a place on. */
FAST static int32_t NAME(find)(const VALUE *far, int32_t at, int32_t count, VALUE value) {
    for (; at + LANES <= count; at += LANES) {
        int any = 0;
        for (int lane = 0; lane < LANES; lane++) any |= far[at + lane] == value;
        if (any) break;
    }
    while (at < count && far[at] != value) at++;
    return at;
}

/* Points in this width and scale, and back; dividing is exact. */
FAST static void NAME(scale_up)(const int64_t *from, VALUE *to, int32_t count, VALUE scale) {
    for (int32_t at = 0; at < count; at++) to[at] = (VALUE)from[at] * scale;
}

FAST static void NAME(scale_down)(VALUE *score, int32_t count, VALUE scale) {
    int shift = 0;
    while ((VALUE)1 << shift < scale) shift++; /* scales are powers of two */
    for (int32_t at = 0; at < count; at++) score[at] >>= shift;
}

/* ---- the auction ---- */

/* The places of a mentor are a heap by price. */
static void NAME(sift_down)(Place *heap, int32_t count) {
    Place moving = heap[0];
    int32_t at = 0;
    for (int32_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && heap[child + 1].price < heap[child].price) child++;
        if (heap[child].price >= moving.price) break;
        heap[at] = heap[child];
    }
    heap[at] = moving;
}

static void NAME(sift_up)(Place *heap, int32_t at) {
    Place moving = heap[at];
    for (int32_t parent; at && heap[parent = (at - 1) / 2].price > moving.price; at = parent) heap[at] = heap[parent];
    heap[at] = moving;
}

/* What the next place with a mentor costs: the cheapest with a price, or one that was never asked for. */
static inline VALUE NAME(cheapest)(const Net *net, int32_t node) {
    if (!net->high[node]) return net->closed;
    int32_t priced = net->priced[node - net->mentees];
    VALUE fresh = priced < net->high[node] ? -NAME(reward)(net, node, priced + 1) : FAR;
    if (!priced) return fresh;
    VALUE used = NAME(places_of)(net, node)[0].price;
    return used < fresh ? used : fresh;
}

static void NAME(two_best_left_out)(const Net *net, int32_t e, VALUE found[2], int32_t *arc) {
    const int several = net->matches[e] > 0;
    VALUE best = -FAR, second = -FAR;
    for (int32_t at = net->begin[e]; at < net->begin[e + 1]; at++) {
        VALUE value = net->score[at] - net->price[net->mentor[at]];
        if (value > second && !(several && net->in[at])) {
            if (value > best) second = best, best = value, *arc = at;
            else second = value;
        }
    }
    found[0] = best, found[1] = second;
}

/* One bid: the best place becomes dearer until the second best is as good, and by a step more.
 * Returns the mentee who lost a place by it, or -1; -2 when the bidder would rather go without.
 */
static int32_t NAME(bid)(Net *net, int32_t e, VALUE step) {
    VALUE found[2];
    int32_t arc = -1;
    if (net->dense && !net->matches[e]) {
        const VALUE *score = net->score + net->begin[e], *price = net->price + net->mentees;
        NAME(two_best)(score, price, net->mentors, found);
        arc = net->begin[e] + NAME(first_worth)(score, price, net->mentors, found[0]);
    } else {
        NAME(two_best_left_out)(net, e, found, &arc);
    }
    VALUE without = -NAME(reward)(net, e, net->matches[e] + 1);
    if (arc < 0 || found[0] <= without) return -2;
    VALUE other = found[1] > without ? found[1] : without;
    int32_t node = NAME(mentor_of)(net, arc, e), m = node - net->mentees, loser = -1, priced = net->priced[m];
    Place *heap = NAME(places_of)(net, node), bought = {net->price[node] + (found[0] - other) + step, arc, e};
    int is_fresh = priced < net->high[node] && (!priced || -NAME(reward)(net, node, priced + 1) <= heap[0].price);
    if (is_fresh) {
        heap[priced] = bought;
        NAME(sift_up)(heap, priced);
        net->priced[m]++;
    } else {
        loser = heap[0].mentee;
        net->in[heap[0].arc] = 0;
        net->matches[loser]--, net->matches[node]--;
        heap[0] = bought;
        NAME(sift_down)(heap, priced);
    }
    net->in[arc] = 1;
    net->matches[e]++, net->matches[node]++;
    net->price[node] = NAME(cheapest)(net, node);
    return loser;
}

/* Mentees bid in turn, a loser at once, until nobody wants to or the bids are used up. */
static int32_t NAME(auction)(Net *net, VALUE step, int64_t bids) {
    int32_t count = 0, *stack = net->ready;
    uint8_t *waits = net->done;
    for (int32_t node = net->mentees; node < net->people; node++) net->price[node] = NAME(cheapest)(net, node);
    for (int32_t e = net->mentees - 1; e >= 0; e--) stack[count++] = e, waits[e] = 1;
    while (count && bids-- > 0) {
        int32_t e = stack[count - 1];
        int32_t loser = net->matches[e] < net->high[e] ? NAME(bid)(net, e, step) : -2;
        if (loser == -2) count--, waits[e] = 0;
        else if (loser >= 0 && !waits[loser]) stack[count++] = loser, waits[loser] = 1;
    }
    while (count) waits[stack[--count]] = 0;
    for (int32_t node = net->mentees; node < net->people; node++)
        if (net->price[node] >= LIMIT / 8) return MENTORCTL_OVERFLOW;
    return MENTORCTL_OK;
}

/* ---- from any prices and pairs to a state in which nothing is wrong but that some want more ---- */

static void NAME(leave_place)(Net *net, int32_t node, int32_t at) {
    Place *place = NAME(places_of)(net, node);
    net->in[place[at].arc] = 0;
    net->matches[place[at].mentee]--;
    place[at] = place[--net->matches[node]];
}

static void NAME(leave_arc)(Net *net, int32_t arc, int32_t node) {
    int32_t at = 0;
    for (const Place *place = NAME(places_of)(net, node); place[at].arc != arc;) at++;
    NAME(leave_place)(net, node, at);
}

/* Back to points: prices are rounded as node potentials are, which keeps every rule that holds for whole points. */
static void NAME(unscale)(Net *net) {
    VALUE scale = net->scale;
    net->scale = 1;
    if (scale == 1) return;
    NAME(scale_down)(net->score, net->arcs, scale);
    for (int32_t node = net->mentees; node < net->people; node++) {
        VALUE price = net->price[node];
        net->price[node] = price > 0 ? (price + scale - 1) / scale : -(-price / scale);
    }
}

static void NAME(settle_mentor)(Net *net, int32_t node) {
    while (net->matches[node] && net->price[node] + NAME(reward)(net, node, net->matches[node]) < 0)
        NAME(leave_place)(net, node, net->matches[node] - 1);
}

/* A mentee's price is what the best pair left out is worth; chosen pairs that are worth less are dropped. */
static void NAME(settle_mentee)(Net *net, int32_t e) {
    VALUE found[2] = {-FAR, -FAR};
    int32_t arc = -1;
    const int32_t first = net->begin[e], last = net->begin[e + 1];
    if (net->dense && net->matches[e] < 2)
        NAME(two_best)(net->score + first, net->price + net->mentees, net->mentors, found);
    else NAME(two_best_left_out)(net, e, found, &arc);
    VALUE best = found[0];
    if (net->dense && net->matches[e] == 1) { /* the best of all may be the pair that is chosen */
        const uint8_t *chosen = memchr(net->in + first, 1, (size_t)net->mentors);
        int32_t m = (int32_t)(chosen - net->in) - first;
        if (net->score[first + m] - net->price[net->mentees + m] >= best) best = found[1];
    }
    VALUE kept = net->matches[e] ? -NAME(reward)(net, e, net->matches[e]) : -FAR;
    if (kept > best) best = kept;
    net->price[e] = best != -FAR ? best : net->high[e] ? -NAME(reward)(net, e, 1) : 0;
    if (!net->matches[e]) return;
    for (const uint8_t *at = net->in + first; (at = memchr(at, 1, (size_t)(net->in + last - at))); at++) {
        int32_t node = NAME(mentor_of)(net, arc = (int32_t)(at - net->in), e);
        if (net->score[arc] - net->price[node] < best) NAME(leave_arc)(net, arc, node);
    }
}

/* ---- shortest paths ---- */

static void NAME(push)(Net *net, VALUE far, int32_t node) {
    if (net->heap_count >= net->heap_room) {
        Entry *more = net->heap_room > 0 ? realloc(net->heap, 2 * net->heap_room * sizeof *more) : NULL;
        if (!more) {
            net->heap_room = net->heap_count = 0; /* the search ends early, and the caller looks */
            return;
        }
        net->heap = more, net->heap_room *= 2;
    }
    int64_t at = net->heap_count++;
    for (int64_t parent; at && net->heap[parent = (at - 1) / 2].far > far; at = parent) net->heap[at] = net->heap[parent];
    net->heap[at] = (Entry){far, node};
}

static void NAME(drop_first)(Net *net) {
    Entry moving = net->heap[--net->heap_count];
    int64_t at = 0, count = net->heap_count;
    for (int64_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && net->heap[child + 1].far < net->heap[child].far) child++;
        if (net->heap[child].far >= moving.far) break;
        net->heap[at] = net->heap[child];
    }
    if (count) net->heap[at] = moving;
}

/* Somebody was reached at a new distance; those at the present one wait on a stack, the others in the heap. */
static inline void NAME(reach)(Net *net, int32_t node, VALUE far, VALUE now, int32_t by, int32_t from) {
    if (net->far[node] == FAR) net->touched[net->touched_count++] = node;
    net->far[node] = far, net->from[node] = by, net->from_node[node] = from;
    if (far == now) net->ready[net->ready_count++] = node;
    else NAME(push)(net, far, node);
}

/* The next one by distance, if nearer than `best`; else -1. Somebody reached twice at one distance waits there twice.
 * A number beyond those of people stands for the rest of somebody's pairs. */
static int32_t NAME(nearest)(Net *net, VALUE best) {
    while (net->ready_count) {
        int32_t node = net->ready[--net->ready_count];
        if (!net->done[node]) return net->done[node] = 1, node;
    }
    while (net->heap_count) {
        Entry entry = net->heap[0];
        if (entry.far >= best) return -1;
        NAME(drop_first)(net);
        if (entry.node >= net->people) return net->rest_far = entry.far, entry.node;
        if (!net->done[entry.node] && net->far[entry.node] == entry.far) return net->done[entry.node] = 1, entry.node;
    }
    return -1;
}

typedef struct {
    VALUE best;
    int32_t end;
    int gives_up; /* the end drops its pair, or the root stays as it is; else the end takes one more */
} Found;

static inline void NAME(offer)(Found *found, VALUE far, int32_t node, int gives_up) {
    if (far < found->best) *found = (Found){far, node, gives_up};
}

/* What a free place at the end of a path costs beyond its price; nothing where it is wanted there. */
static inline VALUE NAME(free_place)(const Net *net, int32_t node) {
    VALUE gap = -NAME(wanted)(net, node);
    return gap > 0 ? gap : 0;
}

static inline void NAME(look_along)(Net *net, Found *found, Near to, int32_t from, VALUE base, VALUE now) {
    VALUE far = base + net->price[to.node] - to.score;
    if (far >= found->best || far >= net->far[to.node] || net->in[to.arc]) return;
    NAME(reach)(net, to.node, far, now, to.arc, from);
    if (net->matches[to.node] < net->high[to.node]) NAME(offer)(found, far + NAME(free_place)(net, to.node), to.node, 0);
}

/* One of somebody's pairs joins those that cost least; `cost` has their costs and the next one, in order. */
static inline void NAME(keep)(Near *near, VALUE cost[NEAR + 1], VALUE costs, Near pair) {
    if (costs >= cost[NEAR]) return;
    int at = NEAR;
    for (; at && cost[at - 1] > costs; at--) {
        cost[at] = cost[at - 1];
        if (at < NEAR) near[at] = near[at - 1];
    }
    cost[at] = costs;
    if (at < NEAR) near[at] = pair;
}

static inline Near NAME(pair_of)(const Net *net, int32_t node, int32_t at) {
    if (node < net->mentees) return (Near){net->score[at], at, net->mentor[at]};
    if (net->dense) at = net->begin[at] + node - net->mentees;
    else at = net->shape->column[at];
    return (Near){net->score[at], at, net->shape->mentee[at]};
}

/* Along all pairs of somebody, from where the search has come to. */
static void NAME(look_along_all)(Net *net, Found *found, int32_t node, VALUE now) {
    const VALUE base = net->far[node] + net->price[node];
    const int32_t *begin = node < net->mentees ? net->begin + node : net->shape->column_begin + (node - net->mentees);
    const int32_t first = net->dense ? 0 : begin[0], last = net->dense ? net->mentees : begin[1];
    const int many = !net->dense && last - first > 2 * NEAR;
    VALUE cost[NEAR + 1];
    for (int at = 0; at <= NEAR; at++) cost[at] = FAR;
    for (int32_t at = first; at < last; at++) {
        Near to = NAME(pair_of)(net, node, at);
        NAME(look_along)(net, found, to, node, base, now);
        if (many) NAME(keep)(net->near + (int64_t)NEAR * node, cost, net->price[to.node] - to.score, to);
    }
    if (many) net->rest[node] = cost[NEAR];
}

/* Most pairs are too dear to matter: the rest is looked at when the search has come as far as its cheapest one may be. */
static void NAME(look_from)(Net *net, Found *found, int32_t node, VALUE now) {
    const VALUE base = now + net->price[node], rest = net->dense ? -FAR : net->rest[node];
    if (rest == -FAR || base + rest <= now) {
        NAME(look_along_all)(net, found, node, now);
        return;
    }
    const Near *near = net->near + (int64_t)NEAR * node;
    for (int at = 0; at < NEAR; at++) NAME(look_along)(net, found, near[at], node, base, now);
    if (base + rest < found->best) NAME(push)(net, base + rest, net->people + node);
}

static void NAME(look_back_from_mentor)(Net *net, Found *found, int32_t node, VALUE now) {
    const Place *place = NAME(places_of)(net, node);
    for (int32_t at = 0; at < net->matches[node]; at++) {
        int32_t e = place[at].mentee;
        VALUE far = now + place[at].price - net->price[e] - net->price[node];
        if (far >= net->far[e] || far >= found->best) continue;
        NAME(reach)(net, e, far, now, at, node);
        NAME(offer)(found, far + net->price[e] + NAME(reward)(net, e, net->matches[e]), e, 1);
    }
}

static void NAME(look_back_from_mentee)(Net *net, Found *found, int32_t e, VALUE now) {
    const uint8_t *end = net->in + net->begin[e + 1];
    for (const uint8_t *at = net->in + net->begin[e]; (at = memchr(at, 1, (size_t)(end - at))); at++) {
        int32_t arc = (int32_t)(at - net->in), node = NAME(mentor_of)(net, arc, e);
        VALUE far = now + net->score[arc] - net->price[e] - net->price[node];
        if (far >= net->far[node] || far >= found->best) continue;
        NAME(reach)(net, node, far, now, arc, e);
        NAME(offer)(found, far + net->price[node] + NAME(reward)(net, node, net->matches[node]), node, 1);
    }
}

static void NAME(begin_search)(Net *net, int32_t root) {
    net->touched_count = net->ready_count = 0, net->heap_count = 0;
    NAME(reach)(net, root, 0, 0, -1, -1);
}

static inline int NAME(move_price)(Net *net, int32_t node, VALUE by) {
    net->price[node] += by;
    return net->price[node] >= LIMIT / 8 || net->price[node] <= -LIMIT / 8;
}

/* Everybody nearer than the end moves the price by the rest of the way; `sign` is that of mentees. */
static int32_t NAME(end_search)(Net *net, VALUE best, VALUE sign) {
    int too_far = 0;
    for (int32_t at = 0; at < net->touched_count; at++) {
        int32_t node = net->touched[at];
        if (net->done[node] && net->far[node] < best)
            too_far |= NAME(move_price)(net, node, (node < net->mentees ? sign : -sign) * (best - net->far[node]));
        net->done[node] = 0, net->far[node] = FAR;
    }
    return net->heap_room ? (too_far ? MENTORCTL_OVERFLOW : MENTORCTL_OK) : MENTORCTL_NO_MEMORY;
}

/* Along the path each mentor gives the pair that leads on for the pair by which the path came. */
static void NAME(flip_from_mentee)(Net *net, int32_t root, Found found) {
    int32_t node = found.end, at;
    if (!found.gives_up) {
        at = net->matches[node]++;
    } else if (node == root) {
        return;
    } else {
        net->matches[node]--;
        at = net->from[node], node = net->from_node[node];
        net->in[NAME(places_of)(net, node)[at].arc] = 0;
    }
    for (;;) {
        int32_t arc = net->from[node], e = net->from_node[node];
        NAME(places_of)(net, node)[at] = (Place){net->score[arc], arc, e};
        net->in[arc] = 1;
        if (e == root) break;
        at = net->from[e], node = net->from_node[e];
        net->in[NAME(places_of)(net, node)[at].arc] = 0;
    }
    net->matches[root]++;
}

/* The search itself where pairs are few, or from a mentor. */
static void NAME(search)(Net *net, Found *found, int32_t root) {
    VALUE now = 0;
    NAME(begin_search)(net, root);
    for (int32_t node; now < found->best && (node = NAME(nearest)(net, found->best)) >= 0;) {
        now = node < net->people ? net->far[node] : net->rest_far;
        if (node >= net->people) NAME(look_along_all)(net, found, node - net->people, now);
        else if ((node < net->mentees) == (root < net->mentees)) NAME(look_from)(net, found, node, now);
        else if (node < net->mentees) NAME(look_back_from_mentee)(net, found, node, now);
        else NAME(look_back_from_mentor)(net, found, node, now);
    }
}

static int32_t NAME(search_from_mentee)(Net *net, int32_t root, VALUE wanted) {
    Found found = {wanted, root, 1};
    NAME(search)(net, &found, root);
    if (net->heap_room) NAME(flip_from_mentee)(net, root, found);
    return NAME(end_search)(net, found.best, -1);
}

/* Pairs that are chosen lead nowhere from their mentee; a scanned row cannot tell, so their mentors are moved away. */
static void NAME(hide_chosen)(Net *net, int32_t e, VALUE by) {
    const uint8_t *first = net->in + net->begin[e], *end = net->in + net->begin[e + 1];
    for (const uint8_t *at = first; (at = memchr(at, 1, (size_t)(end - at))); at++)
        if (!net->done[net->mentees + (at - first)]) net->open_price[at - first] += by;
}

/* The same where every mentee has all mentors: distances of mentors are a row that is scanned whole, without a heap. */
static int32_t NAME(search_dense)(Net *net, int32_t root, VALUE wanted) {
    Found found = {wanted, root, 1};
    VALUE *far = net->row_far, least = wanted;
    int32_t *reached_from = net->from_node + net->mentees, passed = 0;
    memcpy(net->open_price, net->price + net->mentees, (size_t)net->mentors * sizeof *far);
    for (int32_t m = 0; m < net->mentors; m++) far[m] = wanted;
    NAME(begin_search)(net, root);
    for (;;) {
        int32_t e = NAME(nearest)(net, least < found.best ? least : found.best);
        if (e >= 0) {
            const VALUE *score = net->score + net->begin[e], base = net->far[e] + net->price[e];
            if (net->high[e] > 1) NAME(hide_chosen)(net, e, LIMIT);
            least = NAME(relax)(score, net->open_price, far, reached_from, net->mentors, base, e);
            if (net->high[e] > 1) NAME(hide_chosen)(net, e, -LIMIT);
            continue;
        }
        if (least >= found.best) break;
        for (int32_t m = -1; (m = NAME(find)(far, m + 1, net->mentors, least)) < net->mentors && least < found.best;) {
            int32_t node = net->mentees + m;
            net->passed[passed] = node, net->passed_far[passed++] = least;
            net->done[node] = 1, net->open_price[m] += LIMIT, far[m] = wanted;
            net->from[node] = net->begin[reached_from[m]] + m;
            if (net->matches[node] < net->high[node]) NAME(offer)(&found, least + NAME(free_place)(net, node), node, 0);
            NAME(look_back_from_mentor)(net, &found, node, least);
        }
        least = NAME(least_of)(far, net->mentors);
    }
    int32_t too_far = 0;
    for (int32_t at = 0; at < passed; at++) {
        net->done[net->passed[at]] = 0;
        too_far |= NAME(move_price)(net, net->passed[at], found.best - net->passed_far[at]);
    }
    if (net->heap_room) NAME(flip_from_mentee)(net, root, found);
    int32_t status = NAME(end_search)(net, found.best, -1);
    return status ? status : too_far ? MENTORCTL_OVERFLOW : MENTORCTL_OK;
}

static int32_t NAME(serve_mentee)(Net *net, int32_t root) {
    int32_t status = MENTORCTL_OK;
    while (!status && net->matches[root] < net->high[root]) {
        VALUE wanted = NAME(wanted)(net, root);
        if (wanted <= 0) break;
        status = net->dense ? NAME(search_dense)(net, root, wanted) : NAME(search_from_mentee)(net, root, wanted);
    }
    return status;
}

/* ---- the same from a mentor who has a free place that costs too much ---- */

static void NAME(flip_from_mentor)(Net *net, int32_t root, Found found) {
    int32_t e = found.end;
    if (found.gives_up) {
        if (e == root) return;
        NAME(leave_arc)(net, net->from[found.end], found.end);
        e = net->from_node[found.end];
    }
    net->matches[e]++;
    for (;;) {
        int32_t arc = net->from[e], node = net->from_node[e], at = net->matches[node];
        Place *place = NAME(places_of)(net, node);
        if (node != root) {
            for (at = 0; place[at].arc != net->from[node];) at++;
            net->in[place[at].arc] = 0;
        }
        place[at] = (Place){net->score[arc], arc, e};
        net->in[arc] = 1;
        if (node == root) break;
        e = net->from_node[node];
    }
    net->matches[root]++;
}

static int32_t NAME(serve_mentor)(Net *net, int32_t root) {
    int32_t status = MENTORCTL_OK;
    while (!status && net->matches[root] < net->high[root]) {
        VALUE wanted = NAME(wanted)(net, root);
        if (wanted <= 0) break;
        if (!net->dense && make_columns(net->shape)) return MENTORCTL_NO_MEMORY;
        Found found = {wanted, root, 1};
        NAME(search)(net, &found, root);
        if (net->heap_room) NAME(flip_from_mentor)(net, root, found);
        status = NAME(end_search)(net, found.best, 1);
    }
    return status;
}

static int32_t NAME(repair)(Net *net) {
    int32_t status = MENTORCTL_OK;
    for (int32_t node = net->mentees; node < net->people; node++) NAME(settle_mentor)(net, node);
    for (int32_t e = 0; e < net->mentees; e++) NAME(settle_mentee)(net, e);
    for (int32_t e = 0; e < net->mentees && !status; e++) status = NAME(serve_mentee)(net, e);
    for (int32_t node = net->mentees; node < net->people && !status; node++) status = NAME(serve_mentor)(net, node);
    for (int32_t node = 0; node < net->people && !status; node++)
        if (net->matches[node] < net->low[node]) status = MENTORCTL_INFEASIBLE;
    return status;
}

/* ---- beginning and end ---- */

/* After the auction: the places that somebody has come first, and the others are forgotten. */
static void NAME(close_auction)(Net *net) {
    for (int32_t node = net->mentees; node < net->people; node++) {
        Place *place = NAME(places_of)(net, node);
        int32_t count = 0;
        for (int32_t at = 0; at < net->priced[node - net->mentees]; at++)
            if (place[at].arc >= 0) place[count++] = place[at];
    }
    NAME(unscale)(net);
    for (int32_t node = net->mentees; node < net->people; node++) {
        Place *place = NAME(places_of)(net, node);
        for (int32_t at = 0; at < net->matches[node]; at++) place[at].price = net->score[place[at].arc];
    }
}

static void NAME(release)(Net *net) {
    void *all[] = {net->score, net->price, net->matches, net->in, net->place, net->priced, net->far, net->from,
                   net->from_node, net->done, net->touched, net->ready, net->heap, net->near, net->rest, net->open_price, net->row_far,
                   net->passed, net->passed_far};
    for (size_t at = 0; at < sizeof all / sizeof *all; at++) free(all[at]);
}

static int32_t NAME(lay_out)(Net *net) {
    const size_t people = (size_t)net->people + 1, row = net->dense ? (size_t)net->mentors + 1 : 1;
    const size_t near = net->dense ? 1 : people;
    net->score = malloc(((size_t)net->arcs + 1) * sizeof *net->score);
    net->in = calloc((size_t)net->arcs + 1, 1);
    net->place = malloc(((size_t)net->place_begin[net->mentors] + 1) * sizeof *net->place);
    net->price = calloc(people, sizeof *net->price);
    net->matches = calloc(people, sizeof *net->matches);
    net->priced = calloc(people, sizeof *net->priced);
    net->far = malloc(people * sizeof *net->far);
    net->from = malloc(people * sizeof *net->from);
    net->from_node = malloc(people * sizeof *net->from_node);
    net->done = calloc(people, 1);
    net->touched = malloc(people * sizeof *net->touched);
    net->ready = malloc(people * sizeof *net->ready);
    net->heap_room = 1024;
    net->heap = malloc((size_t)net->heap_room * sizeof *net->heap);
    net->near = malloc(NEAR * near * sizeof *net->near);
    net->rest = malloc(near * sizeof *net->rest);
    net->open_price = malloc(row * sizeof *net->open_price);
    net->row_far = malloc(row * sizeof *net->row_far);
    net->passed = malloc(row * sizeof *net->passed);
    net->passed_far = malloc(row * sizeof *net->passed_far);
    if (!net->score || !net->in || !net->place || !net->price || !net->matches || !net->priced || !net->far || !net->from ||
        !net->from_node || !net->done || !net->touched || !net->ready || !net->heap || !net->near || !net->rest || !net->open_price || !net->row_far ||
        !net->passed || !net->passed_far)
        return MENTORCTL_NO_MEMORY;
    for (int32_t node = 0; node < net->people; node++) net->far[node] = FAR;
    for (size_t node = 0; node < near; node++) net->rest[node] = -FAR;
    NAME(scale_up)(net->shape->score, net->score, net->arcs, net->scale);
    return MENTORCTL_OK;
}

static int32_t NAME(solve)(const Shape *shape, const Auction *auction, uint8_t *chosen, int64_t *prices) {
    Net net = {.shape = shape, .mentees = shape->mentees, .mentors = shape->people - shape->mentees,
               .people = shape->people, .arcs = shape->arcs, .dense = shape->dense, .mentor = shape->mentor,
               .begin = shape->begin, .low = shape->low, .high = shape->high, .cover = shape->cover,
               .must = (VALUE)shape->must, .scale = (VALUE)auction->scale, .closed = (VALUE)(2 * shape->largest * auction->scale + 1), .place_begin = shape->place_begin};
    int32_t status = NAME(lay_out)(&net);
    if (!status) {
        status = NAME(auction)(&net, (VALUE)auction->step, auction->bids);
        NAME(close_auction)(&net);
    }
    if (!status) status = NAME(repair)(&net);
    if (!status) memcpy(chosen, net.in, (size_t)net.arcs);
    const int is_priced = !status || status == MENTORCTL_INFEASIBLE; /* prices tell that too */
    for (int32_t node = 0; node < net.people && is_priced; node++) prices[node] = net.price[node];
    NAME(release)(&net);
    return status;
}

#undef Net
#undef Place
#undef Entry
#undef Found
#undef Near
