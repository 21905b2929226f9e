/* Maximum-weight matching in a general graph, with the prices that prove it.
 *
 * Edmonds' blossom algorithm, one search tree at a time: each person who is alone grows a tree of tight edges until it
 * reaches somebody else who is alone, or somebody whose price has fallen to zero, who stays alone instead. Prices move
 * lazily: within a search they are kept relative to the clock `now`, and a heap of events says what becomes tight next.
 *
 * All arithmetic is on whole numbers. Weights are doubled, so a price per vertex u >= 0 and an even price per odd set
 * z >= 0 satisfy   u[i] + u[j] + sum of z over sets with both >= 2 * weight   for every edge, with equality where it
 * counts. A single tree keeps all its prices of one parity, so halves never appear. No price exceeds twice the largest
 * weight, so weights up to 2^58 leave room for every sum.
 *
 * Nodes 0..n-1 are vertices, n..2n-1 odd sets ("blossoms").
 *
 * A matching is kept between calls under a handle, the address of it in an array of one number, so that it can be
 * copied, and changed by one search where somebody leaves.
 */

#include "kernels.h"

#include <stdlib.h>
#include <string.h>

typedef int32_t i32;
typedef int64_t i64;

enum { FREE = 0, OUTER = 1, INNER = 2 };

#define NEVER INT64_MAX
#define DEAR ((i64)1 << 60)    /* a price that never falls to zero */
#define HEAVIEST ((i64)1 << 58)
#define MOST ((i32)1 << 28)    /* people, and pairs */

typedef struct {
    i64 key;
    i32 node;  /* the outer end of an edge, or the inner blossom that is to be dissolved */
    i32 entry; /* the edge's place in the adjacency, or -1 */
} event;

typedef struct {
    i32 size;   /* vertices */
    i32 edges;
    i32 *start; /* size + 1: where the neighbors of each vertex begin */
    i32 *to;
    i64 *twice; /* doubled weights */
    i64 *price; /* size: true while free; true + now while outer, true - now while inner */
    i64 *z;     /* 2 size */
    i64 *born;  /* 2 size: when the node got its label */
    i64 *best;  /* size: the earliest event that reaches a free vertex */
    i32 *mate;  /* size */
    i32 *in;    /* size: the outermost node around a vertex */
    i32 *parent, *base, *from, *into; /* 2 size; from -> into is the edge that gave the label, -1 at the root */
    i32 *mark;  /* 2 size */
    i32 **ring; /* 2 size: children in a circle, then the ends of the edges to the next child: a, b */
    i32 *length;
    i32 *spare; /* unused blossom numbers */
    i32 spares;
    unsigned char *label; /* 2 size */
    unsigned char *seen;  /* size */
    i32 *tree;   /* vertices that were labelled in this search */
    i32 in_tree;
    i32 *queue;  /* vertices that became outer and have not been looked around from */
    i32 queued;
    i32 *stack;
    i32 *left, *right;
    event *heap;
    i64 events, room;
    i64 now, limit; /* no event at or after the limit matters: the search has ended by then */
    i64 zero;       /* when the price of `falls` reaches zero */
    i32 falls;
    i32 marks;
    int borrows; /* the edges belong to the matching that this one was copied from */
    int failed;
} matching;

/* -- memory -------------------------------------------------------------------------------------------------------- */

static void *obtained(matching *g, size_t count, size_t size) {
    void *block = calloc(count ? count : 1, size);
    if (!block) g->failed = 1;
    return block;
}

static void released(matching *g) {
    if (!g) return;
    if (g->ring)
        for (i32 b = 0; b < 2 * g->size; b++) free(g->ring[b]);
    if (!g->borrows) {
        free(g->start);
        free(g->to);
        free(g->twice);
    }
    free(g->price); free(g->z); free(g->born); free(g->best);
    free(g->mate); free(g->in); free(g->parent); free(g->base); free(g->from); free(g->into); free(g->mark);
    free(g->ring); free(g->length); free(g->spare); free(g->label); free(g->seen); free(g->tree); free(g->queue);
    free(g->stack); free(g->left); free(g->right); free(g->heap);
    free(g);
}

