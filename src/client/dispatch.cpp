#include "client/dispatch.h"

#include <exception>
#include <utility>

#include "client/delay_level.h"
#include "client/message_view.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

constexpr std::int32_t to_dead_letters_level = -1;  // Java: ConsumeConcurrentlyContext

thread_local Dispatcher::ListenerCall* call_of_this_thread = nullptr;

}  // namespace

// What the listener threads use. Outlives the dispatcher as long as a listener runs.
struct Dispatcher::Shared {
  Shared(net::Loop& of, MessageListener function, const Log& to, Dispatcher* by)
      : loop(of), listener(std::move(function)), log(to), dispatcher(by) {}
  ~Shared() { delete_all(finished.exchange(nullptr)); }

  static void finish(const std::shared_ptr<Shared>& shared, ListenerCall& call);
  void take_finished();
  static void delete_all(ListenerCall* first);

  std::shared_ptr<void> owner;  // of loop and log; the first member, for it goes last
  net::Loop& loop;
  const MessageListener listener;
  const Log& log;
  std::atomic<bool> is_stopped{false};
  // Calls on their way back, the latest first. Only the one that finds it empty wakes the loop.
  std::atomic<ListenerCall*> finished{nullptr};
  Dispatcher* dispatcher;  // the loop's; nullptr once it is gone
};

void Dispatcher::Shared::finish(const std::shared_ptr<Shared>& shared, ListenerCall& call) {
  const std::shared_ptr<Shared> kept = shared;  // the call is the loop's once it is in the list
  ListenerCall* first = kept->finished.load(std::memory_order_relaxed);
  do {
    call.next_finished_ = first;
  } while (!kept->finished.compare_exchange_weak(first, &call, std::memory_order_release,
                                                 std::memory_order_relaxed));
  if (first == nullptr) kept->loop.post([kept] { kept->take_finished(); });
}

void Dispatcher::Shared::take_finished() {
  ListenerCall* latest = finished.exchange(nullptr, std::memory_order_acquire);
  ListenerCall* first = nullptr;
  while (latest != nullptr) {
    ListenerCall* const next = std::exchange(latest->next_finished_, first);
    first = std::exchange(latest, next);
  }
  while (first != nullptr) {
    const std::unique_ptr<ListenerCall> call(std::exchange(first, first->next_finished_));
    if (dispatcher != nullptr) dispatcher->came_back(*call);
  }
}

void Dispatcher::Shared::delete_all(ListenerCall* first) {
  while (first != nullptr) delete std::exchange(first, first->next_finished_);
}

// ---- on a listener thread

Dispatcher::ListenerCall::ListenerCall(std::shared_ptr<Shared> shared,
                                       std::shared_ptr<HeldQueue> queue, MessageInHand message)
    : shared_(std::move(shared)), queue_(std::move(queue)), message_(std::move(message)) {}

void Dispatcher::ListenerCall::run() {
  verdict_ = ask_listener();
  Shared::finish(shared_, *this);
}

std::optional<Consumed> Dispatcher::ListenerCall::ask_listener() {
  if (shared_->is_stopped.load(std::memory_order_acquire) ||
      queue_->is_over.load(std::memory_order_acquire)) {
    return std::nullopt;
  }
  const MessageView& message = message_.message;
  if (!message.data().is_readable) {
    shared_->log.warn(str("message ", message.message_id(), " of ", to_string(queue_->queue),
                          " cannot be unpacked and goes to the dead letters"));
    return Consumed::to_dead_letters;
  }

  ListenerCall* const outer = std::exchange(call_of_this_thread, this);
  std::string problem;
  std::optional<Consumed> verdict;
  try {
    verdict = shared_->listener(message);
  } catch (const std::exception& thrown) {
    problem = thrown.what();
  } catch (...) {
    problem = "an exception of unknown type";
  }
  call_of_this_thread = outer;
  if (verdict) return verdict;
  shared_->log.warn(str("the listener threw at message ", message.message_id(), ": ", problem));
  return Consumed::retry_later();
}

Dispatcher::ListenerCall* Dispatcher::current_call() const {
  ListenerCall* const call = call_of_this_thread;
  return call != nullptr && call->shared_ == shared_ ? call : nullptr;
}

// ---- on the loop

Dispatcher::Dispatcher(net::Loop& loop, const DispatchOptions& options, MessageListener listener,
                       RunOnThreads run_on_threads, SendBack send_back, const Log& log)
    : loop_(loop),
      options_(options),
      run_on_threads_(std::move(run_on_threads)),
      send_back_(std::move(send_back)),
      shared_(std::make_shared<Shared>(loop, std::move(listener), log, this)) {}

Dispatcher::~Dispatcher() {
  stop();
  shared_->dispatcher = nullptr;
}

void Dispatcher::stop() { shared_->is_stopped.store(true, std::memory_order_release); }

void Dispatcher::keep_for_listeners(std::shared_ptr<void> owner) {
  shared_->owner = std::move(owner);
}

void Dispatcher::deliver(const std::shared_ptr<HeldQueue>& queue,
                         const std::vector<MessageInHand>& messages) {
  WorkList list;
  for (const MessageInHand& message : messages) {
    list.push(*new ListenerCall(shared_, queue, message));
  }
  calls_ += messages.size();
  run_on_threads_(std::move(list));
}

void Dispatcher::came_back(ListenerCall& call) {
  --calls_;
  if (call.is_waiting_) --waiting_calls_;
  if (call.verdict_ && !call.queue_->is_over) {
    if (call.verdict_->kind() == Consumed::Kind::ok) {
      if (call.queue_->done(call.message_.ticket)) ++consumed_;
    } else if (call.queue_->in_hand.contains(call.message_.ticket)) {
      tasks_.start(give_back(call.queue_, std::move(call.message_), *call.verdict_));
    }
  }
  set_if_drained();
}

net::Task<> Dispatcher::give_back(std::shared_ptr<HeldQueue> queue, MessageInHand message,
                                  Consumed verdict) {
  const bool is_dead = verdict.kind() == Consumed::Kind::dead_letters;
  const std::int32_t level = is_dead ? to_dead_letters_level : delay_level(verdict.delay());
  for (;;) {
    ++giving_back_;
    const Result<void> sent = co_await send_back_(message.message, level);
    --giving_back_;
    if (sent) {
      if (queue->done(message.ticket)) ++given_back_;
      set_if_drained();
      co_return;
    }
    shared_->log.warn(str("message ", message.message.message_id(), " of ", to_string(queue->queue),
                          " could not be given back and is kept: ", to_string(sent.error())));
    set_if_drained();
    co_await net::sleep_for(loop_, options_.keep_for);
    if (queue->is_over || !queue->in_hand.contains(message.ticket)) co_return;
    if (!is_dead) break;  // the listener may like it better now
  }
  message.message = delivered_again(message.message);
  deliver(queue, {message});
}

net::Task<Result<void>> Dispatcher::drained() {
  while (!is_drained()) {
    drained_.reset();
    co_await drained_.wait();
  }
  co_return Result<void>{};
}

void Dispatcher::waits_in_listener(ListenerCall& call) {
  if (std::exchange(call.is_waiting_, true)) return;
  ++waiting_calls_;
  set_if_drained();
}

bool Dispatcher::is_drained() const {
  // Where every thread waits for us, what stands in line cannot get its turn.
  const bool can_run = waiting_calls_ < options_.threads;
  return giving_back_ == 0 && (calls_ == waiting_calls_ || !can_run);
}

void Dispatcher::set_if_drained() {
  if (is_drained()) drained_.set();
}

}  // namespace rocketmq::client
