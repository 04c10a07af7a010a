#include "proxy/remoting/locks.h"

#include <gmock/gmock.h>

#include "protocol/bodies/client_data.h"

namespace rocketmq::proxy {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Locks, are_split_by_broker) {
  const auto bodies = split_locks(
      R"({"clientId":"c","consumerGroup":"g","mqSet":[{"brokerName":"a","queueId":0,"topic":"T"},)"
      R"({"brokerName":"b","queueId":1,"topic":"T"},{"brokerName":"a","queueId":2,"topic":"T"}]})");
  EXPECT_THAT(
      bodies.value(),
      ElementsAre(
          Pair("a", R"({"clientId":"c","consumerGroup":"g","mqSet":[{"brokerName":"a","queueId":0,)"
                    R"("topic":"T"},{"brokerName":"a","queueId":2,"topic":"T"}]})"),
          Pair("b", R"({"clientId":"c","consumerGroup":"g","mqSet":[{"brokerName":"b","queueId":1,)"
                    R"("topic":"T"}]})")));
}

TEST(Locks, of_one_broker_stay_as_they_are_signed) {
  const std::string body = R"({ "mqSet":[{"queueId":0,"brokerName":"a"}], "tomorrow":1 })";
  EXPECT_THAT(split_locks(body).value(), ElementsAre(Pair("a", body)));
}

TEST(Locks, that_cannot_be_read_are_refused) {
  EXPECT_FALSE(split_locks("{"));
  EXPECT_TRUE(split_locks("{}").value().empty());
}

TEST(Locks, granted_by_several_brokers_become_one_answer) {
  EXPECT_EQ(
      merge_locks({R"({"lockOKMQSet":[{"brokerName":"a","queueId":0,"topic":"T"}]})", "broken",
                   R"({"lockOKMQSet":[{"brokerName":"b","queueId":1,"topic":"T"}]})"}),
      R"({"lockOKMQSet":[{"brokerName":"a","queueId":0,"topic":"T"},)"
      R"({"brokerName":"b","queueId":1,"topic":"T"}]})");
}

}  // namespace
}  // namespace rocketmq::proxy