static matching *made(i32 size, i32 edges, const matching *lender) {
    matching *g = calloc(1, sizeof *g);
    if (!g) return NULL;
    size_t n = (size_t)size, twice = 2 * n;
    g->size = size;
    g->edges = edges;
    g->borrows = lender != NULL;
    g->start = lender ? lender->start : obtained(g, n + 1, sizeof(i32));
    g->to = lender ? lender->to : obtained(g, 2 * (size_t)edges, sizeof(i32));
    g->twice = lender ? lender->twice : obtained(g, 2 * (size_t)edges, sizeof(i64));
    g->price = obtained(g, n, sizeof(i64));
    g->z = obtained(g, twice, sizeof(i64));
    g->born = obtained(g, twice, sizeof(i64));
    g->best = obtained(g, n, sizeof(i64));
    g->mate = obtained(g, n, sizeof(i32));
    g->in = obtained(g, n, sizeof(i32));
    g->parent = obtained(g, twice, sizeof(i32));
    g->base = obtained(g, twice, sizeof(i32));
    g->from = obtained(g, twice, sizeof(i32));
    g->into = obtained(g, twice, sizeof(i32));
    g->mark = obtained(g, twice, sizeof(i32));
    g->ring = obtained(g, twice, sizeof(i32 *));
    g->length = obtained(g, twice, sizeof(i32));
    g->spare = obtained(g, n, sizeof(i32));
    g->label = obtained(g, twice, 1);
    g->seen = obtained(g, n, 1);
    g->tree = obtained(g, n, sizeof(i32));
    g->queue = obtained(g, n, sizeof(i32));
    g->stack = obtained(g, twice, sizeof(i32));
    g->left = obtained(g, twice, sizeof(i32));
    g->right = obtained(g, twice, sizeof(i32));
    g->room = 1024;
    g->heap = obtained(g, (size_t)g->room, sizeof(event));
    if (g->failed) {
        released(g);
        return NULL;
    }
    return g;
}

static int sound(i32 size, i32 edges, const i64 *first, const i64 *second, const i64 *weight) {
    if (size < 0 || size > MOST || edges < 0 || edges > MOST) return 0;
    for (i32 e = 0; e < edges; e++) {
        if (first[e] < 0 || first[e] >= size || second[e] < 0 || second[e] >= size) return 0;
        if (first[e] == second[e] || weight[e] > HEAVIEST || weight[e] < -HEAVIEST) return 0;
    }
    return 1;
}

/* A graph in which nobody is matched yet. Edges join two different vertices. */
static matching *graph(i32 size, i32 edges, const i64 *first, const i64 *second, const i64 *weight) {
    matching *g = made(size, edges, NULL);
    if (!g) return NULL;
    for (i32 e = 0; e < edges; e++) {
        g->start[first[e] + 1]++;
        g->start[second[e] + 1]++;
    }
    for (i32 v = 0; v < g->size; v++) g->start[v + 1] += g->start[v];
    for (i32 e = 0; e < edges; e++) { /* `queue` serves as the fill mark here */
        i32 a = (i32)first[e], b = (i32)second[e];
        i32 at = g->start[a] + g->queue[a]++, back = g->start[b] + g->queue[b]++;
        g->to[at] = b;
        g->to[back] = a;
        g->twice[at] = g->twice[back] = 2 * weight[e];
    }
    for (i32 v = 0; v < g->size; v++) {
        g->mate[v] = -1;
        g->in[v] = v;
        g->spare[v] = 2 * g->size - 1 - v;
    }
    g->spares = g->size;
    for (i32 b = 0; b < 2 * g->size; b++) {
        g->parent[b] = -1;
        g->base[b] = b;
    }
    return g;
}

/* A copy, between searches; it shares the edges, so the original must outlive it. */
static matching *copied(const matching *of) {
    matching *g = made(of->size, of->edges, of);
    if (!g) return NULL;
    size_t n = (size_t)of->size, twice = 2 * n;
    memcpy(g->price, of->price, n * sizeof(i64));
    memcpy(g->z, of->z, twice * sizeof(i64));
    memcpy(g->mate, of->mate, n * sizeof(i32));
    memcpy(g->in, of->in, n * sizeof(i32));
    memcpy(g->parent, of->parent, twice * sizeof(i32));
    memcpy(g->base, of->base, twice * sizeof(i32));
    memcpy(g->length, of->length, twice * sizeof(i32));
    memcpy(g->spare, of->spare, n * sizeof(i32));
    g->spares = of->spares;
    for (size_t b = n; b < twice; b++)
        if (of->ring[b]) {
            size_t bytes = 3 * (size_t)of->length[b] * sizeof(i32);
            g->ring[b] = malloc(bytes);
            if (!g->ring[b]) {
                released(g);
                return NULL;
            }
            memcpy(g->ring[b], of->ring[b], bytes);
        }
    return g;
}

