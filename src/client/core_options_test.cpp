#include "client/core_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "protocol/requests/offset.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string refusal(const ClientOptions& options) {
  const auto checked = check_options(options);
  return checked ? "" : checked.error().message;
}

TEST(CheckOptions, refuses_what_contradicts_itself) {
  EXPECT_THAT(refusal({.name_servers = "a:1", .address_server = "http://b/"}),
              HasSubstr("address_server"));
  EXPECT_THAT(refusal({.ns = "a", .ns_v2 = "b"}), HasSubstr("ns_v2"));
  EXPECT_THAT(refusal({.ns = "a b"}), HasSubstr("namespace"));
  EXPECT_THAT(refusal({.tls = {.reload_interval = -1ms}}), HasSubstr("reload_interval"));
  EXPECT_EQ(refusal({.tls = {.reload_interval = 0ms}}), "");
}

TEST(ClientId, has_the_address_the_instance_and_the_unit) {
  EXPECT_THAT(make_client_id({.instance_name = "one"}), EndsWith("@one"));
  EXPECT_THAT(make_client_id({.instance_name = "one", .unit_name = "sh"}), EndsWith("@one@sh"));
  const std::string process = "@" + std::to_string(getpid()) + "#";
  EXPECT_THAT(make_client_id({}), HasSubstr(process));
  EXPECT_THAT(make_client_id({.unit_name = "sh"}), EndsWith("@sh"));
  EXPECT_NE(make_client_id({}), make_client_id({}));
}

TEST(NameServerList, is_what_follows_the_last_slash_of_an_endpoint) {
  EXPECT_THAT(name_server_list({.name_servers = "a:1;[::1]:2"}).value(),
              ElementsAre("a:1", "[::1]:2"));
  EXPECT_THAT(name_server_list({.name_servers = "http://MQ_INST_1_x.example:80"}).value(),
              ElementsAre("MQ_INST_1_x.example:80"));
  EXPECT_THAT(name_server_list({.address_server = "http://a/"}).value(), IsEmpty());
}

TEST(Namespace, is_told_by_the_options_or_by_the_endpoint) {
  EXPECT_EQ(namespace_of({.ns = "tenant"}), "tenant");
  EXPECT_EQ(namespace_of({.name_servers = "http://MQ_INST_1_x.example:80"}), "MQ_INST_1_x");
  EXPECT_EQ(namespace_of({.name_servers = "MQ_INST_1_x.example:80"}), "MQ_INST_1_x");
  EXPECT_EQ(namespace_of({.name_servers = "MQ_INST_1_x.example:80", .ns = "tenant"}), "tenant");
  EXPECT_EQ(namespace_of({.name_servers = "MQ_INST_1_x.example:80", .ns_v2 = "tenant"}), "");
  for (const char* const plain : {"MQ_INST_1.example:80", "MQ_INST_1_x:80", "10.0.0.9:9876", ""}) {
    EXPECT_EQ(namespace_of({.name_servers = plain}), "") << plain;
  }
}

// "name=value" of what the hook adds to a request with one field.
std::vector<std::string> added(const ClientOptions& options) {
  net::OutgoingRequest request(1, "body");
  request.add("topic", "T");
  request_hook(options)(request);
  std::vector<std::string> fields;
  for (const protocol::Field& field : request.fields().subspan(1)) {
    fields.push_back(std::string(field.name) + "=" + std::string(field.value));
  }
  return fields;
}

TEST(PoolOptions, bears_with_a_silent_server_for_a_second_at_the_least) {
  EXPECT_EQ(pool_options({.request_timeout = 50ms}, 1).channel.silence_max, 1s);
  EXPECT_EQ(pool_options({.request_timeout = 5s}, 1).channel.silence_max, 5s);
}

TEST(RequestHook, is_not_there_where_nothing_is_to_be_added) {
  EXPECT_FALSE(request_hook({}));
  EXPECT_FALSE(request_hook({.ns = "wrapped, not added"}));
}

TEST(RequestHook, adds_the_namespace_before_it_signs) {
  EXPECT_THAT(added({.ns_v2 = "tenant"}), ElementsAre("nsd=true", "ns=tenant"));
  const Credentials who{"access", "secret"};
  const auto plain = added({.credentials = who});
  const auto both = added({.credentials = who, .ns_v2 = "tenant"});
  ASSERT_THAT(both, ElementsAre("nsd=true", "ns=tenant", "AccessKey=access",
                                ::testing::StartsWith("Signature=")));
  EXPECT_NE(plain.back(), both.back()) << "what is not signed may be changed on the way";
}

}  // namespace
}  // namespace rocketmq::client
