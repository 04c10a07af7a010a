#include "client/listener_calls.h"

#include <exception>
#include <utility>

#include "client/trace.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

thread_local ListenerCall* call_of_this_thread = nullptr;

// What a call of user code threw; none: nothing.
template <class F>
std::optional<std::string> thrown_by(F call) {
  try {
    call();
    return std::nullopt;
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "an exception of unknown type";
  }
}

protocol::TraceConsumeCode trace_code(const Consumed& verdict, bool threw) {
  if (threw) return protocol::TraceConsumeCode::exception;
  return verdict.kind() == Consumed::Kind::ok ? protocol::TraceConsumeCode::success
                                              : protocol::TraceConsumeCode::failed;
}

}  // namespace

BatchListener batch_listener(MessageListener listener) {
  return [listener = std::move(listener)](Span<const MessageView> messages) {
    Consumed verdict = Consumed::ok;
    for (const MessageView& message : messages) {
      verdict = listener(message);
      if (verdict.kind() != Consumed::Kind::ok) break;
    }
    return verdict;
  };
}

// What the listener threads use. Outlives the ListenerCalls as long as a listener runs.
struct ListenerCall::Shared {
  Shared(net::Loop& of, Listener to_call, const Log& to, ListenerCalls* by)
      : loop(of), listener(std::move(to_call)), log(to), calls(by) {}
  ~Shared() { delete_all(finished.exchange(nullptr)); }

  static void finish(const std::shared_ptr<Shared>& shared, ListenerCall& call);
  void take_finished();
  static void delete_all(ListenerCall* first) {
    while (first != nullptr) delete std::exchange(first, first->next_finished_);
  }
  void call_hooks(const std::function<void(ConsumeHook&)>& call) const;

  std::shared_ptr<void> owner;  // of loop and log; the first member, for it goes last
  net::Loop& loop;
  const Listener listener;
  const Log& log;
  std::atomic<bool> is_stopped{false};
  // Calls on their way back, the latest first. Only the one that finds it empty wakes the loop.
  std::atomic<ListenerCall*> finished{nullptr};
  ListenerCalls* calls;  // the loop's; nullptr once it is gone
};

void ListenerCall::Shared::finish(const std::shared_ptr<Shared>& shared, ListenerCall& call) {
  const std::shared_ptr<Shared> kept = shared;  // the call is the loop's once it is in the list
  ListenerCall* first = kept->finished.load(std::memory_order_relaxed);
  do {
    call.next_finished_ = first;
  } while (!kept->finished.compare_exchange_weak(first, &call, std::memory_order_release,
                                                 std::memory_order_relaxed));
  if (first == nullptr) kept->loop.post([kept] { kept->take_finished(); });
}

void ListenerCall::Shared::take_finished() {
  ListenerCall* latest = finished.exchange(nullptr, std::memory_order_acquire);
  ListenerCall* first = nullptr;
  while (latest != nullptr) {
    ListenerCall* const next = std::exchange(latest->next_finished_, first);
    first = std::exchange(latest, next);
  }
  while (first != nullptr) {
    const std::unique_ptr<ListenerCall> call(std::exchange(first, first->next_finished_));
    if (calls != nullptr) calls->came_back(*call);
  }
}

void ListenerCall::Shared::call_hooks(const std::function<void(ConsumeHook&)>& call) const {
  for (const auto& hook : listener.hooks) {
    if (const auto problem = thrown_by([&] { call(*hook); })) {
      log.warn(str("a consume hook threw: ", *problem));
    }
  }
}

// ---- on a listener thread

void ListenerCall::run() {
  if (!shared_->is_stopped.load(std::memory_order_acquire) && gate_->is_open(shared_->loop.now())) {
    ask_listener();
  }
  Shared::finish(shared_, *this);
}

