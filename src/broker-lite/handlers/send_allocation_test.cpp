// A message costs no allocation once buffers have grown to their size.
#include <gtest/gtest.h>

#include "broker-lite/handlers/handlers.h"
#include "broker-lite/handlers/send_answers.h"
#include "broker-lite/store/mem_file.h"
#include "net/channel.h"
#include "net/sim_loop.h"
#include "protocol/frame.h"
#include "protocol/requests/message.h"
#include "protocol/testing/allocations.h"

namespace rocketmq::broker {
namespace {

struct SendAllocationTest : ::testing::Test {
  SendAllocationTest()
      : store(MessageStore::open({.mapped_file_size_commit_log = 64 << 20}, directory, flusher,
                                 loop.wall_ms())
                  .value()),
        topics({}, loop.wall_ms()),
        groups({}, loop.wall_ms()),
        core{.loop = loop,
             .options = {},
             .store = *store,
             .topics = topics,
             .groups = groups,
             .offsets = offsets,
             .clients = clients,
             .queue_locks = queue_locks,
             .detours = detours,
             .sql_filters = sql_filters,
             .topic_changed = [](std::string_view) {}},
        answers(loop, *store, times, topics_file, {.region_id = "R"}) {
    add_send_handlers(router, core, answers);
    listener = loop.listen("h:1", {},
                           [this](std::unique_ptr<net::Stream> stream) {
                             channel = std::make_unique<net::Channel>(
                                 loop, std::move(stream), options, nullptr,
                                 [](net::Channel&, const Error&) {});
                           })
                   .value();
    connecting = loop.connect("h:1", {}, [this](Result<std::unique_ptr<net::Stream>> stream) {
      peer = std::move(stream).value();
    });
    loop.run_ready();
  }

  net::SimLoop loop;
  MemDirectory directory;
  InlineFlusher flusher{[this](std::function<void()> function) { loop.post(std::move(function)); }};
  std::unique_ptr<MessageStore> store;
  Topics topics;
  Groups groups;
  Offsets offsets;
  Clients clients;
  QueueLocks queue_locks;
  SqlFilters sql_filters{SqlLimits()};
  DelayLevels levels = DelayLevels::parse("1s").value();
  Detours detours{BrokerOptions(), levels};
  StoreTimes times;
  SavedTable topics_file{directory, flusher, "topics.json", [] { return std::string("{}"); }};
  Core core;
  SendAnswers answers;
  net::Router router;
  net::ChannelOptions options;
  std::unique_ptr<net::Listener> listener;
  std::unique_ptr<net::Connecting> connecting;
  std::unique_ptr<net::Stream> peer;
  std::unique_ptr<net::Channel> channel;
};

TEST_F(SendAllocationTest, a_message_is_stored_and_acknowledged_without_one) {
  protocol::SendMessageV2 request;
  request.producer_group = "a producer group";
  request.topic = "a_topic_with_a_name_longer_than_a_small_string";
  request.default_topic = "TBW102";
  request.default_topic_queue_nums = 4;
  request.properties =
      "UNIQ_KEY\x01"
      "0A0000090001B8D4C5A1E1F60B6A0000\x02WAIT\x01true\x02TAGS\x01TagA\x02";
  protocol::Buffer frame;
  protocol::encode_frame(frame, {.code = 310, .opaque = 7}, request, std::string(128, 'x'));
  protocol::Command command;
  std::string received(frame.view());
  const auto span = protocol::next_frame(received);
  ASSERT_TRUE(protocol::decode_command((*span)->content, command));

  constexpr int messages = 2000;
  const auto send_all = [&] {
    int counted = 0;
    for (int i = 0; i < messages; ++i) {
      const int before = testing_support::allocations();
      net::RequestContext context{*channel, command, net::Responder(channel->handle(), command)};
      router.dispatch(context);
      static_cast<void>(answers.commit());
      counted += testing_support::allocations() - before;
      loop.run_ready();
    }
    return counted;
  };
  send_all();
  EXPECT_GT(channel->last_activity(loop.now()).time_since_epoch().count(), 0);
  EXPECT_EQ(store->max_offset(request.topic, 0), messages);
  // One is the virtual loop's for a deferred function; the rest is memory for the messages
  // themselves: files in memory, and queues that grow.
  EXPECT_LT(send_all() - messages, messages / 10);
}

}  // namespace
}  // namespace rocketmq::broker
