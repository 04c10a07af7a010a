#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/loop.h"
#include "protocol/trace.h"

namespace rocketmq::client {

// Trace records that travel in one message, and what that is found by.
struct TraceBatch {
  std::string body;
  std::vector<std::string> keys;  // message ids and the messages' own keys, each once
  std::size_t records = 0;
};

// Collects trace records into messages: of one topic each, sent once they hold 10 records, are 5 s
// old or have grown long. Decides, never sends. Java: AsyncTraceDispatcher.
class TraceBatches {
 public:
  static constexpr std::size_t records_per_batch = 10;
  static constexpr net::Duration batch_age_max = std::chrono::seconds(5);
  static constexpr std::size_t batch_bytes_max = 128'000;
  // Of a batch's keys: the properties of a message are 32 KiB at most. Ids go first.
  static constexpr std::size_t batch_key_bytes_max = 16 * 1024;
  // Collected or on their way: what a broker that is gone may cost us.
  static constexpr std::size_t records_max = 2048;

  // `topic` is the one the traced message is of; `keys` are its own, separated by blanks. False:
  // dropped, too many are not sent yet.
  bool add(std::string_view topic, std::string_view message_id, std::string_view keys,
           const protocol::TraceRecord& record, net::TimePoint now);

  // What is to be sent now; each is followed by one sent(), whether it arrived or not.
  std::vector<TraceBatch> take(net::TimePoint now);
  std::vector<TraceBatch> take_all();
  void sent(std::size_t records) { unsent_ -= records; }

  // When there will be something to take; nothing: not before the next add().
  std::optional<net::TimePoint> next() const;

 private:
  struct Open {
    TraceBatch batch;
    net::TimePoint began;
    std::size_t key_bytes = 0;
  };

  static void add_key(Open& open, std::string_view key);
  void close(std::map<std::string, Open, std::less<>>::iterator open);

  std::map<std::string, Open, std::less<>> open_;  // by topic
  std::vector<TraceBatch> full_;
  std::size_t unsent_ = 0;
};

}  // namespace rocketmq::client
