#include "proxy/remoting/upstreams.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "net/wait.h"
#include "protocol/requests/pull.h"
#include "protocol/str.h"
#include "proxy/remoting/command_call.h"
#include "proxy/remoting/forward.h"

namespace rocketmq::proxy {
namespace {

using protocol::Command;

std::int64_t milliseconds(net::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

constexpr std::string_view suggestion = "suggestWhichBrokerId";

bool suggests_slave(const Command& answer) {
  const std::string_view* const id = protocol::find_field(answer.fields, suggestion);
  return id != nullptr && *id != "0";
}

Command without_suggestion(const Command& answer) {
  Command changed = answer;
  for (protocol::Field& field : changed.fields) {
    if (field.name == suggestion) field.value = "0";
  }
  return changed;
}

}  // namespace

// A request that was passed on, in either direction: to the broker at `address`, or, where that is
// empty, to the client. In the list of `upstreams` until it is answered.
class Upstreams::Relay final : public protocol::PendingCall {
 public:
  Relay(Upstreams& upstreams, std::string address, net::Responder responder, std::int32_t code)
      : upstreams_(upstreams),
        address_(std::move(address)),
        responder_(std::move(responder)),
        code_(code) {}

  void answered(protocol::Incoming& incoming) override {
    pass_on(incoming);
    end();
  }
  void failed(const Error& error) override {
    responder_.fail(upstreams_.refusal(address_, error));
    end();
  }

  std::list<Relay>::iterator self;

 private:
  void end() { upstreams_.relays_.erase(self); }
  void pass_on(const protocol::Incoming& incoming) {
    const Command& answer = incoming.command();
    if (answer.code == static_cast<std::int32_t>(ResponseCode::go_away)) {
      // It means our connection, not the client's.
      return responder_.fail(Error{ResponseCode::service_not_available,
                                   str("broker ", address_, " is about to stop")});
    }
    if (is_pull(code_) && !upstreams_.slaves_have_addresses_ && suggests_slave(answer)) {
      return responder_.forward(without_suggestion(answer));
    }
    responder_.forward(answer, incoming.header());
  }

