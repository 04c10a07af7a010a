#include "proxy/remoting/route_rewrite.h"

#include <gtest/gtest.h>
#include <rocketmq/request_code.h>

namespace rocketmq::proxy {
namespace {

std::string ours(const std::string& name, std::int64_t id) {
  return name == "hidden" ? "" : "proxy:" + name + ":" + std::to_string(id);
}

TEST(RouteRewrite, replaces_addresses_and_keeps_the_rest) {
  protocol::TopicRouteData route;
  route.broker_datas = {{{{0, "10.0.0.1:10911"}, {1, "10.0.0.2:10911"}}, "a", "C"}};
  route.queue_datas = {{"a", 6, 8, 0, 4}};
  route.order_topic_conf = "a:8";
  protocol::TopicRouteData expected = route;
  expected.broker_datas[0].broker_addrs = {{0, "proxy:a:0"}, {1, "proxy:a:1"}};
  rewrite(route, ours);
  EXPECT_EQ(route, expected);
}

TEST(RouteRewrite, leaves_out_who_cannot_be_reached) {
  protocol::TopicRouteData route;
  route.broker_datas = {{{{0, "10.0.0.1:10911"}}, "hidden", "C"}};
  rewrite(route, ours);
  EXPECT_TRUE(route.broker_datas[0].broker_addrs.empty());
}

TEST(RouteRewrite, rewrites_the_cluster) {
  const auto body = rewrite_body(
      static_cast<int>(RequestCode::get_broker_cluster_info),
      R"({"brokerAddrTable":{"a":{"brokerAddrs":{0:"10.0.0.1:10911"},"brokerName":"a","cluster":"C"}},)"
      R"("clusterAddrTable":{"C":["a"]}})",
      ours);
  EXPECT_EQ(
      body.value(),
      R"({"brokerAddrTable":{"a":{"brokerAddrs":{0:"proxy:a:0"},"brokerName":"a","cluster":"C",)"
      R"("enableActingMaster":false}},"clusterAddrTable":{"C":["a"]}})");
}

TEST(RouteRewrite, rewrites_members_and_hides_addresses_of_lists) {
  EXPECT_EQ(
      rewrite_body(
          static_cast<int>(RequestCode::get_broker_member_group),
          R"({"brokerMemberGroup":{"brokerAddrs":{1:"x:1"},"brokerName":"a","cluster":"C"}})", ours)
          .value(),
      R"({"brokerMemberGroup":{"brokerAddrs":{1:"proxy:a:1"},"brokerName":"a","cluster":"C"}})");
  EXPECT_EQ(rewrite_body(static_cast<int>(RequestCode::get_system_topic_list_from_ns),
                         R"({"brokerAddr":"10.0.0.1:10911","topicList":["T"]})", ours)
                .value(),
            R"({"topicList":["T"]})");
}

TEST(RouteRewrite, passes_on_bodies_without_addresses_and_refuses_broken_ones) {
  EXPECT_EQ(rewrite_body(206, "anything", ours).value(), "anything");
  EXPECT_EQ(rewrite_body(106, "{", ours).error().code, Errc::bad_message);
}

TEST(RouteRewrite, writes_standard_json_for_who_wants_it) {
  protocol::Command request;
  request.version = protocol::version_ordinal(4, 9, 4);
  EXPECT_TRUE(wants_standard_json(request));
  request.version = protocol::version_ordinal(4, 9, 3);
  EXPECT_FALSE(wants_standard_json(request));
  request.fields = {{"acceptStandardJsonOnly", "true"}};
  EXPECT_TRUE(wants_standard_json(request));
}

}  // namespace
}  // namespace rocketmq::proxy
