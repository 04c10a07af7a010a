#include "proxy/remoting/front.h"

#include "proxy/remoting/front_rig.h"

namespace rocketmq::proxy {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// ---- one broker

TEST_F(FrontTest, passes_on_what_it_does_not_know) {
  start();
  protocol::Command answer =
      command(RequestCode{}, {{"queueId", "3"}, {"tomorrow", "yes"}}, "done");
  answer.remark = "a remark";
  answer.language = protocol::Language::java;
  a_.answer(RequestCode::send_message_v2, answer);
  protocol::Command send =
      command(RequestCode::send_message_v2, {{"n", "a"}, {"zz", "é\"\n"}}, "body");
  send.language = protocol::Language::rust;
  send.version = 477;
  const auto got = connect().call(send);
  EXPECT_EQ(got.code, 0);
  EXPECT_EQ(got.text, "done");
  EXPECT_EQ((*got.command)->remark, "a remark");
  EXPECT_EQ((*got.command)->language, protocol::Language::java);
  EXPECT_EQ(field(**got.command, "tomorrow"), "yes");
  ASSERT_THAT(a_.heard, SizeIs(1));
  const protocol::Command& heard = *a_.heard[0];
  EXPECT_EQ(heard.fields, send.fields);
  EXPECT_EQ(heard.body, "body");
  EXPECT_EQ(heard.language, protocol::Language::rust);
  EXPECT_EQ(heard.version, 477);
}

// A frame that was written anew would have the codec of the proxy's own requests, which is JSON.
TEST_F(FrontTest, passes_on_the_bytes_of_a_frame) {
  start();
  FakeClient& client = connect();
  client.options.codec = protocol::HeaderCodec::rocketmq;
  client.call(offset_at("a"));  // makes the connection
  EXPECT_EQ(client.call(offset_at("a")).text, "a");
  EXPECT_EQ(a_.heard.back()->codec, protocol::HeaderCodec::rocketmq);
  EXPECT_EQ(a_.heard.back()->fields, offset_at("a").fields);
}

TEST_F(FrontTest, answers_in_the_codec_of_the_request) {
  start();
  FakeClient& client = connect();
  client.options.codec = protocol::HeaderCodec::rocketmq;
  EXPECT_EQ((*client.call(offset_at("a")).command)->codec, protocol::HeaderCodec::rocketmq)
      << "the broker was asked in JSON";
  EXPECT_EQ((*client.call(offset_at("a")).command)->codec, protocol::HeaderCodec::rocketmq);
}

TEST_F(FrontTest, answers_each_of_many_requests_to_who_asked) {
  start();
  FakeClient& one = connect();
  FakeClient& two = connect();
  a_.is_silent = true;
  std::vector<std::shared_ptr<std::optional<FakeClient::Answer>>> pending;
  for (int n = 0; n < 10; ++n) pending.push_back((n % 2 ? one : two).begin(offset_at("a")));
  loop_.run_ready();
  ASSERT_THAT(a_.parked, SizeIs(10));
  for (std::size_t n = 10; n-- > 0;) {
    protocol::Command answer;
    const std::string body = std::to_string(a_.heard[n]->opaque);
    answer.body = body;
    a_.parked[n].forward(answer);
  }
  loop_.run_ready();
  for (const auto& each : pending) ASSERT_TRUE(each->has_value());
  EXPECT_EQ(a_.server->connection_count(), 2) << "a connection a client";
}

TEST_F(FrontTest, says_so_when_the_broker_cannot_be_reached) {
  start();
  b_.kill();
  const auto got = connect().call(offset_at("b"));
  EXPECT_EQ(got.code, static_cast<int>(ResponseCode::service_not_available));
  EXPECT_THAT(got.text, HasSubstr("broker b:1: "));
  EXPECT_LT(got.took, 3s);
}

TEST_F(FrontTest, says_so_when_the_broker_is_silent) {
  start();
  a_.is_silent = true;
  const auto got = connect().call(offset_at("a"));
  EXPECT_EQ(got.code, static_cast<int>(ResponseCode::system_error));
  EXPECT_LT(got.took, 3s) << "what clients wait";
}

TEST_F(FrontTest, says_so_when_the_broker_is_a_black_hole) {
  start();
  loop_.link("a:1").blackhole = true;
  const auto got = connect().call(offset_at("a"));
  EXPECT_NE(got.code, 0);
  EXPECT_LT(got.took, 3s);
}

TEST_F(FrontTest, says_so_to_all_who_wait_when_the_broker_dies) {
  start();
  FakeClient& client = connect();
  a_.is_silent = true;
  std::vector<std::shared_ptr<std::optional<FakeClient::Answer>>> pending;
  for (int n = 0; n < 100; ++n) pending.push_back(client.begin(offset_at("a")));
  loop_.run_ready();
  a_.kill();
  for (const auto& each : pending) {
    ASSERT_TRUE(each->has_value());
    EXPECT_EQ((*each)->code, static_cast<int>(ResponseCode::system_error)) << "it may be done";
  }
}

TEST_F(FrontTest, goes_on_when_the_broker_is_back) {
  start();
  FakeClient& client = connect();
  for (int round = 0; round < 100; ++round) {
    a_.is_silent = true;
    const auto pending = client.begin(offset_at("a"));
    loop_.run_ready();
    a_.kill();
    ASSERT_TRUE(pending->has_value()) << round;
    a_.start();
    a_.is_silent = false;
    ASSERT_EQ(client.call(offset_at("a")).text, "a") << round;
  }
  EXPECT_EQ(a_.server->connection_count(), 1);
}

TEST_F(FrontTest, gives_a_request_no_more_time_because_it_connected_first) {
  start();
  loop_.link("a:1").delay = 2s;
  const auto got = connect().call(offset_at("a"));
  EXPECT_EQ(got.code, static_cast<int>(ResponseCode::system_error)) << got.text;
  EXPECT_EQ(got.took, 2500ms);
}

TEST_F(FrontTest, takes_its_connections_with_the_client) {
  start();
  FakeClient& client = connect();
  client.call(offset_at("a"));
  client.call(offset_at("b"));
  a_.is_silent = true;
  client.begin(offset_at("a"));
  loop_.run_ready();
  EXPECT_EQ(a_.server->connection_count(), 1);
  client.channel.reset();
  loop_.advance(1s);
  EXPECT_EQ(a_.server->connection_count(), 0);
  EXPECT_EQ(b_.server->connection_count(), 0);
  EXPECT_EQ(front_->client_count(), 0);
}

TEST_F(FrontTest, tells_programs_that_go_away_was_not_meant_for_them) {
  start();
  protocol::Command go_away;
  go_away.code = static_cast<std::int32_t>(ResponseCode::go_away);
  a_.answer(RequestCode::get_max_offset, go_away);
  FakeClient& client = connect();
  EXPECT_EQ(client.call(offset_at("a")).code,
            static_cast<int>(ResponseCode::service_not_available));
  a_.answers.clear();
  EXPECT_EQ(client.call(offset_at("a")).text, "a");
  EXPECT_EQ(loop_.connections_made("a:1"), 2);
}

TEST_F(FrontTest, lets_a_pull_wait_without_holding_up_others) {
  start();
  FakeClient& client = connect();
  a_.is_silent = true;
  const auto pull = client.begin(command(
      RequestCode::pull_message,
      {{"bname", "a"}, {"topic", "T"}, {"sysFlag", "2"}, {"suspendTimeoutMillis", "15000"}}));
  loop_.run_ready();
  a_.is_silent = false;
  EXPECT_EQ(client.call(offset_at("a")).took, 0s);
  loop_.advance(15s);
  EXPECT_FALSE(pull->has_value());
  protocol::Command found =
      command(RequestCode{}, {{"suggestWhichBrokerId", "1"}, {"maxOffset", "9"}});
  a_.parked[0].forward(found);
  loop_.run_ready();
  ASSERT_TRUE(pull->has_value());
  EXPECT_EQ(field(**(*pull)->command, "suggestWhichBrokerId"), "0")
      << "slaves have no address here";
  EXPECT_EQ(field(**(*pull)->command, "maxOffset"), "9");
}

TEST_F(FrontTest, gives_up_on_a_pull_when_the_broker_forgets_it) {
  start();
  a_.is_silent = true;
  const auto got = connect().call(command(
      RequestCode::pull_message,
      {{"bname", "a"}, {"topic", "T"}, {"sysFlag", "2"}, {"suspendTimeoutMillis", "15000"}}));
  EXPECT_NE(got.code, 0);
  EXPECT_EQ(got.took, 23s);
}

TEST_F(FrontTest, limits_what_one_client_has_under_way) {
  options_.in_flight_max = 3;
  start();
  FakeClient& client = connect();
  a_.is_silent = true;
  for (int n = 0; n < 3; ++n) client.begin(offset_at("a"));
  loop_.run_ready();
  EXPECT_EQ(client.call(offset_at("a")).code, static_cast<int>(ResponseCode::system_busy));
  EXPECT_EQ(connect().call(offset_at("b")).text, "b") << "others are not concerned";
}

TEST_F(FrontTest, uses_the_only_broker_of_a_topic_where_none_is_named) {
  start();
  FakeClient& client = connect();
  EXPECT_EQ(client.call(command(RequestCode::get_max_offset, {{"topic", "A"}})).text, "a");
  const auto got = client.call(command(RequestCode::get_max_offset, {{"topic", "T"}}));
  EXPECT_EQ(got.code, 15) << "as the stock proxy";
  EXPECT_THAT(got.text, HasSubstr("addressing=ports"));
  EXPECT_EQ(client.call(command(RequestCode::get_max_offset, {{"topic", "new"}})).code, 15);
  EXPECT_EQ(client.call(offset_at("nobody")).code,
            static_cast<int>(ResponseCode::broker_not_exist));
}

TEST_F(FrontTest, takes_a_topic_that_is_about_to_be_made_to_the_only_broker_there_is) {
  options_.admin = AdminPolicy::all;
  name_server_.answer(RequestCode::get_broker_cluster_info,
                      command(RequestCode{}, {}, cluster_text({"b"})));
  start();
  FakeClient& client = connect();
  EXPECT_EQ(client.call(command(RequestCode::update_and_create_topic, {{"topic", "new"}})).text,
            "b");
  EXPECT_EQ(client.call(command(RequestCode::get_broker_runtime_info)).text, "b");
}

TEST_F(FrontTest, refuses_tools_unless_told_otherwise) {
  start();
  const auto got = connect().call(command(RequestCode::update_and_create_topic, {{"topic", "A"}}));
  EXPECT_EQ(got.code, static_cast<int>(ResponseCode::no_permission));
  EXPECT_THAT(a_.heard, IsEmpty());
}

// ---- routes

TEST_F(FrontTest, is_the_broker_in_every_route) {
  start();
  protocol::Command request = route_of("T");
  request.version = protocol::version_ordinal(5, 5, 0);
  const auto got = connect().call(request);
  EXPECT_EQ(got.code, 0);
  EXPECT_THAT(got.text, HasSubstr(R"("brokerAddrs":{"0":"proxy:8080"},"brokerName":"a")"));
  EXPECT_THAT(got.text, HasSubstr(R"("brokerAddrs":{"0":"proxy:8080"},"brokerName":"b")"));
  EXPECT_THAT(got.text, HasSubstr(R"("orderTopicConf":"a:8")"));
  EXPECT_EQ(connect().call(route_of("none")).code, 17);
}

TEST_F(FrontTest, keeps_routes_for_a_while_and_longer_when_nobody_answers) {
  start();
  FakeClient& client = connect();
  client.call(route_of("A"));
  client.call(route_of("A"));
  EXPECT_THAT(name_server_.heard, SizeIs(1));
  loop_.advance(20s);
  client.call(route_of("A"));
  EXPECT_THAT(name_server_.heard, SizeIs(2));
  name_server_.kill();
  loop_.advance(1h);
  FakeClient& later = connect();
  EXPECT_EQ(later.call(route_of("A")).code, 0);
  const auto unknown = later.call(route_of("T"));
  EXPECT_EQ(unknown.code, static_cast<int>(ResponseCode::service_not_available));
  EXPECT_LT(unknown.took, 3s);
}

TEST_F(FrontTest, asks_once_for_all_who_want_the_same_route) {
  start();
  name_server_.is_silent = true;
  std::vector<std::shared_ptr<std::optional<FakeClient::Answer>>> pending;
  for (int n = 0; n < 20; ++n) pending.push_back(connect().begin(route_of("A")));
  loop_.run_ready();
  EXPECT_THAT(name_server_.heard, SizeIs(1));
}

TEST_F(FrontTest, shows_the_cluster_to_tools_that_may_look) {
  options_.admin = AdminPolicy::read;
  options_.advertise = "public.example:9000";
  start();
  const auto got = connect().call(command(RequestCode::get_broker_cluster_info));
  EXPECT_THAT(got.text, HasSubstr(R"("brokerAddrs":{0:"public.example:9000"},"brokerName":"a")"));
}

}  // namespace
}  // namespace rocketmq::proxy