/* -- events -------------------------------------------------------------------------------------------------------- */

static void push(matching *g, i64 key, i32 node, i32 entry) {
    if (g->events == g->room) {
        event *more = realloc(g->heap, (size_t)(2 * g->room) * sizeof(event));
        if (!more) {
            g->failed = 1;
            return;
        }
        g->heap = more;
        g->room *= 2;
    }
    i64 at = g->events++;
    while (at) {
        i64 up = (at - 1) / 2;
        if (g->heap[up].key <= key) break;
        g->heap[at] = g->heap[up];
        at = up;
    }
    g->heap[at] = (event){key, node, entry};
}

static event popped(matching *g) {
    event top = g->heap[0], last = g->heap[--g->events];
    i64 at = 0;
    for (;;) {
        i64 down = 2 * at + 1;
        if (down >= g->events) break;
        if (down + 1 < g->events && g->heap[down + 1].key < g->heap[down].key) down++;
        if (last.key <= g->heap[down].key) break;
        g->heap[at] = g->heap[down];
        at = down;
    }
    g->heap[at] = last;
    return top;
}

/* -- vertices of a node -------------------------------------------------------------------------------------------- */

/* Calls for each vertex v under node b; the loop variable is declared by the caller. */
#define EACH_VERTEX(g, b, v, body)                                                                                     \
    do {                                                                                                               \
        i32 depth_ = 0;                                                                                                \
        (g)->stack[depth_++] = (b);                                                                                    \
        while (depth_) {                                                                                               \
            i32 node_ = (g)->stack[--depth_];                                                                          \
            if (node_ < (g)->size) {                                                                                   \
                v = node_;                                                                                             \
                body                                                                                                   \
            } else                                                                                                     \
                for (i32 k_ = 0; k_ < (g)->length[node_]; k_++) (g)->stack[depth_++] = (g)->ring[node_][k_];           \
        }                                                                                                              \
    } while (0)

static void remember(matching *g, i32 v) {
    if (!g->seen[v]) {
        g->seen[v] = 1;
        g->tree[g->in_tree++] = v;
    }
}

/* A vertex whose price has been set for its new life as an outer one. */
static void outer(matching *g, i32 v) {
    remember(g, v);
    g->queue[g->queued++] = v;
    if (g->price[v] < g->zero) {
        g->zero = g->price[v];
        g->falls = v;
        if (g->zero < g->limit) g->limit = g->zero;
    }
}

static void becomes_outer(matching *g, i32 b, i32 from, i32 into) {
    i32 v;
    g->label[b] = OUTER;
    g->born[b] = g->now;
    g->from[b] = from;
    g->into[b] = into;
    EACH_VERTEX(g, b, v, g->price[v] += g->now; outer(g, v););
}

static void inner_node(matching *g, i32 b, i32 from, i32 into) {
    g->label[b] = INNER;
    g->born[b] = g->now;
    g->from[b] = from;
    g->into[b] = into;
    if (b >= g->size) {
        i64 key = g->now + g->z[b] / 2;
        if (key < g->limit) push(g, key, b, -1);
    }
}

static void becomes_inner(matching *g, i32 b, i32 from, i32 into) {
    i32 v;
    inner_node(g, b, from, into);
    EACH_VERTEX(g, b, v, g->price[v] -= g->now; remember(g, v););
}

/* An edge from an outer vertex to a free one. */
static void reach(matching *g, i32 v, i32 x, i32 entry) {
    i64 key = g->price[v] + g->price[x] - g->twice[entry];
    if (key < g->best[x] && key < g->limit) {
        g->best[x] = key;
        push(g, key, v, entry);
        if (g->mate[g->base[g->in[x]]] < 0) g->limit = key; /* this one ends the search */
    }
}

