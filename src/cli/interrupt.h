#pragma once

#include <atomic>
#include <csignal>

namespace rocketmq::cli {

// Set by Ctrl-C or SIGTERM from the moment catch_interrupts() was called, so that a command can end
// its work in order. Signal handlers can reach nothing but a global.
inline std::atomic<bool> interrupted{false};

inline void catch_interrupts() {
  struct sigaction action{};
  action.sa_handler = [](int) { interrupted = true; };
  action.sa_flags =
      static_cast<int>(SA_RESETHAND);  // the second one kills; reads are not restarted
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace rocketmq::cli
