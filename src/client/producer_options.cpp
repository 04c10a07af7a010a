#include "client/producer_options.h"

#include <chrono>
#include <string>
#include <utility>

#include "client/names.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds timeout_max = 24h;
// Java: ProduceAccumulator.batchMaxDelayMs, batchMaxBytes.
constexpr std::chrono::milliseconds linger_max = 30s;
constexpr std::size_t batch_bytes_max = 2 * 1024 * 1024;

Error refused(std::string why) { return {Errc::invalid_argument, std::move(why)}; }

Result<void> check(const AutoBatch& batch) {
  if (batch.linger < 1ms || batch.linger > linger_max) {
    return refused(
        str("auto_batch.linger is ", batch.linger.count(), " ms, not 1 to ", linger_max.count()));
  }
  if (batch.batch_bytes_max == 0 || batch.batch_bytes_max > batch_bytes_max) {
    return refused(str("auto_batch.batch_bytes_max is ", batch.batch_bytes_max, ", not 1 to ",
                       batch_bytes_max));
  }
  return {};
}

}  // namespace

Result<void> check(const ProducerOptions& options) {
  if (auto group = check_group("producer", options.group); !group) return group;
  if (options.send_timeout <= 0ms || options.send_timeout > timeout_max) {
    return refused(str("send_timeout is ", options.send_timeout.count(), " ms, not 1 ms to 24 h"));
  }
  if (options.attempts_max < 1 || options.attempts_max > 100) {
    return refused(str("attempts_max is ", options.attempts_max, ", not 1 to 100"));
  }
  if (options.pending_sends_max == 0) return refused("pending_sends_max is 0");
  if (options.pending_bytes_max < options.message_bytes_max) {
    return refused("pending_bytes_max is less than message_bytes_max: some messages never fit");
  }
  if (options.new_topic_queues < 1) return refused("new_topic_queues is not positive");
  const bool is_zlib = options.compression == Compression::zlib;
  if (options.compression_level < 0 || options.compression_level > (is_zlib ? 12 : 22)) {
    return refused(str("compression_level is ", options.compression_level));
  }
  return options.auto_batch ? check(*options.auto_batch) : Result<void>();
}

Result<void> check(const SendOptions& options) {
  if (options.timeout < 0ms || options.timeout > timeout_max) {
    return refused(str("SendOptions::timeout is ", options.timeout.count(), " ms, not 0 to 24 h"));
  }
  return {};
}

bool is_plain(const SendOptions& options) {
  return !options.queue && !options.choose && options.timeout == 0ms;
}

}  // namespace rocketmq::client
