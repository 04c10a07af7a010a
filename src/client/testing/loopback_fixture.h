#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "client/testing/scripted_broker.h"
#include "net/event_loop.h"

namespace rocketmq::client::testing {

// A name server and one broker "a" on a loop with a thread of its own, over loopback: for what
// takes real threads. Topic "T" has four queues. Clients of a test are its members, or in it, so
// that they go first.
template <class Broker>
class LoopbackFixture : public ::testing::Test {
 protected:
  LoopbackFixture() {
    loop.start();
    on_loop([this] {
      names.emplace(loop, "127.0.0.1:0");
      broker.emplace(loop, "a", "127.0.0.1:0");
      names->set_route("T", route_over({&*broker}, 4));
    });
  }
  ~LoopbackFixture() override {
    on_loop([this] {
      broker.reset();
      names.reset();
    });
  }

  template <class Function>
  void on_loop(Function function) {
    net::run_in(loop, function);
  }
  ClientOptions client_options() const { return {.name_servers = names->address()}; }

  net::EventLoop loop;
  std::optional<ScriptedNameServer> names;
  std::optional<Broker> broker;
};

}  // namespace rocketmq::client::testing
