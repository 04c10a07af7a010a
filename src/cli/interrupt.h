#pragma once

#include <atomic>
#include <csignal>

namespace rocketmq::cli {

// Set by Ctrl-C or SIGTERM from the moment catch_interrupts() was called, so that a command can end
// its work in order. Signal handlers can reach nothing but a global.
inline std::atomic<bool> interrupted{false};

inline void catch_interrupts() {
  std::signal(SIGINT, [](int) { interrupted = true; });
  std::signal(SIGTERM, [](int) { interrupted = true; });
}

}  // namespace rocketmq::cli
