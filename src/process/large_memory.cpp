#include "process/large_memory.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace rocketmq {

// glibc raises its thresholds with what it sees freed, and takes even pieces of 32 MiB from its
// heap then. Ours: above the 512 KiB of a full answer to a pull, which is used again and again.
void give_back_large_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 768 * 1024);
  mallopt(M_TRIM_THRESHOLD, 16 * 1024 * 1024);
#endif
}

}  // namespace rocketmq