static void look_around(matching *g) {
    while (g->queued) {
        i32 v = g->queue[--g->queued], b = g->in[v];
        for (i32 entry = g->start[v]; entry < g->start[v + 1]; entry++) {
            i32 x = g->to[entry], other = g->in[x];
            if (other == b || g->label[other] == INNER) continue;
            if (g->label[other] == FREE) {
                reach(g, v, x, entry);
                continue;
            }
            i64 key = (g->price[v] + g->price[x] - g->twice[entry]) / 2;
            if (key < g->limit) push(g, key, v, entry);
        }
    }
}

/* -- changing partners --------------------------------------------------------------------------------------------- */

static void rotate(i32 *items, i32 length, i32 by, i32 *room) {
    memcpy(room, items, (size_t)by * sizeof(i32));
    memmove(items, items + by, (size_t)(length - by) * sizeof(i32));
    memcpy(items + length - by, room, (size_t)by * sizeof(i32));
}

/* Within blossom b, v becomes the one who is matched outside. */
static void rebase(matching *g, i32 b, i32 v) {
    if (b < g->size) return;
    i32 length = g->length[b], *ring = g->ring[b];
    i32 child = v, place = 0, at;
    while (g->parent[child] != b) child = g->parent[child];
    rebase(g, child, v);
    while (ring[place] != child) place++;
    i32 step = place & 1 ? 1 : -1;
    for (at = place; at % length; ) {
        i32 one = at + step, two = at + 2 * step;
        i32 edge = step > 0 ? one : two; /* from ring[edge] to the next */
        i32 a = ring[length + edge % length], c = ring[2 * length + edge % length];
        i32 w = step > 0 ? a : c, x = step > 0 ? c : a;
        rebase(g, ring[one % length], w);
        rebase(g, ring[two % length], x);
        g->mate[w] = x;
        g->mate[x] = w;
        at = two;
    }
    if (place) { /* `left` is only used while a blossom is made */
        rotate(ring, length, place, g->left);
        rotate(ring + length, length, place, g->left);
        rotate(ring + 2 * length, length, place, g->left);
    }
    g->base[b] = v;
}

/* Outer vertex s gets the partner t (-1: nobody), and so on alternately up to the root. */
static void flip(matching *g, i32 s, i32 t) {
    for (;;) {
        i32 b = g->in[s];
        i32 above = g->from[b];
        rebase(g, b, s);
        g->mate[s] = t;
        if (above < 0) return;
        i32 inner = g->in[above];
        i32 next = g->from[inner], entry = g->into[inner];
        rebase(g, inner, entry);
        g->mate[entry] = next;
        s = next;
        t = entry;
    }
}

/* -- blossoms ------------------------------------------------------------------------------------------------------ */

static i32 outer_above(const matching *g, i32 b) {
    return g->from[b] < 0 ? -1 : g->in[g->from[g->in[g->from[b]]]];
}

static i32 meeting(matching *g, i32 a, i32 b) {
    i32 stamp = ++g->marks;
    while (a >= 0 || b >= 0) {
        if (a >= 0) {
            if (g->mark[a] == stamp) return a;
            g->mark[a] = stamp;
            a = outer_above(g, a);
        }
        i32 other = a;
        a = b;
        b = other;
    }
    return -1;
}

static i32 climb(matching *g, i32 b, i32 end, i32 *path) {
    i32 count = 0;
    while (b != end) {
        path[count++] = b;
        b = g->in[g->from[b]];
    }
    return count;
}

