#pragma once

namespace rocketmq {

// SIGTERM and SIGINT wait for wait_for_stop_signal() from now on, in this thread and those it
// makes; SIGPIPE, of a stdout nobody reads, is ignored.
void block_stop_signals();

// The same, and SIGHUP waits for wait_for_signal() too: it asks to read anew what may change.
void block_signals();
enum class Signal { stop, reload };
Signal wait_for_signal();

// The first signal to stop. A second one afterwards ends the process at once.
void wait_for_stop_signal();

}  // namespace rocketmq
