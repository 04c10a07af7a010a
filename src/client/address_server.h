#pragma once

#include <rocketmq/result.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/http_get.h"
#include "client/log.h"
#include "net/loop.h"
#include "net/task.h"
#include "net/task_set.h"
#include "net/wait.h"

namespace rocketmq::client {

struct AddressServerOptions {
  HttpUrl url;
  net::Duration interval = std::chrono::seconds(120);
  net::Duration timeout = std::chrono::seconds(3);
};

// What `address_server` and `unit_name` of ClientOptions mean. Errors: invalid_argument.
Result<HttpUrl> address_server_url(std::string_view address_server, std::string_view unit_name);

// The name servers that an address server names: "host:port;host:port" on the first line of its
// body. Errors: invalid_argument.
Result<std::vector<std::string>> parse_name_server_list(std::string_view body);

// Asks an address server for the name servers, at once, every so often, and whenever somebody wants
// to know. Belongs to the loop. Java: TopAddressing, MQClientAPIImpl.fetchNameServerAddr.
class AddressServer {
 public:
  using OnList = std::function<void(std::vector<std::string>)>;

  // `on_list` is told what each answer says; a failure tells it nothing, so that the old list
  // stays.
  AddressServer(net::Loop& loop, AddressServerOptions options, const Log& log, OnList on_list);

  // Asks, or waits for the question under way. Errors: those of http_get(), invalid_argument for a
  // body that is no list.
  net::Task<Result<void>> refresh();

 private:
  struct Asking {
    net::Event done;
    Result<void> result;
  };

  net::Task<> refresh_again_and_again();
  net::Task<> ask(std::shared_ptr<Asking> asking);
  net::Task<Result<std::vector<std::string>>> fetch();
  Result<void> take(Result<std::vector<std::string>> list);

  net::Loop& loop_;
  const AddressServerOptions options_;
  const Log& log_;
  const OnList on_list_;
  std::shared_ptr<Asking> asking_;
  bool is_failing_ = false;  // and that was logged
  net::TaskSet tasks_;
};

}  // namespace rocketmq::client
