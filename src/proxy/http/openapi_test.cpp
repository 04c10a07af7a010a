#include "proxy/http/openapi.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "protocol/str.h"
#include "proxy/http/json.h"
#include "proxy/http/resource.h"

namespace rocketmq::gateway {
namespace {

TEST(OpenApi, says_what_is_served_and_nothing_else) {
  const Json document = Json::parse(openapi_document(), nullptr, false);
  ASSERT_FALSE(document.is_discarded());
  std::set<std::string> said;
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      if (method == "parameters") continue;
      std::string name(method);
      std::ranges::transform(name, name.begin(), [](char c) { return static_cast<char>(c - 32); });
      said.insert(str(name, ' ', path));
    }
  }
  std::set<std::string> served;
  for (const Route& route : routes()) served.insert(str(route.method, ' ', route.pattern));
  EXPECT_EQ(said, served);
}

}  // namespace
}  // namespace rocketmq::gateway
