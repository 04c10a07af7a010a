#include "net/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/event_loop.h"
#include "net/sim_loop.h"
#include "protocol/bytes.h"
#include "protocol/requests/client_session.h"
#include "protocol/requests/offset.h"

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;
using protocol::HeartBeat;
using protocol::QueryConsumerOffset;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct ByteCounter final : StreamHandler {
  void on_data(protocol::Buffer& input) override {
    bytes += input.size();
    input.consume(input.size());
  }
  void on_closed(const Error&) override {}
  std::size_t bytes = 0;
};

// A server at "broker:1", and clients as raw or as channels.
class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    options_.log = [this](std::string_view line) { log_.emplace_back(line); };
    router_.on<HeartBeat>([](const HeartBeat&, RequestContext&) -> Result<void> { return {}; });
    router_.on_deferred<QueryConsumerOffset>(
        [this](Call<QueryConsumerOffset> call) { parked_.push_back(std::move(call)); });
  }

  void listen() {
    server_ = std::make_unique<Server>(loop_, router_, options_);
    ASSERT_EQ(server_->listen("broker:1").value(), "broker:1");
  }

  struct Client {
    std::unique_ptr<Connecting> connecting;
    std::unique_ptr<Channel> channel;
    std::optional<Error> closed;
  };
  Client& connect() {
    Client& client = *clients_.emplace_back(std::make_unique<Client>());
    client.connecting =
        loop_.connect("broker:1", {}, [this, &client](Result<std::unique_ptr<Stream>> stream) {
          client.channel = std::make_unique<Channel>(
              loop_, *std::move(stream), channel_options_, nullptr,
              [&client](Channel&, const Error& error) { client.closed = error; });
        });
    loop_.run_ready();
    return client;
  }
  // The outcome of a heartbeat, once it is there.
  std::optional<Error> heartbeat(Client& client) {
    std::optional<Error> error;
    client.channel->call<HeartBeat>({}, {}, 3s, [&](Result<Answer<HeartBeat::Response>> answer) {
      if (!answer) error = answer.error();
    });
    loop_.run_ready();
    return error;
  }

  SimLoop loop_;
  ServerOptions options_;
  ChannelOptions channel_options_;
  std::vector<std::string> log_;
  std::vector<Call<QueryConsumerOffset>> parked_;
  Router router_;
  std::unique_ptr<Server> server_;
  std::vector<std::unique_ptr<Client>> clients_;
};

TEST_F(ServerTest, serves_many_clients) {
  listen();
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(heartbeat(connect()));
  EXPECT_EQ(server_->connection_count(), 3u);
  clients_.pop_back();
  loop_.run_ready();
  EXPECT_EQ(server_->connection_count(), 2u);
  EXPECT_THAT(log_, IsEmpty()) << "that a client leaves is no news";
}

TEST_F(ServerTest, serves_no_more_to_who_does_not_read_until_it_has_read) {
  options_.listen.stream.output_bytes_pause = 100 * 1024;
  constexpr std::size_t answer_bytes = 90 * 1024;
  int served = 0;
  Router router;
  router.on<HeartBeat>([&](const HeartBeat&, RequestContext& context) -> Result<void> {
    ++served;
    context.reply.body = std::string(answer_bytes, 'x');
    return {};
  });
  server_ = std::make_unique<Server>(loop_, router, options_);
  ASSERT_TRUE(server_->listen("broker:1"));
  std::unique_ptr<Stream> slow;
  const auto connecting = loop_.connect(
      "broker:1", {}, [&](Result<std::unique_ptr<Stream>> stream) { slow = *std::move(stream); });
  loop_.run_ready();
  constexpr std::string_view header = R"({"code":34,"flag":0,"opaque":1,"version":1})";
  std::string request;
  protocol::append_big(request, static_cast<std::int32_t>(4 + header.size()));
  protocol::append_big(request, static_cast<std::int32_t>(header.size()));
  request += header;
  for (int i = 0; i < 20; ++i) slow->output().append(request);
  loop_.run_ready();
  EXPECT_LE(served, 8) << "what the network takes, and a little more";
  ByteCounter reader;
  slow->start(reader);
  loop_.run_ready();
  EXPECT_EQ(served, 20);
  EXPECT_GT(reader.bytes, 20 * answer_bytes);
}

TEST_F(ServerTest, says_which_port_it_got) {
  server_ = std::make_unique<Server>(loop_, router_, options_);
  const auto address = server_->listen("broker:0");
  ASSERT_TRUE(address);
  EXPECT_NE(*address, "broker:0");
  EXPECT_FALSE(server_->listen(*address)) << "taken";
}

TEST_F(ServerTest, closes_a_connection_over_the_limit_and_goes_on) {
  options_.connections_max = 1;
  listen();
  Client& first = connect();
  Client& second = connect();
  loop_.run_ready();
  EXPECT_TRUE(second.closed);
  EXPECT_FALSE(heartbeat(first));
  EXPECT_THAT(log_, ElementsAre(HasSubstr("refused")));
}

