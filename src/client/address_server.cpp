#include "client/address_server.h"

#include <algorithm>
#include <utility>

#include "net/address.h"
#include "protocol/str.h"

namespace rocketmq::client {

Result<HttpUrl> address_server_url(std::string_view address_server, std::string_view unit_name) {
  // Java: TopAddressing.fetchNSAddr.
  return parse_http_url(unit_name.empty() ? std::string(address_server)
                                          : str(address_server, '-', unit_name, "?nofix=1"));
}

Result<std::vector<std::string>> parse_name_server_list(std::string_view body) {
  // Java: TopAddressing.clearNewLine.
  body.remove_prefix(std::min(body.find_first_not_of(" \t\r\n"), body.size()));
  const auto addresses = net::parse_address_list(body.substr(0, body.find_first_of("\r\n")));
  if (!addresses) return addresses.error();
  std::vector<std::string> list;
  for (const net::Address& address : *addresses) list.push_back(to_string(address));
  return list;
}

AddressServer::AddressServer(net::Loop& loop, AddressServerOptions options, const Log& log,
                             OnList on_list)
    : loop_(loop), options_(std::move(options)), log_(log), on_list_(std::move(on_list)) {
  tasks_.start(refresh_again_and_again());
}

net::Task<> AddressServer::refresh_again_and_again() {
  while (true) {
    static_cast<void>(co_await refresh());
    co_await net::sleep_for(loop_, options_.interval);
  }
}

net::Task<Result<void>> AddressServer::refresh() {
  if (asking_ == nullptr) {
    asking_ = std::make_shared<Asking>();
    tasks_.start(ask(asking_));
  }
  const std::shared_ptr<Asking> asking = asking_;
  co_await asking->done.wait();
  co_return asking->result;
}

net::Task<> AddressServer::ask(std::shared_ptr<Asking> asking) {
  asking->result = take(co_await fetch());
  asking_ = nullptr;
  asking->done.set();
}

net::Task<Result<std::vector<std::string>>> AddressServer::fetch() {
  const auto body = co_await http_get(loop_, options_.url, options_.timeout);
  if (!body) co_return body.error();
  co_return parse_name_server_list(*body);
}

Result<void> AddressServer::take(Result<std::vector<std::string>> list) {
  if (list) {
    is_failing_ = false;
    on_list_(*std::move(list));
    return {};
  }
  Error error = std::move(list).error();
  error.message = str("address server ", options_.url.host, ':', options_.url.port,
                      options_.url.target, ": ", error.message);
  if (!std::exchange(is_failing_, true)) log_.warn(to_string(error));
  return error;
}

}  // namespace rocketmq::client
