#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/producer_impl.h"
#include "client/testing/scripted_send_broker.h"
#include "net/testing.h"
#include "protocol/properties.h"

namespace rocketmq::client::testing {

// One name server, two brokers "a" and "b" that take every kind of send, and a producer's inside,
// in one thread and in virtual time. Topic "T" has two queues on each broker.
class ProducerFixture : public ::testing::Test {
 protected:
  using ImplPtr = std::shared_ptr<Producer::Impl>;

  ProducerFixture() {
    names.set_route("T", route_over({&a, &b}, 2));
    core = Client::Core::create_on(loop, {.name_servers = names.address()});
  }

  static Message hello(std::string body = "hello") {
    return {.topic = "T", .body = std::move(body)};
  }
  ImplPtr make(ProducerOptions options = {}) {
    options.group = "g";
    return Producer::Impl::create(core, std::move(options)).value();
  }

  // A send whose end has not come yet.
  struct Sending {
    std::vector<Result<SendReceipt>> results;
    bool is_done() const { return !results.empty(); }
    const Error& error() const { return results.at(0).error(); }
    SendCallback callback() {
      return [this](Result<SendReceipt> result) { results.push_back(std::move(result)); };
    }
  };
  std::shared_ptr<Sending> start(Producer::Impl& producer, const Message& message,
                                 const SendCall& call = {}) {
    sendings.push_back(std::make_shared<Sending>());
    producer.send_async(message, sendings.back()->callback(), call);
    return sendings.back();
  }
  Result<SendReceipt> end_of(const Sending& sending) {
    if (!loop.run_until([&] { return sending.is_done(); })) std::terminate();
    return sending.results.at(0);
  }
  Result<SendReceipt> send(Producer::Impl& producer, const Message& message,
                           const SendCall& call = {}) {
    return end_of(*start(producer, message, call));
  }
  Result<SendReceipt> send_batch(Producer::Impl& producer, const std::vector<Message>& messages,
                                 const SendOptions& options = {}) {
    sendings.push_back(std::make_shared<Sending>());
    producer.send_batch_async({messages.data(), messages.size()}, options,
                              sendings.back()->callback());
    return end_of(*sendings.back());
  }

  // All that both brokers were sent, in no order.
  std::vector<ScriptedBroker::Stored> stored() const {
    std::vector<ScriptedBroker::Stored> all = a.stored();
    all.insert(all.end(), b.stored().begin(), b.stored().end());
    return all;
  }
  int received(RequestCode code) const { return a.received(code) + b.received(code); }
  static std::string property(const ScriptedBroker::Stored& message, std::string_view name) {
    return std::string(protocol::find_property(message.properties, name).value_or(""));
  }

  net::SimLoop loop;
  ScriptedNameServer names{loop, "names:9876"};
  ScriptedSendBroker a{loop, "a", "a:10911"};
  ScriptedSendBroker b{loop, "b", "b:10911"};
  std::shared_ptr<Client::Core> core;
  std::vector<std::shared_ptr<Sending>> sendings;
};

}  // namespace rocketmq::client::testing
