#include "client/transactions.h"

#include <exception>
#include <utility>

#include "client/send.h"
#include "net/request_hook.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

using protocol::EndTransaction;

// How the header, and how traces say it. Java: LocalTransactionState.
struct Spelling {
  std::int32_t flag;
  std::string_view state;
};
Spelling spelling(TransactionResolution resolution) {
  switch (resolution) {
    case TransactionResolution::commit:
      return {protocol::transaction_flag::commit, "COMMIT_MESSAGE"};
    case TransactionResolution::rollback:
      return {protocol::transaction_flag::rollback, "ROLLBACK_MESSAGE"};
    default:
      return {protocol::transaction_flag::not_type, "UNKNOW"};
  }
}

Error closed() { return {Errc::client_closed, "the transaction producer was closed"}; }

}  // namespace

TransactionVerdict ask(const std::function<TransactionResolution()>& user, std::string_view what) {
  try {
    return {user(), {}};
  } catch (const std::exception& problem) {
    return {TransactionResolution::unknown, str(what, problem.what())};
  } catch (...) {
    return {TransactionResolution::unknown, str(what, "not a std::exception")};
  }
}

// One check on the callback executor. The checker is still called at the moment it is closed, never
// after: close() waits for what is pending.
class Transactions::CheckWork final : public Work {
 public:
  CheckWork(std::shared_ptr<Transactions> asked, std::uint64_t id, MessageView half)
      : asked_(std::move(asked)), id_(id), half_(std::move(half)) {
    asked_->pending_->begin();
  }

  void run() override {
    const std::unique_ptr<CheckWork> self(this);
    if (!asked_->is_closed_) check();
    asked_->pending_->end();
  }

 private:
  void check() {
    const CallbackScope scope(*asked_->pending_);
    TransactionVerdict verdict =
        ask([this] { return asked_->checker_(half_); }, "checkLocalTransactionState Exception: ");
    asked_->core_->loop().post(
        [asked = asked_, id = id_, verdict = std::move(verdict)] { asked->checked(id, verdict); });
  }

  const std::shared_ptr<Transactions> asked_;
  const std::uint64_t id_;
  const MessageView half_;
};

Transactions::Transactions(std::shared_ptr<Client::Core> core, std::string group,
                           TransactionChecker checker, std::shared_ptr<PendingSends> pending,
                           std::shared_ptr<Tracer> tracer)
    : core_(std::move(core)),
      group_(std::move(group)),
      checker_(std::move(checker)),
      pending_(std::move(pending)),
      tracer_(std::move(tracer)) {}

void Transactions::open() { core_->server_requests().add(group_, *this); }

void Transactions::close() {
  is_closed_ = true;
  core_->server_requests().remove(*this);
  checks_.clear();
}

net::Task<Result<void>> Transactions::end(HalfMessage half, TransactionVerdict verdict) {
  if (is_closed_) co_return closed();
  const std::string* const known = core_->routes().table().address_of(half.broker_name, master_id);
  if (known == nullptr) {
    co_return Error{Errc::not_connected, str("broker ", half.broker_name, " has no known master")};
  }
  const std::string address = *known;
  auto channel = co_await core_->pool().get(address, core_->options().request_timeout);
  if (!channel) co_return std::move(channel).error();
  co_return write(*channel, half, verdict, false);
}

Result<void> Transactions::end_and_wait(HalfMessage half, TransactionVerdict verdict) {
  if (!core_->loop().in_loop_thread()) {
    return core_->wait<void>(
        [self = shared_from_this(), half, verdict] { return self->end(half, verdict); });
  }
  core_->tasks().start(end_and_log(shared_from_this(), std::move(half), std::move(verdict)));
  return {};
}

// A coroutine's parameters stay as long as its frame, which the core keeps for a while after the
// end: so what holds the core is moved into it.
net::Task<> Transactions::end_and_log(std::shared_ptr<Transactions> given, HalfMessage half,
                                      TransactionVerdict verdict) {
  const std::shared_ptr<Transactions> self = std::move(given);
  auto ended = co_await self->end(half, std::move(verdict));
  if (!ended) self->log_not_ended(half, ended.error());
}

void Transactions::log_not_ended(const HalfMessage& half, const Error& error) const {
  core_->log().warn(str("what became of half message ", half.message_id,
                        " could not be said to its broker, which will ask: ", to_string(error)));
}

void Transactions::check(net::Call<protocol::CheckTransactionState> call, MessageView half) {
  if (checks_.size() == checks_max) {
    return core_->log().warn(str("half message ", half.message_id(),
                                 " is not checked this time: ", checks_max, " others are"));
  }
  const net::Channel* const channel = call.channel().get();
  if (channel == nullptr) return;
  const std::uint64_t id = next_check_++;
  checks_.emplace(id, Check{.half = half_message(half, call.request()),
                            .channel = call.channel(),
                            .address = channel->peer()});
  WorkList work;
  work.push(*new CheckWork(shared_from_this(), id, std::move(half)));
  core_->run_callbacks(std::move(work));
}

void Transactions::checked(std::uint64_t id, TransactionVerdict verdict) {
  const auto found = checks_.find(id);
  if (found == checks_.end()) return;  // closed meanwhile
  Check check = std::move(found->second);
  checks_.erase(found);
  core_->tasks().start(answer(shared_from_this(), std::move(check), std::move(verdict)));
}

// Through the connection that the check came through, or a new one to the same address.
net::Task<> Transactions::answer(std::shared_ptr<Transactions> given, Check check,
                                 TransactionVerdict verdict) {
  const std::shared_ptr<Transactions> self = std::move(given);
  if (!check.channel) {
    auto connected =
        co_await self->core_->pool().get(check.address, self->core_->options().request_timeout);
    if (connected) check.channel = *std::move(connected);
  }
  auto written = self->write(check.channel, check.half, verdict, true);
  if (!written) self->log_not_ended(check.half, written.error());
}

Result<void> Transactions::write(const net::ChannelHandle& channel, const HalfMessage& half,
                                 const TransactionVerdict& verdict, bool from_check) {
  if (is_closed_) return closed();
  if (!channel) return Error{Errc::not_connected, "the connection to the broker was lost"};
  const Spelling said = spelling(verdict.resolution);
  net::OutgoingRequest texts(static_cast<std::int32_t>(EndTransaction::code), {});
  texts.add_header(end_request(half, group_, said.flag, from_check));
  protocol::Command command;
  command.code = texts.code();
  if (!verdict.remark.empty()) command.remark = verdict.remark;
  command.fields.assign(texts.fields().begin(), texts.fields().end());
  if (auto written = channel->oneway(command); !written) return written;
  if (tracer_ != nullptr) {
    tracer_->transaction_ended({.topic = half.topic,
                                .message_id = half.message_id,
                                .properties = half.properties,
                                .broker_address = channel->peer(),
                                .transaction_id = half.transaction_id,
                                .state = said.state,
                                .from_check = from_check});
  }
  return {};
}

}  // namespace rocketmq::client
