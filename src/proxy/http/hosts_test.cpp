#include "proxy/http/hosts.h"

#include <gmock/gmock.h>

namespace rocketmq::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

net::HttpRequest asking(std::string host) { return {.headers = {{"Host", std::move(host)}}}; }

TEST(Hosts, lets_in_who_asks_for_this_machine_or_an_address) {
  const Hosts hosts({});
  for (const char* host : {"localhost", "LocalHost:8082", "localhost.", "127.0.0.1:8082", "[::1]",
                           "[::1]:8082", "10.0.0.7:80"}) {
    EXPECT_THAT(hosts.refusal(asking(host)), IsEmpty()) << host;
  }
  EXPECT_THAT(hosts.refusal({}), IsEmpty());
}

TEST(Hosts, keeps_out_who_asks_for_a_name_that_is_not_ours) {
  const Hosts hosts({"mq.example"});
  for (const char* host : {"evil.example", "evil.example:8082", "mq.example.evil.example",
                           "127.0.0.1.evil.example:8082", "localhost.evil.example", "a:b:c", "[",
                           "[evil.example]:1", ""}) {
    EXPECT_THAT(hosts.refusal(asking(host)), HasSubstr("httpHosts")) << host;
  }
}

TEST(Hosts, lets_in_by_the_names_it_has) {
  EXPECT_THAT(Hosts({"mq.example"}).refusal(asking("MQ.example:8082")), IsEmpty());
  EXPECT_THAT(Hosts({"*"}).refusal(asking("evil.example")), IsEmpty());
}

}  // namespace
}  // namespace rocketmq::gateway