  Upstreams& upstreams_;
  const std::string address_;
  net::Responder responder_;
  const std::int32_t code_;
};

struct Upstreams::Round {
  Answers answers;
  std::size_t left = 0;
  net::Event done;
};

Upstreams::Upstreams(net::Loop& loop, const FrontOptions& options, net::ChannelHandle client,
                     bool slaves_have_addresses, net::ChannelPool* shared)
    : loop_(loop),
      options_(options),
      client_(std::move(client)),
      slaves_have_addresses_(slaves_have_addresses),
      shared_(shared) {
  pushes_.on_any_other([this](net::RequestContext& request) { push(request); });
  pool_ = std::make_unique<net::ChannelPool>(loop, options.upstream, &pushes_);
  pool_->on_opened = [this](const std::string& address) {
    open_.insert(address);
    if (on_opened) on_opened(*pool_->find(address));
  };
  pool_->on_closed = [this](const std::string& address, const Error&) {
    open_.erase(address);
    if (on_lost) on_lost();
  };
}

Upstreams::~Upstreams() = default;

std::size_t Upstreams::in_flight() const { return relays_.size() + tasks_.size(); }

// ---- to brokers

void Upstreams::relay(const std::string& address, const Command& command, net::Responder responder,
                      std::string_view header) {
  net::ChannelPool& pool = pool_for(address, command.code);
  if (net::Channel* const upstream = pool.find(address)) {
    if (&pool == shared_ && upstream->pending_output() > options_.shared.backlog_bytes_max) {
      const Error busy{Errc::overloaded, str("broker ", address, " takes no more for now")};
      return responder.fail(busy);
    }
    return send(*upstream, address, command, std::move(responder), timeout_of(command), header);
  }
  tasks_.start(connect_and_relay(pool, address, std::make_shared<KeptCommand>(command),
                                 std::move(responder)));
}

net::ChannelPool& Upstreams::pool_for(const std::string& address, std::int32_t code) {
  const bool is_shared =
      shared_ != nullptr && is_forgotten(code) && pool_->find(address) == nullptr;
  return is_shared ? *shared_ : *pool_;
}

net::Task<> Upstreams::connect_and_relay(net::ChannelPool& pool, std::string address,
                                         SharedCommand command, net::Responder responder) {
  const net::TimePoint deadline = loop_.now() + timeout_of(**command);
  const auto connected = co_await pool.get(address, timeout_of(**command));
  if (!connected) co_return responder.fail(refusal(address, connected.error()));
  net::Channel* const upstream = connected->get();
  if (upstream == nullptr) {
    const Error lost{Errc::not_connected, "the connection was lost"};
    co_return responder.fail(refusal(address, lost));
  }
  send(*upstream, address, **command, std::move(responder), deadline - loop_.now());
}

void Upstreams::send(net::Channel& channel, const std::string& address, const Command& command,
                     net::Responder responder, net::Duration timeout, std::string_view header) {
  if (command.is_oneway()) return static_cast<void>(channel.oneway(command, header));
  Relay& relay = relays_.emplace_back(*this, address, std::move(responder), command.code);
  relay.self = std::prev(relays_.end());
  if (auto sent = channel.send(relay, command, timeout, header); !sent) relay.failed(sent.error());
}

net::Task<Result<KeptCommand>> Upstreams::ask(std::string address, SharedCommand command) {
  const net::TimePoint deadline = loop_.now() + timeout_of(**command);
  const auto connected = co_await pool_->get(address, timeout_of(**command));
  if (!connected) co_return refusal(address, connected.error());
  net::Channel* const upstream = connected->get();
  if (upstream == nullptr) {
    const Error lost{Errc::not_connected, "the connection was lost"};
    co_return refusal(address, lost);
  }
  auto answer = co_await CommandCall(*upstream, **command, deadline - loop_.now());
  if (!answer) co_return refusal(address, answer.error());
  co_return answer;
}

net::Task<Upstreams::Answers> Upstreams::ask_all(std::map<std::string, SharedCommand> by_address) {
  const auto round = std::make_shared<Round>();
  round->left = by_address.size();
  for (const auto& [address, command] : by_address) {
    tasks_.start(ask_for(round, address, command));
  }
  if (round->left > 0) co_await round->done.wait();
  co_return std::move(round->answers);
}

net::Task<> Upstreams::ask_for(std::shared_ptr<Round> round, std::string address,
                               SharedCommand command) {
  auto answer = co_await ask(std::move(address), std::move(command));
  if (answer) {
    round->answers.came.push_back(*std::move(answer));
  } else {
    round->answers.last_error = std::move(answer).error();
  }
  if (--round->left == 0) round->done.set();
}

net::Duration Upstreams::timeout_of(const Command& command) const {
  const std::chrono::milliseconds held(
      std::min(held_for_ms(command), milliseconds(options_.held_max)));
  if (held.count() > 0) return held + options_.held_margin;
  const bool is_program = rule_of(command.code).access == Access::client;
  return is_program ? options_.request_timeout : options_.admin_timeout;
}

Error Upstreams::refusal(const std::string& address, const Error& error) {
  if (error.code == Errc::overloaded || error.code == Errc::too_large) return error;
  if (address.empty()) return {ResponseCode::system_error, str("the client: ", error.message)};
  if (on_lost) on_lost();
  const std::string what = str("broker ", address, ": ", error.message);
  const bool is_harmless = error.outcome == Outcome::not_sent;
  return {is_harmless ? ResponseCode::service_not_available : ResponseCode::system_error, what};
}

// ---- from brokers

void Upstreams::push(net::RequestContext& request) {
  net::Channel* const client = client_.get();
  if (client == nullptr) return request.responder.fail(Error{Errc::not_connected, "it is gone"});
  if (on_push) {
    for (const std::string& address : open_) {
      if (pool_->find(address) == &request.channel) on_push(address, request.command);
    }
  }
  send(*client, "", request.command, std::move(request.responder), options_.push_timeout,
       request.header);
}

}  // namespace rocketmq::proxy
