#include <gtest/gtest.h>

#include "broker-lite/store/mem_file.h"
#include "broker-lite/store/message_store.h"
#include "protocol/testing/allocations.h"

namespace rocketmq::broker {
namespace {

TEST(MessageStore, allocates_nothing_once_its_buffers_have_grown) {
  MemDirectory directory;
  InlineFlusher flusher([](const std::function<void()>&) {});
  StoreOptions options;
  options.flush_interval_commit_log_ms = 1 << 30;
  options.mapped_file_size_commit_log = 8 << 20;
  auto store = MessageStore::open(options, directory, flusher, 1).value();
  const protocol::RecordView message{.body = "some text", .topic = "T", .properties = "TAGS\1a\2"};
  GetResult result;
  const auto turn = [&] {
    for (int i = 0; i < 4; ++i) store->put(message, 2).value();
    store->commit().value();
    store->get({.topic = "T", .offset = store->max_offset("T", 0) - 4}, result);
  };
  for (int i = 0; i < 1100; ++i) turn();  // the queue's buffer has been written once

  const std::size_t before = testing_support::allocations();
  EXPECT_GT(before, 0U);
  for (int i = 0; i < 100; ++i) turn();
  EXPECT_EQ(testing_support::allocations(), before);
  EXPECT_EQ(result.records.size(), 4U);
}

}  // namespace
}  // namespace rocketmq::broker
