#include <set>

#include "protocol/command.h"
#include "protocol/str.h"
#include "proxy/remoting/front.h"
#include "proxy/remoting/front_rig.h"

// Connections to brokers that clients share.

namespace rocketmq::proxy {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* producer_of_p = R"({"clientID":"c","producerDataSet":[{"groupName":"p"}]})";

protocol::Command send_to(std::string_view broker, std::string_view body = "x",
                          std::string_view properties = "", std::string_view flags = "0") {
  return command(RequestCode::send_message_v2,
                 {{"a", "p"}, {"b", "T"}, {"f", flags}, {"i", properties}, {"n", broker}}, body);
}

class FrontSharedTest : public FrontTest {
 protected:
  FrontSharedTest() { options_.shared.connections = 2; }

  std::vector<FakeClient*> connect_all(int count) {
    std::vector<FakeClient*> clients;
    for (int n = 0; n < count; ++n) clients.push_back(&connect());
    return clients;
  }
  // A program that knows topic T, and says that it is there.
  FakeClient& connect_producer() {
    FakeClient& client = connect();
    client.call(route_of("T"));
    EXPECT_EQ(client.call(beat_of(producer_of_p)).code, 0);
    return client;
  }
};

TEST_F(FrontSharedTest, answers_each_client_under_its_own_id) {
  start();
  const auto clients = connect_all(20);
  a_.is_silent = true;
  std::vector<std::shared_ptr<std::optional<FakeClient::Answer>>> pending;
  for (std::size_t n = 0; n < 60; ++n) {
    pending.push_back(clients[n % 20]->begin(send_to("a", str("message ", n))));
  }
  loop_.run_ready();
  ASSERT_THAT(a_.parked, SizeIs(60));
  for (std::size_t n = 0; n < 60; ++n) {
    const std::size_t shuffled = n * 7 % 60;
    protocol::Command answer;
    answer.body = a_.heard[shuffled]->body;
    a_.parked[shuffled].forward(answer);
  }
  loop_.run_ready();
  for (std::size_t n = 0; n < 60; ++n) {
    ASSERT_TRUE(pending[n]->has_value()) << n;
    EXPECT_EQ((*pending[n])->text, str("message ", n));
  }
  EXPECT_EQ(a_.server->connection_count(), 2);
}

TEST_F(FrontSharedTest, passes_on_the_bytes_of_a_frame) {
  start();
  FakeClient& client = connect();
  client.options.codec = protocol::HeaderCodec::rocketmq;
  client.call(send_to("a"));  // makes the connection
  EXPECT_EQ(client.call(send_to("a")).text, "a");
  EXPECT_EQ(a_.heard.back()->codec, protocol::HeaderCodec::rocketmq);
  EXPECT_EQ(a_.heard.back()->fields, send_to("a").fields);
}

TEST_F(FrontSharedTest, tells_each_client_that_the_broker_died) {
  start();
  const auto clients = connect_all(5);
  a_.is_silent = true;
  std::vector<std::shared_ptr<std::optional<FakeClient::Answer>>> pending;
  for (FakeClient* client : clients) {
    for (int n = 0; n < 3; ++n) pending.push_back(client->begin(send_to("a")));
  }
  loop_.run_ready();
  a_.kill();
  for (const auto& each : pending) {
    ASSERT_TRUE(each->has_value());
    EXPECT_EQ((*each)->code, static_cast<int>(ResponseCode::system_error)) << "it may be done";
  }
  const auto refused = clients[0]->call(send_to("a"));
  EXPECT_EQ(refused.code, static_cast<int>(ResponseCode::service_not_available));
  EXPECT_THAT(refused.text, HasSubstr("broker a:1: "));
  a_.start();
  a_.is_silent = false;
  loop_.advance(2s);
  for (FakeClient* client : clients) EXPECT_EQ(client->call(send_to("a")).text, "a");
}

TEST_F(FrontSharedTest, tells_each_client_in_time_that_the_broker_is_silent) {
  start();
  const auto clients = connect_all(4);
  for (FakeClient* client : clients) client->call(send_to("a"));
  loop_.link("a:1").blackhole = true;
  std::vector<std::shared_ptr<std::optional<FakeClient::Answer>>> pending;
  for (FakeClient* client : clients) pending.push_back(client->begin(send_to("a")));
  EXPECT_EQ(clients[0]->call(send_to("b")).text, "b") << "others are not concerned";
  loop_.advance(3s);
  for (const auto& each : pending) {
    ASSERT_TRUE(each->has_value()) << "what clients wait";
    EXPECT_EQ((*each)->code, static_cast<int>(ResponseCode::system_error));
  }
}

TEST_F(FrontSharedTest, refuses_what_a_broker_that_does_not_read_would_never_get) {
  options_.shared.connections = 1;
  options_.shared.backlog_bytes_max = 1000;
  start();
  FakeClient& one = connect();
  FakeClient& two = connect();
  one.call(send_to("a"));
  loop_.link("a:1").blackhole = true;
  const auto large = one.begin(send_to("a", std::string(300'000, 'x')));
  loop_.run_ready();
  const auto refused = two.call(send_to("a"));
  EXPECT_EQ(refused.code, static_cast<int>(ResponseCode::system_busy));
  EXPECT_EQ(refused.took, 0s);
  EXPECT_THAT(refused.text, HasSubstr("a:1 takes no more"));
  loop_.advance(3s);
  EXPECT_TRUE(large->has_value());
}

// It neither starts its stream nor reads otherwise.
TEST_F(FrontSharedTest, lets_nobody_wait_for_a_client_that_does_not_read) {
  options_.shared.connections = 1;
  start();
  FakeClient& client = connect();
  const std::string large(100'000, 'x');
  a_.answer(RequestCode::get_max_offset, command(RequestCode{}, {}, large));
  std::unique_ptr<net::Stream> slow;
  const auto connecting =
      loop_.connect("proxy:8080", {}, [&slow](auto stream) { slow = *std::move(stream); });
  loop_.run_until([&slow] { return slow != nullptr; }, 1s);
  for (int n = 0; n < 50; ++n) {
    protocol::Command asked = offset_at("a");
    asked.opaque = n;
    protocol::encode_command(slow->output(), asked);
    loop_.run_ready();
  }
  EXPECT_GT(a_.heard.size(), 5u);
  EXPECT_LT(a_.heard.size(), 50u) << "no more is read from it while it does not read";
  const auto got = client.call(offset_at("a"));
  EXPECT_EQ(got.text.size(), large.size());
  EXPECT_EQ(got.took, 0s);
  EXPECT_EQ(loop_.connections_made("a:1"), 1);
}

TEST_F(FrontSharedTest, outlives_a_client_that_waits) {
  options_.shared.connections = 1;
  start();
  FakeClient& goes = connect();
  FakeClient& stays = connect();
  a_.is_silent = true;
  goes.begin(send_to("a", "of who goes"));
  const auto waits = stays.begin(send_to("a", "of who stays"));
  loop_.run_ready();
  goes.channel.reset();
  loop_.run_ready();
  EXPECT_EQ(front_->client_count(), 1);
  for (net::Responder& each : a_.parked) each.forward(protocol::Command{});
  loop_.run_ready();
  ASSERT_TRUE(waits->has_value());
  EXPECT_EQ((*waits)->code, 0);
  EXPECT_EQ(a_.server->connection_count(), 1);
}

TEST_F(FrontSharedTest, drops_answers_that_come_too_late) {
  options_.shared.connections = 1;
  start();
  FakeClient& client = connect();
  a_.is_silent = true;
  EXPECT_NE(client.call(send_to("a", "slow")).code, 0);
  a_.is_silent = false;
  for (net::Responder& each : a_.parked) each.forward(protocol::Command{});
  EXPECT_EQ(client.call(send_to("a", "quick")).text, "a");
}

// ---- what is not shared

TEST_F(FrontSharedTest, gives_a_client_its_own_for_what_brokers_remember) {
  start();
  FakeClient& client = connect();
  client.call(send_to("a"));
  EXPECT_EQ(a_.server->connection_count(), 1);
  client.call(command(RequestCode::pull_message, {{"topic", "T"}, {"bname", "a"}}));
  EXPECT_EQ(a_.server->connection_count(), 2);
  net::Channel* const own = a_.channel;
  client.call(send_to("a"));
  EXPECT_EQ(a_.channel, own) << "nothing overtakes what went before it";
}

TEST_F(FrontSharedTest, shares_nothing_of_a_consumer) {
  start();
  FakeClient& client = connect();
  client.call(beat_of(consumer_of_t));
  net::Channel* const own = a_.channel;
  EXPECT_EQ(a_.server->connection_count(), 1);
  client.call(send_to("a"));
  EXPECT_EQ(a_.channel, own);
  a_.kill();
  a_.start();
  client.call(send_to("a"));
  EXPECT_EQ(a_.heard[a_.heard.size() - 2]->code, beat_code) << "it is told of the client first";
}

TEST_F(FrontSharedTest, registers_some_producers_of_a_group_and_answers_the_others) {
  start();
  for (int n = 0; n < 10; ++n) connect_producer();
  EXPECT_EQ(a_.server->connection_count(), 2);
  EXPECT_EQ(b_.server->connection_count(), 2);
  EXPECT_THAT(a_.codes(), Each(beat_code));
  loop_.advance(30s);
  a_.heard.clear();
  for (const auto& client : clients_) client->call(beat_of(producer_of_p));
  EXPECT_THAT(a_.heard, SizeIs(2)) << "the same go on";
}

TEST_F(FrontSharedTest, registers_another_producer_when_one_is_gone) {
  options_.shared.registered_producers = 1;
  start();
  FakeClient& first = connect_producer();
  FakeClient& second = connect_producer();
  first.channel.reset();
  loop_.advance(30s);
  EXPECT_EQ(a_.server->connection_count(), 0);
  second.call(beat_of(producer_of_p));
  EXPECT_EQ(a_.server->connection_count(), 1);
  ASSERT_TRUE(a_.channel->oneway(
      command(RequestCode::check_transaction_state, {{"transactionId", "tx-1"}})));
  loop_.run_ready();
  EXPECT_THAT(second.asked, SizeIs(1));
}

TEST_F(FrontSharedTest, registers_another_producer_when_one_unregisters) {
  options_.shared.registered_producers = 1;
  start();
  FakeClient& first = connect_producer();
  FakeClient& second = connect_producer();
  EXPECT_EQ(first.call(command(RequestCode::unregister_client, {{"clientID", "c"}})).code, 0);
  EXPECT_EQ(a_.heard.back()->code, 35);
  a_.heard.clear();
  EXPECT_EQ(second.call(command(RequestCode::unregister_client, {{"clientID", "c"}})).code, 0);
  EXPECT_THAT(a_.heard, IsEmpty()) << "it was not known there";
  second.call(beat_of(producer_of_p));
  EXPECT_THAT(a_.codes(), Contains(beat_code));
}

TEST_F(FrontSharedTest, registers_producers_by_the_port_of_a_broker_too) {
  options_.addressing = Addressing::ports;
  options_.shared.registered_producers = 1;
  start();
  connect().call(route_of("T"));
  for (int n = 0; n < 3; ++n) {
    EXPECT_EQ(connect("proxy:8101").call(beat_of(producer_of_p)).code, 0);
  }
  EXPECT_EQ(b_.server->connection_count(), 1);
  EXPECT_THAT(a_.heard, IsEmpty());
}

TEST_F(FrontSharedTest, registers_who_sends_half_a_message) {
  options_.shared.registered_producers = 0;
  start();
  FakeClient& client = connect_producer();
  EXPECT_THAT(a_.heard, IsEmpty());
  EXPECT_EQ(client.call(send_to("a", "half", "", "4")).text, "a");
  EXPECT_EQ(a_.heard.front()->code, beat_code);
  EXPECT_EQ(a_.heard.back()->body, "half");
  EXPECT_EQ(a_.server->connection_count(), 1);
}

// Its answer may come by another broker than the request went to.
TEST_F(FrontSharedTest, registers_who_wants_a_reply_with_all_brokers_before_it_asks) {
  options_.shared.registered_producers = 0;
  start();
  FakeClient& client = connect_producer();
  const auto asked = client.begin(send_to("a", "?", "REPLY_TO_CLIENT\1c\2"));
  std::set<std::int32_t> known_to_b;
  a_.answer(RequestCode::send_message_v2, [&](const protocol::Command&) {
    for (const std::int32_t code : b_.codes()) known_to_b.insert(code);
    return KeptCommand(protocol::Command{});
  });
  loop_.run_ready();
  ASSERT_TRUE(asked->has_value());
  EXPECT_THAT(known_to_b, ElementsAre(beat_code));
}

TEST_F(FrontSharedTest, answers_who_wants_a_reply_in_time_while_another_broker_is_gone) {
  start();
  FakeClient& client = connect();
  client.call(route_of("T"));
  client.call(beat_of(producer_of_p));
  loop_.link("b:1").blackhole = true;
  const auto got = client.call(send_to("a", "?", "REPLY_TO_CLIENT\1c\2"));
  EXPECT_EQ(got.text, "a");
  EXPECT_LT(got.took, 1s);
}

TEST_F(FrontSharedTest, counts_what_is_shared_among_its_connections) {
  start();
  connect_all(1).front()->call(send_to("a"));
  connect_all(1).front()->call(send_to("a"));
  connect_all(1).front()->call(send_to("a"));
  std::string out;
  protocol::PrometheusText text(out);
  front_->write_metrics(text);
  EXPECT_THAT(out, HasSubstr("rocketmq_proxy_upstream_connections 2\n"));
}

}  // namespace
}  // namespace rocketmq::proxy
