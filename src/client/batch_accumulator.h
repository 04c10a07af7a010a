#pragma once

#include <rocketmq/producer.h>

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "client/send.h"
#include "net/loop.h"

namespace rocketmq::client {

// Which single messages go together as one batch, and when. Decides, never waits; the sends are
// somebody else's. Java: ProduceAccumulator.
class BatchAccumulator {
 public:
  // A batch is at most `message_bytes_max` long.
  BatchAccumulator(AutoBatch options, std::size_t message_bytes_max)
      : options_(options), message_bytes_max_(message_bytes_max) {}

  // False: too much is held already, it goes alone.
  bool add(Send& send, net::TimePoint now);
  // One that is held ends before its batch is taken.
  void remove(Send& send);

  // A batch that is to be sent now: full, or its first message has waited long enough. Those of one
  // topic, tag, sharding key and wait_for_store, in the order they came.
  std::optional<Members> take_ready(net::TimePoint now);
  // Any, ready or not.
  std::optional<Members> take();
  // When the next will be ready; nothing: none is held.
  std::optional<net::TimePoint> next_ready() const;

 private:
  struct Batch {
    std::string key;
    Members members;
    std::size_t bytes = 0;
    net::TimePoint ready_at;
  };
  using Batches = std::list<Batch>;

  Members take(Batches::iterator batch);
  void close(Batches::iterator batch);

  const AutoBatch options_;
  const std::size_t message_bytes_max_;
  std::size_t held_bytes_ = 0;
  Batches full_;
  Batches open_;  // the oldest first
  std::unordered_map<std::string, Batches::iterator> open_by_key_;
};

}  // namespace rocketmq::client
