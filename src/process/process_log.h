#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "net/log_limit.h"

namespace spdlog {
class logger;
namespace sinks {
class sink;
}
}  // namespace spdlog

namespace rocketmq {

enum class LogFormat {
  text,  // 2026-01-02 03:04:05.678 warning what happened
  json,  // {"time":"2026-01-02T03:04:05.678+00:00","level":"warning","message":"what happened"}
};

// The log of the process, a line an event, on stderr: stdout is for the ready line. So many lines a
// second, the rest are counted. Any thread.
class ProcessLog {
 public:
  static constexpr std::uint64_t lines_per_second = 50;

  // `level`: trace, debug, info, warning, error; lines below it are left out. `sink`: instead of
  // stderr.
  ProcessLog(LogFormat format, const std::string& level,
             std::shared_ptr<spdlog::sinks::sink> sink = nullptr);
  ~ProcessLog();

  void info(std::string_view line) { write(false, line); }
  void warn(std::string_view line) { write(true, line); }

 private:
  void write(bool is_warning, std::string_view line);

  const LogFormat format_;
  std::shared_ptr<spdlog::logger> logger_;
  std::mutex mutex_;  // of limit_
  net::LogLimit limit_{lines_per_second};
};

}  // namespace rocketmq
