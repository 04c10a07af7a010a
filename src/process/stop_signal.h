#pragma once

namespace rocketmq {

// SIGTERM and SIGINT wait for wait_for_stop_signal() from now on, in this thread and those it
// makes; SIGPIPE, of a stdout nobody reads, is ignored.
void block_stop_signals();

// A second signal afterwards ends the process at once.
void wait_for_stop_signal();

}  // namespace rocketmq
