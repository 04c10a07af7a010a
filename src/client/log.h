#pragma once

#include <rocketmq/options.h>

#include <mutex>
#include <string_view>

namespace rocketmq::client {

// The user's log function, called one line at a time from whatever thread has something to say.
class Log {
 public:
  Log(LogFunction function, LogLevel level) : function_(std::move(function)), level_(level) {}

  // Ask before building a line that costs something.
  bool takes(LogLevel level) const { return function_ && level >= level_; }
  void write(LogLevel level, std::string_view text) const {
    if (!takes(level)) return;
    const std::lock_guard<std::mutex> one_at_a_time(mutex_);
    function_(level, text);
  }
  void info(std::string_view text) const { write(LogLevel::info, text); }
  void warn(std::string_view text) const { write(LogLevel::warning, text); }

 private:
  const LogFunction function_;
  const LogLevel level_;
  mutable std::mutex mutex_;
};

}  // namespace rocketmq::client
