#pragma once

#include <rocketmq/message.h>
#include <rocketmq/options.h>
#include <rocketmq/producer.h>
#include <rocketmq/span.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/core.h"
#include "client/send_observer.h"
#include "client/trace_batches.h"
#include "net/log_limit.h"

namespace rocketmq::client {

// Tells the trace topic what became of messages, as one handle sees it: what options.trace asks
// for. The records go out through a producer of its own, with the same client, and are not traced
// themselves. Losing some is no error of the traced program: it is logged.
//
// Unless said otherwise its functions are for the loop thread.
class Tracer final : public SendObserver, public std::enable_shared_from_this<Tracer> {
 public:
  enum class Side { produces, consumes };

  // From any thread but the loop's. `group` is the handle's own. Errors: invalid_argument, for the
  // trace topic's name.
  static Result<std::shared_ptr<Tracer>> create(std::shared_ptr<Client::Core> core,
                                                const Trace& trace, std::string group, Side side);

  // ---- a producer; topics as on the wire

  void sent(const SendRecord& record) override;

  struct TransactionEnd {
    std::string_view topic;
    std::string_view message_id;
    std::string_view properties;  // of the message, as the text of protocol/properties.h
    std::string_view broker_address;
    std::string_view transaction_id;
    std::string_view state;  // COMMIT_MESSAGE, ROLLBACK_MESSAGE or UNKNOW
    bool from_check = false;
  };
  void transaction_ended(const TransactionEnd& end);
  void recalled(std::string_view wire_topic, std::string_view message_id, bool success);

  // ---- a consumer, from any thread

  // One call of a listener.
  struct Consuming {
    std::vector<MessageView> messages;  // those that are traced
    std::string request_id;
    std::int64_t begun_at = 0;  // Unix ms
  };
  // Just before the listener gets them, and just after it returned or threw.
  Consuming before_consume(Span<const MessageView> messages);
  void after_consume(Consuming call, protocol::TraceConsumeCode code);

  // ---- both, from any thread

  // Sends what it has, waiting for that until the deadline, and takes no more. On the loop thread
  // it does not wait. Once, and always, before it is destroyed.
  void close(std::chrono::milliseconds deadline);

 private:
  Tracer(std::shared_ptr<Client::Core> core, Producer producer, std::string topic,
         std::string group);

  bool is_traced(std::string_view topic) const;
  bool is_traced(const MessageView& message) const;
  void add(std::string_view topic, std::string_view message_id, std::string_view keys,
           const protocol::TraceRecord& record);
  void add_before(const Consuming& call);
  void add_after(const Consuming& call, protocol::TraceConsumeCode code, std::int64_t ended_at);
  void send_due();
  void send(std::vector<TraceBatch> batches);
  void lost(std::string_view why);

  const std::shared_ptr<Client::Core> core_;
  const std::string topic_;
  const std::string group_;
  const std::uint64_t request_id_prefix_;
  std::atomic<std::uint32_t> next_request_id_ = 0;

  // On the loop.
  Producer producer_;
  TraceBatches batches_;
  std::unique_ptr<net::Timer> timer_;
  net::LogLimit log_limit_{1};
  bool is_closed_ = false;
};

}  // namespace rocketmq::client