/* The tight edge v - x joins two outer nodes: the circle that it closes becomes one outer node. */
static void shrink(matching *g, i32 v, i32 x) {
    i32 top = meeting(g, g->in[v], g->in[x]), u;
    i32 lefts = climb(g, g->in[v], top, g->left), rights = climb(g, g->in[x], top, g->right);
    i32 length = 1 + lefts + rights, b = g->spare[--g->spares];
    i32 *ring = malloc(3 * (size_t)length * sizeof(i32));
    if (!ring) {
        g->failed = 1;
        g->spares++;
        return;
    }
    i32 *a = ring + length, *c = ring + 2 * length, at = 0;
    ring[at++] = top;
    for (i32 k = lefts - 1; k >= 0; k--) { /* down to v */
        a[at - 1] = g->from[g->left[k]];
        c[at - 1] = g->into[g->left[k]];
        ring[at++] = g->left[k];
    }
    a[at - 1] = v;
    c[at - 1] = x;
    for (i32 k = 0; k < rights; k++) { /* up from x */
        ring[at++] = g->right[k];
        a[at - 1] = g->into[g->right[k]];
        c[at - 1] = g->from[g->right[k]];
    }
    g->ring[b] = ring;
    g->length[b] = length;
    g->base[b] = g->base[top];
    g->from[b] = g->from[top];
    g->into[b] = g->into[top];
    g->label[b] = OUTER;
    g->born[b] = g->now;
    g->z[b] = 0;
    g->parent[b] = -1;
    for (i32 k = 0; k < length; k++) {
        i32 child = ring[k];
        i64 moved = 2 * (g->now - g->born[child]);
        int was_inner = g->label[child] == INNER;
        if (child >= g->size) g->z[child] += was_inner ? -moved : moved;
        g->parent[child] = b;
        g->label[child] = FREE;
        if (was_inner)
            EACH_VERTEX(g, child, u, g->in[u] = b; g->price[u] += 2 * g->now; outer(g, u););
        else
            EACH_VERTEX(g, child, u, g->in[u] = b;);
    }
    look_around(g);
}

static void forget(matching *g, i32 b) {
    free(g->ring[b]);
    g->ring[b] = NULL;
    g->length[b] = 0;
    g->parent[b] = -1;
    g->label[b] = FREE;
    g->z[b] = 0;
    g->spare[g->spares++] = b;
}

/* Inner blossom b has no price left: its children stand on their own, those on the tree's path with labels. */
static void dissolve(matching *g, i32 b) {
    i32 length = g->length[b], *ring = g->ring[b], *a = ring + length, *c = ring + 2 * length, v;
    for (i32 k = 0; k < length; k++) {
        i32 child = ring[k];
        g->parent[child] = -1;
        g->label[child] = FREE;
        EACH_VERTEX(g, child, v, g->in[v] = child;);
    }
    i32 from = g->from[b], into = g->into[b], at = 0;
    while (ring[at] != g->in[into]) at++;
    i32 step = at & 1 ? 1 : -1;
    for (;;) {
        i32 child = ring[at % length];
        inner_node(g, child, from, into); /* the prices of its vertices stay as they are */
        if (at % length == 0) break;
        at += step;
        i32 matched = g->base[child], partner = g->mate[matched], next = ring[at];
        g->label[next] = OUTER;
        g->born[next] = g->now;
        g->from[next] = matched;
        g->into[next] = partner;
        EACH_VERTEX(g, next, v, g->price[v] += 2 * g->now; outer(g, v););
        i32 edge = step > 0 ? at : at - 1;
        from = step > 0 ? a[edge] : c[edge];
        into = step > 0 ? c[edge] : a[edge];
        at += step;
    }
    for (i32 k = 0; k < length; k++) {
        if (g->label[ring[k]] != FREE) continue;
        EACH_VERTEX(g, ring[k], v, g->price[v] += g->now; g->best[v] = NEVER;);
    }
    for (i32 k = 0; k < length; k++) { /* what the outer ones that were looked around from before can reach now */
        if (g->label[ring[k]] != FREE) continue;
        EACH_VERTEX(g, ring[k], v, {
            for (i32 entry = g->start[v]; entry < g->start[v + 1]; entry++) {
                i32 x = g->to[entry];
                if (g->label[g->in[x]] != OUTER) continue;
                i64 key = g->price[x] + g->price[v] - g->twice[entry];
                if (key < g->best[v] && key < g->limit) {
                    i32 back = g->start[x];
                    while (g->to[back] != v) back++;
                    reach(g, x, v, back);
                }
            }
        });
    }
    forget(g, b);
    look_around(g);
}

/* -- a search ------------------------------------------------------------------------------------------------------ */

