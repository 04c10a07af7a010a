#pragma once

namespace rocketmq {

// Large pieces of memory go back to the system as they are freed, from now on; to be called before
// there are other threads. What hundreds of peers made a server hold stays with the allocator else:
// up to 150 MiB were seen.
void give_back_large_memory();

}  // namespace rocketmq
