#pragma once

#include <rocketmq/simple_consumer.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/call_set.h"
#include "client/callbacks.h"
#include "client/core.h"
#include "client/handle.h"
#include "client/simple_receiver.h"

namespace rocketmq {

// What a SimpleConsumer holds. Its calls run on the client's loop; this is the part of them that is
// in users' threads.
class SimpleConsumer::Impl final : public client::Handle,
                                   public std::enable_shared_from_this<Impl> {
 public:
  // invalid_argument for options that cannot be used.
  static Result<std::shared_ptr<Impl>> create(std::shared_ptr<Client::Core> core,
                                              const SimpleConsumerOptions& options);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void receive(const ReceiveOptions& options, ReceiveCallback done);
  void ack(const MessageView& message, DoneCallback done);
  void ack(Span<const MessageView> messages, DoneCallback done);
  void change_invisible(const MessageView& message, std::chrono::milliseconds invisible,
                        std::function<void(Result<MessageView>)> done);
  Result<void> subscribe(const Subscription& subscription);
  Result<void> unsubscribe(const std::string& topic);
  void close(std::chrono::milliseconds deadline);
  // In a child process nothing of it may be used.
  bool is_forked() const { return core_->is_forked(); }

  Result<void> close_handle(std::chrono::milliseconds deadline) override;
  HandleStatistics handle_statistics() override;

  // Calls begin(done) and waits for what `done` is called with.
  template <class T>
  Result<T> wait(const std::function<void(std::function<void(Result<T>)> done)>& begin);
  // The same, called on the callback threads.
  template <class T>
  std::function<void(Result<T>)> as_callback(std::function<void(Result<T>)> function);

 private:
  Impl(std::shared_ptr<Client::Core> core, const SimpleConsumerOptions& options);

  template <class T>
  using Make = std::function<net::Task<Result<T>>()>;
  // Begins a call on the loop, among `calls`, unless it is closed.
  template <class T>
  void start(client::CallSet& calls, Make<T> make, std::function<void(Result<T>)> done);
  // Fails where it is closed.
  Result<void> on_loop(const std::function<void()>& function);
  net::Task<Result<void>> shut_down(net::Duration deadline, bool in_callback);

  const std::shared_ptr<Client::Core> core_;
  const std::string group_;
  const std::shared_ptr<client::Callbacks> callbacks_;
  // The loop's.
  bool is_closed_ = false;
  std::unique_ptr<client::SimpleReceiver> receiver_;
  std::unique_ptr<client::CallSet> receives_;
  std::unique_ptr<client::CallSet> requests_;
};

}  // namespace rocketmq
