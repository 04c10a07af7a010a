#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/core.h"
#include "client/testing/scripted_broker.h"
#include "net/testing.h"

namespace rocketmq::client::testing {

// One name server, two brokers "a" and "b", and a client, in one thread and in virtual time. Topic
// "T" has two queues on each broker.
class ClientFixture : public ::testing::Test {
 protected:
  ClientFixture() { names.set_route("T", route_over({&a, &b}, 2)); }

  std::shared_ptr<Client::Core> make_core(ClientOptions options = {}) {
    if (options.name_servers.empty()) options.name_servers = names.address();
    return Client::Core::create_on(loop, std::move(options));
  }

  net::SimLoop loop;
  ScriptedNameServer names{loop, "names:9876"};
  ScriptedBroker a{loop, "a", "a:10911"};
  ScriptedBroker b{loop, "b", "b:10911"};
};

}  // namespace rocketmq::client::testing