TEST_F(ServerTest, closes_a_peer_that_sends_nonsense_with_one_line_and_leaves_the_others_alone) {
  listen();
  Client& good = connect();
  Client& bad = connect();
  bad.channel->output().append("GET / HTTP/1.1\r\n\r\n");
  loop_.run_ready();
  EXPECT_TRUE(bad.closed);
  EXPECT_THAT(log_, ElementsAre(HasSubstr("over the limit")));
  EXPECT_FALSE(heartbeat(good));
}

TEST_F(ServerTest, floods_no_log) {
  listen();
  for (int i = 0; i < 50; ++i) connect().channel->output().append("nonsense");
  loop_.run_ready();
  EXPECT_THAT(log_, SizeIs(10));
  loop_.advance(1s);
  connect().channel->output().append("nonsense");
  loop_.run_ready();
  EXPECT_THAT(log_, SizeIs(11));
  EXPECT_THAT(log_.back(), HasSubstr("(40 more lines left out)"));
}

TEST_F(ServerTest, closes_a_peer_that_is_ten_seconds_over_its_first_request) {
  listen();
  Client& silent = connect();
  Client& slow = connect();
  Client& good = connect();
  EXPECT_FALSE(heartbeat(good));
  constexpr std::string_view beginning("\0\0\0\x64\0\0\0\x32{", 9);
  for (const char& byte : beginning) {
    slow.channel->output().append(std::string_view(&byte, 1));
    loop_.advance(1s);
  }
  EXPECT_FALSE(slow.closed);
  loop_.advance(2s);
  EXPECT_TRUE(slow.closed);
  EXPECT_FALSE(good.closed);
  EXPECT_FALSE(silent.closed);  // it has not begun
}

TEST_F(ServerTest, closes_an_idle_peer_after_two_minutes) {
  listen();
  Client& idle = connect();
  Client& busy = connect();
  EXPECT_FALSE(heartbeat(idle));
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(heartbeat(busy));
    loop_.advance(30s);
  }
  loop_.advance(1s);
  EXPECT_TRUE(idle.closed);
  EXPECT_FALSE(busy.closed);
}

// ---- stopping

TEST_F(ServerTest, stops_at_once_when_nobody_is_there) {
  listen();
  bool has_stopped = false;
  server_->stop(1s, [&] { has_stopped = true; });
  loop_.advance(1s);
  EXPECT_TRUE(has_stopped);
}

TEST_F(ServerTest, tells_new_clients_to_go_away_and_lets_old_work_finish) {
  listen();
  Client& client = connect();
  std::optional<std::int64_t> offset;
  client.channel->call<QueryConsumerOffset>(
      {.consumer_group = "g", .topic = "T", .queue_id = 1}, {}, 3s,
      [&](Result<Answer<QueryConsumerOffset::Response>> answer) {
        if (answer) offset = answer->header.offset;
      });
  loop_.run_ready();

  bool has_stopped = false;
  server_->stop(1s, [&] { has_stopped = true; });
  const auto refused = heartbeat(client);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, ResponseCode::go_away);
  parked_[0].reply({.offset = 7});
  loop_.run_ready();
  EXPECT_EQ(offset, 7);
  EXPECT_FALSE(client.closed);
  EXPECT_FALSE(has_stopped);

  loop_.advance(1s);
  EXPECT_TRUE(client.closed);
  EXPECT_TRUE(has_stopped);
  EXPECT_EQ(server_->connection_count(), 0u);
}

TEST_F(ServerTest, still_serves_clients_too_old_to_know_go_away) {
  listen();
  Client& client = connect();
  server_->stop(1s, [] {});
  protocol::Command request;
  request.code = static_cast<std::int32_t>(HeartBeat::code);
  request.version = protocol::version_ordinal(4, 9, 7);
  std::optional<std::int32_t> code;
  client.channel->call(
      request, 3s, [&](Result<protocol::Incoming*> answer) { code = (*answer)->command().code; });
  loop_.run_ready();
  EXPECT_EQ(code, 0);
}

TEST_F(ServerTest, may_be_destroyed_with_calls_still_parked) {
  listen();
  Client& client = connect();
  client.channel->call<QueryConsumerOffset>({.consumer_group = "g", .topic = "T"}, {}, 3s,
                                            [](auto) {});
  loop_.run_ready();
  ASSERT_THAT(parked_, SizeIs(1));
  server_.reset();
  parked_[0].reply({.offset = 1});
  loop_.run_ready();
  EXPECT_TRUE(client.closed);
}

TEST(ServerOnSockets, answers_over_loopback) {
  EventLoop loop;
  Router router;
  router.on<HeartBeat>([](const HeartBeat&, RequestContext&) -> Result<void> { return {}; });
  Server server(loop, router);
  const std::string address = server.listen("127.0.0.1:0").value();
  const ChannelOptions options;
  std::unique_ptr<Channel> channel;
  bool is_answered = false;
  const auto connecting = loop.connect(address, {}, [&](Result<std::unique_ptr<Stream>> stream) {
    channel = std::make_unique<Channel>(loop, *std::move(stream), options, nullptr, nullptr);
    channel->call<HeartBeat>({}, {}, 3s, [&](Result<Answer<HeartBeat::Response>> answer) {
      is_answered = answer.has_value();
      loop.stop();
    });
  });
  loop.run();
  EXPECT_TRUE(is_answered);
}

}  // namespace
}  // namespace rocketmq::net