void ListenerCall::ask_listener() {
  begun_at_.store(shared_->loop.now(), std::memory_order_release);
  ListenerCall* const outer = std::exchange(call_of_this_thread, this);
  for (const MessageView& message : messages_) {
    shared_->call_hooks([&](ConsumeHook& hook) { hook.before_consume(message); });
  }
  Tracer* const tracer = shared_->listener.tracer.get();
  Tracer::Consuming traced;
  if (tracer != nullptr) traced = tracer->before_consume(messages_);

  thrown_ = thrown_by([&] { verdict_ = shared_->listener.function(messages_); });
  if (thrown_) {
    verdict_ = Consumed::retry_later();
    shared_->log.warn(
        str("the listener threw at message ", messages_.front().message_id(), ": ", *thrown_));
  }
  if (tracer != nullptr) {
    tracer->after_consume(std::move(traced), trace_code(*verdict_, thrown_.has_value()));
  }
  for (const MessageView& message : messages_) {
    shared_->call_hooks([&](ConsumeHook& hook) { hook.after_consume(message, *verdict_); });
  }
  call_of_this_thread = outer;
}

std::optional<net::TimePoint> ListenerCall::begun_at() const {
  const net::TimePoint begun = begun_at_.load(std::memory_order_acquire);
  if (begun == net::TimePoint::max()) return std::nullopt;
  return begun;
}

ListenerCall* ListenerCalls::current_call() const {
  ListenerCall* const call = call_of_this_thread;
  return call != nullptr && call->shared_ == shared_ ? call : nullptr;
}

// ---- on the loop

ListenerCalls::ListenerCalls(net::Loop& loop, std::size_t threads, Listener listener,
                             RunOnThreads run_on_threads, const Log& log,
                             std::function<void()> on_drained)
    : threads_(threads),
      run_on_threads_(std::move(run_on_threads)),
      on_drained_(std::move(on_drained)),
      shared_(std::make_shared<ListenerCall::Shared>(loop, std::move(listener), log, this)) {}

ListenerCalls::~ListenerCalls() {
  stop();
  shared_->calls = nullptr;
  while (first_ != nullptr) unlink(*first_);
}

void ListenerCalls::stop() { shared_->is_stopped.store(true, std::memory_order_release); }
bool ListenerCalls::is_stopped() const { return shared_->is_stopped; }

void ListenerCalls::keep_for_listeners(std::shared_ptr<void> owner) {
  shared_->owner = std::move(owner);
}

void ListenerCalls::start(std::unique_ptr<ListenerCall> call) {
  std::vector<std::unique_ptr<ListenerCall>> calls;
  calls.push_back(std::move(call));
  start(std::move(calls));
}

void ListenerCalls::start(std::vector<std::unique_ptr<ListenerCall>> calls) {
  WorkList list;
  for (std::unique_ptr<ListenerCall>& each : calls) {
    ListenerCall& call = *each.release();
    call.shared_ = shared_;
    link(call);
    list.push(call);
    ++calls_;
  }
  run_on_threads_(std::move(list));
}

void ListenerCalls::link(ListenerCall& call) {
  call.next_ = first_;
  call.linked_at_ = &first_;
  if (first_ != nullptr) first_->linked_at_ = &call.next_;
  first_ = &call;
}

void ListenerCalls::unlink(ListenerCall& call) {
  if (call.linked_at_ == nullptr) return;
  *call.linked_at_ = call.next_;
  if (call.next_ != nullptr) call.next_->linked_at_ = call.linked_at_;
  call.linked_at_ = nullptr;
}

void ListenerCalls::came_back(ListenerCall& call) {
  unlink(call);
  --calls_;
  if (call.is_waiting_) --waiting_calls_;
  call.came_back();
  if (are_drained()) on_drained_();
}

bool ListenerCalls::are_drained() const {
  // Where every thread waits for us, what stands in line cannot get its turn.
  const bool can_run = waiting_calls_ < threads_;
  return calls_ == waiting_calls_ || !can_run;
}

void ListenerCalls::waits_in_listener(ListenerCall& call) {
  if (std::exchange(call.is_waiting_, true)) return;
  ++waiting_calls_;
  if (are_drained()) on_drained_();
}

}  // namespace rocketmq::client
