#pragma once

#include <gtest/gtest.h>
#include <rocketmq/testing/embedded_broker.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "net/event_loop.h"
#include "protocol/str.h"
#include "proxy/http/gateway.h"
#include "proxy/http/testing_client.h"

namespace rocketmq::gateway {

// A gateway, and a real broker behind it.
class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest() {
    loop_.start();
    EXPECT_TRUE(broker_.create_topic("orders", 2));
    options_.cluster.name_servers = broker_.name_server();
  }

  // The gateway is made with the first request.
  TestClient& client() {
    if (!gateway_) {
      gateway_.emplace(loop_, options_);
      address_ = gateway_->listen("127.0.0.1:0").value();
      client_.emplace(address_);
    }
    return *client_;
  }
  Answered get(std::string_view target) { return client().say("GET", target, {}, {}); }
  Answered post(std::string_view target, std::string_view body = {}) {
    return client().say("POST", target, body);
  }
  void send(std::string_view body) {
    EXPECT_EQ(post("/v1/topics/orders/messages", str(R"({"body":")", body, R"("})")).status, 200);
  }
  // Waits for messages, then gives all that came: {"messages":[…]}.
  Json receive(std::string_view more = R"("wait":"5s")") {
    const Answered got = post("/v1/groups/g/messages:receive",
                              str(R"({"topic":"orders","from":"earliest",)", more, "}"));
    EXPECT_EQ(got.status, 200) << got.body;
    return got.json()["messages"];
  }

  rocketmq::testing::EmbeddedBroker broker_{{.settings = {{"recallMessageEnable", "true"},
                                                          {"transactionTimeOut", "1000"},
                                                          {"transactionCheckInterval", "500"}}}};
  net::EventLoop loop_;
  GatewayOptions options_;
  std::optional<Gateway> gateway_;
  std::string address_;
  std::optional<TestClient> client_;
};

}  // namespace rocketmq::gateway