static void finish(matching *g) {
    for (i32 k = 0; k < g->in_tree; k++) {
        i32 v = g->tree[k];
        unsigned char label = g->label[g->in[v]];
        if (label == OUTER) g->price[v] -= g->now;
        if (label == INNER) g->price[v] += g->now;
        g->seen[v] = 0;
    }
    for (i32 k = 0; k < g->in_tree; k++) {
        i32 b = g->in[g->tree[k]];
        i64 moved = 2 * (g->now - g->born[b]);
        if (b >= g->size && g->label[b] != FREE) g->z[b] += g->label[b] == OUTER ? moved : -moved;
        g->label[b] = FREE;
    }
    g->in_tree = 0;
    g->events = 0;
    g->queued = 0;
}

/* One event; whether the search has ended. */
static int happens(matching *g, event e) {
    if (e.entry < 0) {
        if (g->label[e.node] == INNER && g->parent[e.node] < 0 && g->born[e.node] + g->z[e.node] / 2 == e.key) {
            g->now = e.key;
            dissolve(g, e.node);
        }
        return 0;
    }
    i32 v = e.node, x = g->to[e.entry], other = g->in[x];
    i64 slack = g->price[v] + g->price[x] - g->twice[e.entry];
    if (other == g->in[v] || g->label[other] == INNER) return 0;
    if (g->label[other] == OUTER) {
        if (slack == 2 * e.key) {
            g->now = e.key;
            shrink(g, v, x);
        }
        return 0;
    }
    if (slack != e.key) return 0;
    g->now = e.key;
    i32 base = g->base[other], partner = g->mate[base];
    if (partner < 0) {
        flip(g, v, x);
        rebase(g, other, x);
        g->mate[x] = v;
        return 1;
    }
    becomes_inner(g, other, v, x);
    becomes_outer(g, g->in[partner], base, partner);
    look_around(g);
    return 0;
}

static void start_search(matching *g) {
    g->now = 0;
    g->zero = g->limit = NEVER;
    for (i32 v = 0; v < g->size; v++) g->best[v] = NEVER;
}

static void run_search(matching *g) {
    while (!g->failed) {
        if (!g->events || g->heap[0].key >= g->zero) {
            g->now = g->zero;
            flip(g, g->falls, -1);
            break;
        }
        if (happens(g, popped(g))) break;
    }
    finish(g);
}

/* Finds a partner for a root who has none, or somebody who can do without one. */
static void search(matching *g, i32 root) {
    start_search(g);
    becomes_outer(g, g->in[root], -1, -1);
    look_around(g);
    run_search(g);
}

/* Prices that are feasible and already low, and the matches of tight edges that they give away. */
static void begin(matching *g) {
    for (i32 v = 0; v < g->size; v++) {
        i64 most = 0;
        for (i32 entry = g->start[v]; entry < g->start[v + 1]; entry++)
            if (g->twice[entry] / 2 > most) most = g->twice[entry] / 2;
        g->price[v] = most;
    }
    for (i32 v = 0; v < g->size; v++) {
        if (g->mate[v] >= 0) continue;
        i64 least = 0;
        i32 with = -1;
        for (i32 entry = g->start[v]; entry < g->start[v + 1]; entry++) {
            i64 needed = g->twice[entry] - g->price[g->to[entry]];
            if (needed > least) {
                least = needed;
                with = -1;
            }
            if (needed == least && with < 0 && g->mate[g->to[entry]] < 0) with = g->to[entry];
        }
        g->price[v] = least;
        if (with >= 0 && least > 0) {
            g->mate[v] = with;
            g->mate[with] = v;
        }
    }
}

static void without(matching *g, i32 vertex, i32 spare) {
    i32 node = g->in[vertex], base = g->base[node], away = g->mate[base];
    g->price[spare] = DEAR;
    if (away < 0) { /* nobody was matched with the node: the vertex is the one who leaves it */
        rebase(g, node, vertex);
        g->mate[vertex] = spare;
        g->mate[spare] = vertex;
        return;
    }
    start_search(g);
    g->label[spare] = OUTER; /* the root, whose price plays no part */
    g->from[spare] = g->into[spare] = -1;
    becomes_inner(g, node, spare, vertex);
    becomes_outer(g, g->in[away], base, away);
    look_around(g);
    run_search(g);
    g->label[spare] = FREE;
}

