#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker-lite/store/fault_file.h"
#include "broker-lite/store/message_store.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::broker {

// A store on faulty files in memory, with files so small that a dozen messages fill several, and a
// flusher whose results wait until the test lets them arrive.
struct TestStore {
  static constexpr std::int64_t t0 = 1'700'000'000'000;

  FaultDirectory directory{[this] { return now; }};
  std::deque<std::function<void()>> posted;
  InlineFlusher flusher{[this](std::function<void()> f) { posted.push_back(std::move(f)); }};
  StoreOptions options = small_files();
  std::unique_ptr<MessageStore> store;
  std::int64_t now = t0;

  static StoreOptions small_files() {
    StoreOptions options;
    options.mapped_file_size_commit_log = 2048;
    options.mapped_file_size_consume_queue = 200;  // ten entries
    options.consume_queue_buffer_bytes = 60;
    options.open_files_max = 3;
    options.index_geometry = {.slots = 16, .entries = 200};
    return options;
  }

  ~TestStore() { kill(); }

  Result<void> open() {
    auto opened = MessageStore::open(options, directory, flusher, now);
    if (!opened) return std::move(opened).error();
    store = *std::move(opened);
    return {};
  }
  void reopen() {
    kill();
    open().value();
  }
  // As kill -9: what was written stays.
  void kill() {
    store.reset();
    posted.clear();
  }
  void close() {
    run_posted();
    store->close(now).value();
    kill();
  }

  void run_posted() {
    while (!posted.empty()) {
      const auto next = std::move(posted.front());
      posted.pop_front();
      next();
    }
  }
  void tick() {
    now += 1000;
    store->tick(now);
    run_posted();
  }

  static protocol::RecordView message(std::string_view topic, std::int32_t queue_id,
                                      std::string_view body, std::string_view properties = {}) {
    return {.queue_id = queue_id,
            .born_timestamp = t0 - 1,
            .born_host = protocol::parse_host("10.0.0.9:5555").value(),
            .store_host = protocol::parse_host("10.0.0.1:10911").value(),
            .body = body,
            .topic = topic,
            .properties = properties};
  }

  Result<Placed> put(std::string_view topic, std::int32_t queue_id, std::string_view body,
                     std::string_view properties = {}) {
    return store->put(message(topic, queue_id, body, properties), now++);
  }
  Placed put_and_commit(std::string_view topic, std::int32_t queue_id, std::string_view body,
                        std::string_view properties = {}) {
    const Placed placed = put(topic, queue_id, body, properties).value();
    store->commit().value();
    return placed;
  }

  GetResult get(std::string_view topic, std::int32_t queue_id, std::int64_t offset,
                std::int32_t messages_max = 32) {
    GetResult result;
    store->get(
        {.topic = topic, .queue_id = queue_id, .offset = offset, .messages_max = messages_max},
        result);
    return result;
  }

  // All bodies of a queue from its first to its last message; "?" for what cannot be decoded.
  std::vector<std::string> bodies(std::string_view topic, std::int32_t queue_id) {
    std::vector<std::string> all;
    std::int64_t offset = store->min_offset(topic, queue_id);
    while (offset < store->max_offset(topic, queue_id)) {
      const GetResult result = get(topic, queue_id, offset);
      for (const std::string_view bytes : result.records) {
        const auto record = protocol::decode_record(bytes);
        all.push_back(record ? std::string(record->body) : "?");
      }
      if (result.next_begin_offset <= offset) break;
      offset = result.next_begin_offset;
    }
    return all;
  }
};

}  // namespace rocketmq::broker
