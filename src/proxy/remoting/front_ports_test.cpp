#include "proxy/remoting/front.h"
#include "proxy/remoting/front_rig.h"

namespace rocketmq::proxy {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class FrontWithPortsTest : public FrontTest {
 protected:
  static protocol::Command old_route(std::string_view topic) {
    protocol::Command request = route_of(topic);
    request.version = protocol::version_ordinal(4, 3, 0);
    return request;
  }
};

TEST_F(FrontWithPortsTest, gives_each_broker_a_port_where_clients_name_none) {
  start();
  FakeClient& client = connect();
  const auto got = client.call(old_route("T"));
  EXPECT_THAT(got.text, HasSubstr(R"({0:"proxy:8100"},"brokerName":"a")"));
  EXPECT_THAT(got.text, HasSubstr(R"({0:"proxy:8101"},"brokerName":"b")"));
  EXPECT_EQ(saved_, R"({"a:0":8100,"b:0":8101})");
  const protocol::Command nameless = command(RequestCode::get_max_offset, {{"topic", "T"}});
  EXPECT_EQ(connect("proxy:8100").call(nameless).text, "a");
  EXPECT_EQ(connect("proxy:8101").call(nameless).text, "b");
}

TEST_F(FrontWithPortsTest, tells_only_the_broker_of_the_port_that_a_client_is_there) {
  options_.addressing = Addressing::ports;
  start();
  connect().call(route_of("T"));
  FakeClient& at_b = connect("proxy:8101");
  EXPECT_EQ(at_b.call(beat_of(consumer_of_t)).text, "b");
  EXPECT_THAT(a_.heard, IsEmpty());
  EXPECT_EQ(
      at_b.call(command(RequestCode::get_consumer_list_by_group, {{"consumerGroup", "g"}})).text,
      "b");
  EXPECT_EQ(at_b.call(command(RequestCode::lock_batch_mq, {}, "{}")).text, "b");
}

TEST_F(FrontWithPortsTest, leaves_the_suggested_slave_in_the_answer_to_a_pull) {
  options_.addressing = Addressing::ports;
  start();
  connect().call(route_of("A"));
  a_.answer(RequestCode::pull_message, command(RequestCode{}, {{"suggestWhichBrokerId", "1"}}));
  const auto got = connect("proxy:8100").call(command(RequestCode::pull_message, {{"topic", "A"}}));
  EXPECT_EQ(field(**got.command, "suggestWhichBrokerId"), "1");
}

TEST_F(FrontWithPortsTest, listens_on_known_ports_from_the_start) {
  options_.addressing = Addressing::ports;
  ASSERT_TRUE(ports_.load(R"({"b:0":8100})"));
  start();
  EXPECT_EQ(connect("proxy:8100").call(command(RequestCode::get_max_offset)).text, "b");
}

TEST_F(FrontWithPortsTest, hides_brokers_that_no_port_is_left_for) {
  options_.addressing = Addressing::ports;
  ports_ = Ports(8100, 1);
  start();
  const auto got = connect().call(route_of("T"));
  EXPECT_THAT(got.text, HasSubstr(R"("brokerAddrs":{},"brokerName":"b")"));
  ASSERT_THAT(log_, SizeIs(1));
  EXPECT_THAT(log_[0], HasSubstr("portsCount"));
}

}  // namespace
}  // namespace rocketmq::proxy