/* -- the interface ------------------------------------------------------------------------------------------------- */

static matching *of(const i64 *handle) { return (matching *)(intptr_t)handle[0]; }

/* The best matching of a graph of `size` vertices, some of which may be spare ones without edges. */
MENTORCTL_API int32_t mentorctl_matching_solve(
    int32_t size, int32_t edges, const int64_t *first, const int64_t *second, const int64_t *weight, int64_t *handle) {
    handle[0] = 0;
    if (!sound(size, edges, first, second, weight)) return MENTORCTL_BAD_INPUT;
    matching *g = graph(size, edges, first, second, weight);
    if (!g) return MENTORCTL_NO_MEMORY;
    begin(g);
    for (i32 v = 0; v < g->size && !g->failed; v++)
        if (g->mate[v] < 0 && g->price[v] > 0) search(g, v);
    if (g->failed) {
        released(g);
        return MENTORCTL_NO_MEMORY;
    }
    handle[0] = (i64)(intptr_t)g;
    return MENTORCTL_OK;
}

/* A copy of a solved matching, to be freed before it. */
MENTORCTL_API int32_t mentorctl_matching_copy(const int64_t *handle, int64_t *copy) {
    copy[0] = 0;
    if (!of(handle)) return MENTORCTL_BAD_INPUT;
    matching *g = copied(of(handle));
    copy[0] = (i64)(intptr_t)g;
    return g ? MENTORCTL_OK : MENTORCTL_NO_MEMORY;
}

/* Takes a vertex out of a solved matching: it is given for good to a spare vertex that has no edges, at its present
 * price, and the others rearrange. After NO_MEMORY the matching can only be freed.
 */
MENTORCTL_API int32_t mentorctl_matching_remove(const int64_t *handle, int32_t vertex, int32_t spare) {
    matching *g = of(handle);
    if (!g || g->failed || vertex < 0 || vertex >= g->size || spare < 0 || spare >= g->size || spare == vertex)
        return MENTORCTL_BAD_INPUT;
    if (g->mate[spare] >= 0 || g->start[spare] != g->start[spare + 1]) return MENTORCTL_BAD_INPUT;
    without(g, vertex, spare);
    return g->failed ? MENTORCTL_NO_MEMORY : MENTORCTL_OK;
}

/* Partners (-1 for nobody) and prices of the first `people` vertices, and the odd sets that have a price: people are put
 * in a line in which each set is a stretch. `line` has each person's place; `count` the number of sets, whose begin, end
 * and price follow in arrays of `people` numbers. The others are spare vertices, which are in no set.
 */
MENTORCTL_API int32_t mentorctl_matching_read(
    const int64_t *handle, int32_t people, int64_t *mate, int64_t *price, int64_t *line, int64_t *count,
    int64_t *begin, int64_t *end, int64_t *set_price) {
    const matching *g = of(handle);
    if (!g || g->failed || people < 0 || people > g->size) return MENTORCTL_BAD_INPUT;
    i32 *stack = malloc((4 * (size_t)g->size + 1) * sizeof(i32));
    if (!stack) return MENTORCTL_NO_MEMORY;
    i64 place = 0, sets = 0;
    for (i32 top = 0; top < 2 * g->size; top++) {
        if (g->parent[top] >= 0 || (top >= g->size && !g->ring[top])) continue;
        i32 depth = 0;
        stack[depth++] = top;
        while (depth) {
            i32 node = stack[--depth];
            if (node < 0) {
                end[-1 - node] = place;
            } else if (node < g->size) {
                if (node < people) line[node] = place++;
            } else {
                if (g->z[node]) {
                    begin[sets] = place;
                    set_price[sets] = g->z[node];
                    stack[depth++] = (i32)(-1 - sets++);
                }
                for (i32 k = 0; k < g->length[node]; k++) stack[depth++] = g->ring[node][k];
            }
        }
    }
    free(stack);
    count[0] = sets;
    for (i32 v = 0; v < people; v++) {
        mate[v] = g->mate[v] < people ? g->mate[v] : -1;
        price[v] = g->price[v];
    }
    return MENTORCTL_OK;
}

MENTORCTL_API void mentorctl_matching_free(int64_t *handle) {
    released(of(handle));
    handle[0] = 0;
}
