/* Pairs as bits to lists, and the commonest points of listed pairs added up. The callers see to it that every number is
 * a place in the array that it points into.
 */
#include "kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define WITH_POPCNT __attribute__((target("popcnt")))
#define HAS_POPCNT __builtin_cpu_supports("popcnt")
#endif

/* The places of the bits of each row, row by row. */
MENTORCTL_API int32_t mentorctl_pairs_list(
    const uint64_t *words, int32_t rows, int32_t width, int32_t first, int32_t *mentee, int32_t *mentor) {
    int64_t count = 0;
    for (int32_t row = 0; row < rows; row++)
        for (int32_t word = 0; word < width; word++)
            for (uint64_t bits = words[(int64_t)row * width + word]; bits; bits &= bits - 1) {
                mentee[count] = first + row;
                mentor[count++] = 64 * word + __builtin_ctzll(bits);
            }
    return MENTORCTL_OK;
}

/* Points by the kinds of the two. */
MENTORCTL_API int32_t mentorctl_pairs_add_table(
    int32_t count, const int32_t *mentee, const int32_t *mentor, const int32_t *kind, const int32_t *other,
    int32_t columns, const int64_t *table, int64_t *points) {
    for (int32_t at = 0; at < count; at++)
        points[at] += table[(int64_t)kind[mentee[at]] * columns + other[mentor[at]]];
    return MENTORCTL_OK;
}

#define ADD_COMMON                                                                                                     \
    for (int32_t at = 0; at < count; at++) {                                                                           \
        const uint64_t *one = ours + (int64_t)mentee[at] * width, *two = theirs + (int64_t)mentor[at] * width;         \
        int64_t common = 0;                                                                                            \
        for (int32_t word = 0; word < width; word++) common += __builtin_popcountll(one[word] & two[word]);            \
        points[at] += each * (common < most ? common : most);                                                          \
    }

static void add_common(
    int32_t count, const int32_t *mentee, const int32_t *mentor, const uint64_t *ours, const uint64_t *theirs,
    int32_t width, int64_t each, int64_t most, int64_t *points) {
    ADD_COMMON
}

#ifdef WITH_POPCNT
WITH_POPCNT static void add_common_counted(
    int32_t count, const int32_t *mentee, const int32_t *mentor, const uint64_t *ours, const uint64_t *theirs,
    int32_t width, int64_t each, int64_t most, int64_t *points) {
    ADD_COMMON
}
#endif

/* `terms`: the points of each answer in common, and how many answers count at most. */
MENTORCTL_API int32_t mentorctl_pairs_add_common(
    int32_t count, const int32_t *mentee, const int32_t *mentor, const uint64_t *ours, const uint64_t *theirs,
    int32_t width, const int64_t *terms, int64_t *points) {
#ifdef WITH_POPCNT
    if (HAS_POPCNT) {
        add_common_counted(count, mentee, mentor, ours, theirs, width, terms[0], terms[1], points);
        return MENTORCTL_OK;
    }
#endif
    add_common(count, mentee, mentor, ours, theirs, width, terms[0], terms[1], points);
    return MENTORCTL_OK;
}
