#include "process/process_log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "net/loop.h"
#include "protocol/json.h"
#include "protocol/str.h"

namespace rocketmq {
namespace {

std::string json_string(std::string_view text) {
  std::string json;
  protocol::JsonWriter(json).string(text);
  return json;
}

}  // namespace

ProcessLog::ProcessLog(LogFormat format, const std::string& level,
                       std::shared_ptr<spdlog::sinks::sink> sink)
    : format_(format) {
  if (!sink) sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  logger_ = std::make_shared<spdlog::logger>("", std::move(sink));
  logger_->set_pattern(format == LogFormat::json
                           ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":%v})"
                           : "%Y-%m-%d %H:%M:%S.%e %l %v");
  logger_->set_level(spdlog::level::from_str(level));
  logger_->flush_on(spdlog::level::info);
}

ProcessLog::~ProcessLog() = default;

void ProcessLog::write(bool is_warning, std::string_view line) {
  const auto level = is_warning ? spdlog::level::warn : spdlog::level::info;
  if (!logger_->should_log(level)) return;
  net::LogLimit::Verdict verdict{};
  {
    const std::lock_guard lock(mutex_);
    verdict = limit_.ask(net::Clock::now());
  }
  if (!verdict.may_log) return;
  std::string text(line);
  if (verdict.suppressed > 0) text += str(" (", verdict.suppressed, " more lines left out)");
  logger_->log(level, format_ == LogFormat::json ? json_string(text) : text);
}

}  // namespace rocketmq
