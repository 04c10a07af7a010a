#include "protocol/message_codec.h"
#include "proxy/remoting/front.h"
#include "proxy/remoting/front_rig.h"
#include "proxy/remoting/sign_anew.h"

// How much clients may ask for.

namespace rocketmq::proxy {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto busy = static_cast<int>(ResponseCode::system_busy);

class FrontLimitsTest : public FrontTest {
 protected:
  static protocol::Command send_to(std::string_view topic, std::string_view body = "x",
                                   RequestCode code = RequestCode::send_message_v2) {
    return command(code, {{"a", "g"}, {"b", topic}, {"n", "a"}}, body);
  }
  static protocol::Command pull() {
    return command(RequestCode::pull_message, {{"topic", "T"}, {"bname", "a"}});
  }
  std::string metrics() const {
    std::string out;
    protocol::PrometheusText text(out);
    front_->write_metrics(text);
    return out;
  }
};

TEST_F(FrontLimitsTest, lets_a_client_ask_so_often_a_second) {
  options_.requests_per_second = 2;
  start();
  FakeClient& client = connect();
  EXPECT_EQ(client.call(send_to("T")).text, "a");
  EXPECT_EQ(client.call(pull()).text, "a");
  const auto refused = client.call(pull());
  EXPECT_EQ(refused.code, busy);
  EXPECT_THAT(refused.text, HasSubstr("requestsPerSecond"));
  EXPECT_THAT(a_.heard, SizeIs(2));
  EXPECT_THAT(metrics(), HasSubstr("rocketmq_proxy_throttled_total{reason=\"client\"} 1\n"));
  loop_.advance(500ms);
  EXPECT_EQ(client.call(pull()).text, "a");
}

TEST_F(FrontLimitsTest, counts_connections_of_one_host_together) {
  options_.requests_per_second = 1;
  start();
  EXPECT_EQ(connect().call(pull()).text, "a");
  EXPECT_EQ(connect().call(pull()).code, busy);
}

TEST_F(FrontLimitsTest, counts_users_each_for_himself) {
  options_.requests_per_second = 1;
  options_.users = {{"ann", "of ann"}, {"bob", "of bob"}};
  start();
  const auto connect_as = [this](const std::string& name) -> FakeClient& {
    FakeClient& client = connect();
    client.options.request_hook = sign_anew(name, "of " + name);
    return client;
  };
  EXPECT_EQ(connect_as("ann").call(pull()).text, "a");
  EXPECT_EQ(connect_as("ann").call(pull()).code, busy);
  EXPECT_EQ(connect_as("bob").call(pull()).text, "a");
}

TEST_F(FrontLimitsTest, refuses_nothing_that_keeps_a_client_alive_or_ends_what_it_began) {
  options_.requests_per_second = 1;
  start();
  FakeClient& client = connect();
  EXPECT_EQ(client.call(pull()).text, "a");
  EXPECT_EQ(client.call(pull()).code, busy);
  EXPECT_EQ(client.call(route_of("T")).code, 0);
  EXPECT_EQ(client.call(beat_of(consumer_of_t)).code, 0);
  for (const RequestCode code : {RequestCode::update_consumer_offset, RequestCode::end_transaction,
                                 RequestCode::ack_message, RequestCode::consumer_send_msg_back}) {
    EXPECT_EQ(client.call(command(code, {{"bname", "a"}})).code, 0) << static_cast<int>(code);
  }
}

TEST_F(FrontLimitsTest, lets_so_many_messages_a_second_to_a_topic) {
  options_.messages_per_second = 1;
  start();
  EXPECT_EQ(connect().call(send_to("T")).text, "a");
  const auto refused = connect().call(send_to("T"));
  EXPECT_EQ(refused.code, busy);
  EXPECT_THAT(refused.text, HasSubstr("topic T"));
  EXPECT_EQ(connect().call(send_to("A")).text, "a");
  EXPECT_EQ(connect().call(pull()).text, "a");
  EXPECT_THAT(metrics(), HasSubstr("rocketmq_proxy_throttled_total{reason=\"topic\"} 1\n"));
}

TEST_F(FrontLimitsTest, counts_each_message_of_a_batch) {
  options_.messages_per_second = 2;
  start();
  std::string body;
  for (int i = 0; i < 4; ++i) {
    protocol::append_batch_entry(body, {.body = "x"});
  }
  FakeClient& client = connect();
  EXPECT_EQ(client.call(send_to("T", body, RequestCode::send_batch_message)).text, "a");
  loop_.advance(1400ms);  // two were too many, and one must be there
  EXPECT_EQ(client.call(send_to("T")).code, busy);
  loop_.advance(200ms);
  EXPECT_EQ(client.call(send_to("T")).text, "a");
}

TEST_F(FrontLimitsTest, drops_what_wants_no_answer) {
  options_.messages_per_second = 1;
  start();
  FakeClient& client = connect();
  EXPECT_EQ(client.call(send_to("T")).text, "a");
  ASSERT_TRUE(client.channel->oneway(send_to("T")));
  loop_.run_ready();
  EXPECT_THAT(a_.heard, SizeIs(1));
}

}  // namespace
}  // namespace rocketmq::proxy
