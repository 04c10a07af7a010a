#pragma once

#include <rocketmq/admin.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/core.h"
#include "protocol/bodies/route_data.h"
#include "protocol/json_body.h"

namespace rocketmq {

namespace client {

// A master broker of a topic, or of a cluster.
struct MasterBroker {
  std::string name;
  std::string address;
};

// How the parts of Admin ask: one server after the other, for these are questions of people and
// scripts. Belongs to the loop. Texts and bodies given to it live until the answer.
class AdminCalls {
 public:
  explicit AdminCalls(Client::Core& core) : core_(core) {}

  Client::Core& core() { return core_; }
  net::Duration timeout() const { return core_.options().request_timeout; }

  // One request to one server. Errors name it.
  template <class Req>
  net::Task<Result<net::Answer<typename Req::Response>>> ask(std::string address, Req request,
                                                             std::string_view body = {}) {
    auto answer = co_await core_.pool().call(address, request, body, timeout());
    if (!answer) co_return at(address, std::move(answer).error());
    co_return answer;
  }
  // The same, for what its answer's body says.
  template <class Req>
  net::Task<Result<typename Req::ResponseBody>> ask_body(std::string address, Req request) {
    auto answer = co_await ask(address, request);
    if (!answer) co_return std::move(answer).error();
    auto body = read<typename Req::ResponseBody>(*answer);
    if (!body) co_return at(address, unreadable(body.error(), Outcome::unknown));
    co_return body;
  }
  template <class Req>
  net::Task<Result<typename Req::ResponseBody>> ask_name_server(Req request) {
    auto answer = co_await core_.call_name_server(request);
    if (!answer) co_return std::move(answer).error();
    auto body = read<typename Req::ResponseBody>(*answer);
    if (!body) co_return unreadable(body.error(), Outcome::not_sent);
    co_return body;
  }
  // All of these, one after the other; ends with the first that refuses.
  template <class Req>
  net::Task<Result<void>> tell(std::vector<std::string> addresses, Req request,
                               std::string_view body = {}) {
    for (const std::string& address : addresses) {
      auto done = co_await ask(address, request, body);
      if (!done) co_return std::move(done).error();
    }
    co_return Result<void>();
  }

  net::Task<Result<protocol::ClusterInfo>> cluster_info();
  // Of a cluster; empty: of the only one there is. An error where a broker has no master, for it
  // would be passed over.
  net::Task<Result<std::vector<MasterBroker>>> masters_of_cluster(std::string cluster);
  // The same as addresses; or just `broker_address` where that is given.
  net::Task<Result<std::vector<std::string>>> addresses(std::string cluster,
                                                        std::string broker_address);
  // Those that have queues of the topic. Errors: no_route.
  net::Task<Result<std::vector<MasterBroker>>> masters_of_topic(std::string topic);
  // By name, asked of the name servers. Errors: no_route.
  net::Task<Result<std::string>> address_of(std::string broker_name);

 private:
  static Error at(const std::string& address, Error error);
  // An answer whose body is not what it should be; what was asked for may have been done.
  static Error unreadable(const Error& error, Outcome outcome) {
    return {Errc::bad_message, error.message, outcome};
  }
  template <class Body, class Response>
  static Result<Body> read(const net::Answer<Response>& answer) {
    return protocol::from_json<Body>(answer.body, "an answer");
  }

  Client::Core& core_;
};

// Of a queue; as Admin::offset_at().
net::Task<Result<std::int64_t>> offset_at(AdminCalls& calls, MessageQueue queue, StartAt where);

inline Timestamp time_of(std::int64_t unix_ms) {
  return Timestamp(std::chrono::milliseconds(unix_ms < 0 ? 0 : unix_ms));
}

}  // namespace client

class Admin::Impl {
 public:
  explicit Impl(std::shared_ptr<Client::Core> core) : core_(std::move(core)), calls_(*core_) {}

  // Runs what `make` gives, on the loop, and waits for it.
  template <class T>
  Result<T> run(std::function<net::Task<Result<T>>(client::AdminCalls& calls)> make) {
    return core_->wait<T>([this, &make] { return make(calls_); });
  }
  Client::Core& core() { return *core_; }

 private:
  const std::shared_ptr<Client::Core> core_;
  client::AdminCalls calls_;
};

}  // namespace rocketmq
