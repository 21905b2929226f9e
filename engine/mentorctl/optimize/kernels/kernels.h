/* What the kernels share. They know numbers only: no Python, no files, no printing, no state between calls. */
#ifndef MENTORCTL_KERNELS_H
#define MENTORCTL_KERNELS_H

#include <stdint.h>

/* Raised with every change of a function that native.py calls; scripts/build_kernels.py reads it here. */
#define MENTORCTL_KERNELS_ABI 4

#if defined(_WIN32)
#define MENTORCTL_API __declspec(dllexport)
#else
#define MENTORCTL_API __attribute__((visibility("default")))
#endif

/* How a call ended. Nothing was written to the answer unless it is OK. */
enum { MENTORCTL_OK = 0, MENTORCTL_NO_MEMORY = 1, MENTORCTL_BAD_INPUT = 2, MENTORCTL_INFEASIBLE = 3, MENTORCTL_OVERFLOW = 4 };

/* Each kernel is declared where it is defined; this one tells which library was loaded. */
MENTORCTL_API int32_t mentorctl_kernels_abi(void);

#endif
