#include "proxy/remoting/session.h"

#include <rocketmq/request_code.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "net/wait.h"
#include "protocol/requests/client_session.h"
#include "protocol/str.h"
#include "proxy/remoting/forward.h"
#include "proxy/remoting/locks.h"

namespace rocketmq::proxy {
namespace {

using protocol::Command;

void succeed(net::Responder& responder, std::string_view body = {}) {
  responder.reply(protocol::NoFields{}, body);
}

// The first good answer; else the last refusal; else why there is none.
void forward_best(const Upstreams::Answers& answers, net::Responder& responder) {
  for (const KeptCommand& answer : answers.came) {
    if (answer->code == 0) return responder.forward(*answer);
  }
  if (!answers.came.empty()) return responder.forward(*answers.came.back());
  responder.fail(answers.last_error);
}

std::map<std::string, SharedCommand> same_for_all(const std::set<std::string>& addresses,
                                                  const SharedCommand& command) {
  std::map<std::string, SharedCommand> by_address;
  for (const std::string& address : addresses) by_address.emplace(address, command);
  return by_address;
}

std::string fields_text(const Command& command) {
  std::string text;
  for (const protocol::Field& field : command.fields)
    text += str(field.name, '=', field.value, '\0');
  return text;
}

std::optional<BrokerId> copied(const BrokerId* broker) {
  return broker == nullptr ? std::nullopt : std::optional(*broker);
}

}  // namespace

Session::Session(SessionContext& context, net::Channel& client)
    : context_(context),
      client_(client.handle()),
      broker_(copied(context.broker_of(client.local()))),
      checks_(context.options.checks_max),
      queries_(context.options.queries_max),
      upstreams_(context.loop, context.options, client.handle(), broker_.has_value(),
                 context.shared.next()) {
  // A broker must know the client before it is asked for anything: it filters by what the heartbeat
  // says, and looks for the client in its groups.
  upstreams_.on_opened = [this](net::Channel& upstream) {
    if (heartbeat_.command() == nullptr) return;
    upstream.call(**heartbeat_.command(), context_.options.request_timeout, [](const auto&) {});
  };
  upstreams_.on_push = [this](const std::string& address, const Command& command) {
    if (command.code == static_cast<std::int32_t>(RequestCode::check_transaction_state)) {
      remember_check(address, command);
    }
  };
  upstreams_.on_lost = [this] { context_.cluster.doubt(); };
}

Session::~Session() = default;

void Session::handle(net::RequestContext& request) {
  const Command& command = request.command;
  if (in_flight() >= context_.options.in_flight_max) {
    ++context_.counts.throttled_in_flight;
    return request.responder.fail(Error{
        Errc::overloaded,
        str(context_.options.in_flight_max, " requests of this client are under way already")});
  }
  if (auto may = check_access(command.code, context_.options.admin); !may) {
    ++context_.counts.denied;
    return request.responder.fail(may.error());
  }
  if (held_for_ms(command) > 0) request.responder.note_held();
  switch (rule_of(command.code).way) {
    case Way::broker:
      return to_broker(request);
    case Way::route:
      return route(request);
    case Way::name_server:
      return start(request, &Session::ask_name_server);
    case Way::heartbeat:
      return heartbeat(request);
    default:
      break;
  }
  if (rule_of(command.code).way == Way::unregister) {
    heartbeat_.forget();  // the client's next one says what is left
    seats_.clear();
    return start(request, &Session::unregister);
  }
  if (broker_) return to_broker(request);  // the port says which, whatever it is
  switch (rule_of(command.code).way) {
    case Way::topic_broker:
      return start(request, &Session::to_broker_of_topic);
    case Way::group_broker:
      return start(request, &Session::to_broker_of_group);
    case Way::topic_brokers:
      return start(request, &Session::query);
    case Way::locks:
      return start(request, &Session::lock);
    default:
      return;  // all others were above
  }
}

void Session::start(net::RequestContext& request,
                    Task (Session::*task)(SharedCommand, net::Responder)) {
  tasks_.start(
      (this->*task)(std::make_shared<KeptCommand>(request.command), std::move(request.responder)));
}

// ---- to one broker

const std::string* Session::address_now(const Command& command) const {
  const std::string name = broker_name_of(command);
  if (!name.empty() && !(broker_ && broker_->name == name)) {
    return context_.cluster.find_broker(name);
  }
  if (broker_) return context_.cluster.find_broker(broker_->name, broker_->id);
  return checks_.find(transaction_of(command));
}

void Session::to_broker(net::RequestContext& request) {
  if (upstreams_.is_sharing() && makes_brokers_ask(request.command)) {
    return start(request, &Session::register_and_relay);
  }
  if (const std::string* const address = address_now(request.command)) {
    return upstreams_.relay(*address, request.command, std::move(request.responder),
                            request.header);
  }
  start(request, &Session::find_and_relay);
}

net::Task<Result<std::string>> Session::address_later(SharedCommand command) {
  if (const std::string* const address = address_now(**command)) co_return *address;
  const std::string name = broker_name_of(**command);
  if (!name.empty() && !(broker_ && broker_->name == name)) {
    co_return co_await context_.cluster.broker(name);
  }
  if (broker_) co_return co_await context_.cluster.broker(broker_->name, broker_->id);
  co_return co_await context_.cluster.only_broker(std::string(topic_of(**command)));
}

Session::Task Session::find_and_relay(SharedCommand command, net::Responder responder) {
  const auto address = co_await address_later(command);
  if (!address) co_return responder.fail(address.error());
  upstreams_.relay(*address, **command, std::move(responder));
}

// Once per client: from now on brokers know it as if nothing were shared.
Session::Task Session::register_and_relay(SharedCommand command, net::Responder responder) {
  upstreams_.share_nothing();
  // A reply may come by any of them, and none waits for one that is gone.
  const net::Duration patience = context_.options.request_timeout / 8;
  static_cast<void>(co_await net::with_timeout(context_.loop, patience, be_known()));
  co_await find_and_relay(std::move(command), std::move(responder));
}

Session::Task Session::to_broker_of_topic(SharedCommand command, net::Responder responder) {
  const auto topic = topic_in_body(**command);
  if (!topic) co_return responder.fail(topic.error());
  const auto known = co_await context_.cluster.route(*topic);
  if (!known) co_return responder.fail(known.error());
  std::set<std::string> topics{*topic};
  const auto addresses = co_await context_.cluster.brokers_of(std::move(topics));
  if (addresses.empty()) {
    const Error nobody{ResponseCode::service_not_available,
                       str("topic ", *topic, " has no broker")};
    co_return responder.fail(nobody);
  }
  upstreams_.relay(*addresses.begin(), **command, std::move(responder));
}

// Every broker of a group's topics knows all its members. One that has just come up may not yet.
Session::Task Session::to_broker_of_group(SharedCommand command, net::Responder responder) {
  if (const std::string* const address = address_now(**command)) {
    co_return upstreams_.relay(*address, **command, std::move(responder));
  }
  const std::string group(group_of(**command));
  std::set<std::string> topics = heartbeat_.topics_of(group);
  topics.insert(str("%RETRY%", group));
  std::set<std::string> addresses = co_await context_.cluster.brokers_of(std::move(topics));
  if (addresses.empty()) addresses = upstreams_.open();
  Upstreams::Answers answers;
  answers.last_error =
      Error{ResponseCode::service_not_available, str("no broker is known for group ", group)};
  for (const std::string& address : addresses) {
    auto answer = co_await upstreams_.ask(address, command);
    if (!answer) {
      answers.last_error = answer.error();
      continue;
    }
    const bool is_good = (*answer)->code == 0;
    answers.came.push_back(*std::move(answer));
    if (is_good) break;
  }
  forward_best(answers, responder);
}

// ---- to several

void Session::heartbeat(net::RequestContext& request) {
  const net::TimePoint now = context_.loop.now();
  const Command& command = request.command;
  if (!broker_ && heartbeat_.is_repeated(command, now, context_.options.heartbeat_interval)) {
    if (const KeptCommand* const answer = heartbeat_.answer()) {
      return request.responder.forward(**answer);
    }
    return same_heartbeats_.push_back(std::move(request.responder));
  }
  auto kept = std::make_shared<KeptCommand>(command);
  if (auto set = heartbeat_.set(kept, now); !set) return request.responder.fail(set.error());
  if (heartbeat_.has_consumers()) upstreams_.share_nothing();
  if (broker_ && !upstreams_.is_sharing()) return to_broker(request);
  tasks_.start(beat(std::move(kept), std::move(request.responder)));
}

net::Task<std::set<std::string>> Session::brokers_to_tell() {
  std::set<std::string> addresses;
  if (broker_) {
    const auto address = co_await context_.cluster.broker(broker_->name, broker_->id);
    if (address) addresses.insert(*address);
  } else {
    std::set<std::string> topics = heartbeat_.topics();
    topics.insert(topics_.begin(), topics_.end());
    addresses = co_await context_.cluster.brokers_of(std::move(topics));
    addresses.insert(upstreams_.open().begin(), upstreams_.open().end());
  }
  if (upstreams_.is_sharing()) {
    std::erase_if(addresses, [this](const auto& address) { return !is_to_be_known_at(address); });
  }
  co_return addresses;
}

// Of a client that only sends a broker wants to know no more than that its groups have somebody to
// be asked. One that knows it hears of it on.
bool Session::is_to_be_known_at(const std::string& address) {
  const auto is_wanted = [&](const std::string& group) {
    return seats_.contains({group, address}) || context_.seats.is_free({group, address});
  };
  const auto& groups = heartbeat_.producer_groups();
  if (!upstreams_.open().contains(address) && std::ranges::none_of(groups, is_wanted)) return false;
  for (const std::string& group : groups) {
    const ProducerSeats::Place place{group, address};
    if (!seats_.contains(place)) seats_.emplace(place, context_.seats.take(place));
  }
  return true;
}

net::Task<Result<void>> Session::be_known() {
  const SharedCommand command = heartbeat_.command();
  if (command == nullptr) co_return Result<void>();
  const std::set<std::string> addresses = co_await brokers_to_tell();
  co_await upstreams_.ask_all(same_for_all(addresses, command));
  co_return Result<void>();
}

Session::Task Session::beat(SharedCommand command, net::Responder responder) {
  std::vector<net::Responder> waiting = std::exchange(same_heartbeats_, {});
  const std::set<std::string> addresses = co_await brokers_to_tell();
  const Upstreams::Answers answers = co_await upstreams_.ask_all(same_for_all(addresses, command));

  if (heartbeat_.command() == command) {
    std::ranges::move(std::exchange(same_heartbeats_, {}), std::back_inserter(waiting));
  }
  waiting.push_back(std::move(responder));
  const Command* best = best_heartbeat_answer(answers.came);
  if (best == nullptr && !answers.came.empty()) best = &*answers.came.front();
  for (net::Responder& each : waiting) {
    if (best != nullptr) {
      each.forward(*best);
    } else if (addresses.empty()) {
      succeed(each);  // brokers hear of it when the client gets to do with one
    } else {
      each.fail(answers.last_error);
    }
  }
  if (best != nullptr && heartbeat_.command() == command) heartbeat_.answered(KeptCommand(*best));
}

Session::Task Session::unregister(SharedCommand command, net::Responder responder) {
  if (upstreams_.open().empty()) co_return succeed(responder);
  const auto answers =
      co_await upstreams_.ask_all(same_for_all(std::set(upstreams_.open()), command));
  forward_best(answers, responder);
}

Session::Task Session::lock(SharedCommand command, net::Responder responder) {
  const auto bodies = split_locks((*command)->body);
  if (!bodies) co_return responder.fail(bodies.error());
  std::map<std::string, SharedCommand> by_address;
  for (const auto& [name, body] : *bodies) {
    const auto address = co_await context_.cluster.broker(name);
    if (!address) co_return responder.fail(address.error());
    by_address.emplace(*address, std::make_shared<KeptCommand>(with_body(**command, body)));
  }
  if ((*command)->is_oneway()) {
    for (const auto& [address, part] : by_address) upstreams_.relay(address, **part, {});
    co_return;
  }
  const Upstreams::Answers answers = co_await upstreams_.ask_all(by_address);
  std::vector<std::string> locked;
  for (const KeptCommand& answer : answers.came) {
    if (answer->code == 0) locked.emplace_back(answer->body);
  }
  if (locked.size() < 2) co_return forward_best(answers, responder);
  const bool has_body = (*command)->code == static_cast<std::int32_t>(RequestCode::lock_batch_mq);
  succeed(responder, has_body ? merge_locks(locked) : std::string());
}

// Each broker has an index of its own messages, so clients ask every broker of the topic. Where all
// have one address the questions are the same, and each goes to another one.
Session::Task Session::query(SharedCommand command, net::Responder responder) {
  if (const std::string* const address = address_now(**command)) {
    co_return upstreams_.relay(*address, **command, std::move(responder));
  }
  const std::string topic(topic_of(**command));
  const auto known = co_await context_.cluster.route(topic);
  if (!known) co_return responder.fail(known.error());
  std::set<std::string> topics{topic};
  const auto addresses = co_await context_.cluster.brokers_of(std::move(topics));
  if (addresses.empty()) {
    const Error nobody{ResponseCode::service_not_available, str("topic ", topic, " has no broker")};
    co_return responder.fail(nobody);
  }
  const std::size_t turn = queries_.at(fields_text(**command))++;
  const auto address = std::next(addresses.begin(), turn % addresses.size());
  upstreams_.relay(*address, **command, std::move(responder));
}

// ---- to name servers

void Session::follow(std::string_view topic) {
  if (topics_.size() < context_.options.topics_max) topics_.emplace(topic);
}

void Session::route(net::RequestContext& request) {
  const auto known = context_.cluster.find_route(topic_of(request.command));
  ++(known == nullptr ? context_.counts.route_misses : context_.counts.route_hits);
  if (known == nullptr) return start(request, &Session::ask_for_route);
  answer_route(request.command, *known, std::move(request.responder));
}

Session::Task Session::ask_for_route(SharedCommand command, net::Responder responder) {
  const auto known = co_await context_.cluster.route(std::string(topic_of(**command)));
  if (!known) co_return responder.fail(known.error());
  answer_route(**command, **known, std::move(responder));
}

void Session::answer_route(const Command& command, const protocol::TopicRouteData& known,
                           net::Responder responder) {
  net::Channel* const client = client_.get();
  if (client == nullptr) return;
  follow(topic_of(command));
  protocol::TopicRouteData route = known;
  rewrite(route, context_.addresses(*client, command));
  succeed(responder,
          protocol::to_json(route, {.quote_integer_keys = wants_standard_json(command)}));
}

Session::Task Session::ask_name_server(SharedCommand command, net::Responder responder) {
  const auto answer = co_await context_.cluster.ask(command, context_.options.admin_timeout);
  if (!answer) co_return responder.fail(answer.error());
  net::Channel* const client = client_.get();
  if (client == nullptr || (*answer)->code != 0) co_return responder.forward(**answer);
  const auto body =
      rewrite_body((*command)->code, (*answer)->body, context_.addresses(*client, **command));
  if (!body) co_return responder.fail(body.error());
  responder.forward(*with_body(**answer, *body));
}

// ---- transactions

void Session::remember_check(const std::string& address, const Command& check) {
  const std::string_view transaction = transaction_of(check);
  if (!transaction.empty()) checks_.at(transaction) = address;
}

}  // namespace rocketmq::proxy
