/* The version of the interface, so that an old library beside new Python code is noticed. */
#include "kernels.h"

int32_t mentorctl_kernels_abi(void) { return MENTORCTL_KERNELS_ABI; }
