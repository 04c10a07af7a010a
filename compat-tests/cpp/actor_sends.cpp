#include "actor_sends.h"

#include <chrono>
#include <vector>

namespace rmq = rocketmq;
using nlohmann::json;
using std::chrono::milliseconds;

namespace {

rmq::Message message_of(const Words& what, int n) {
  rmq::Message message;
  message.topic = what.text("topic");
  message.body = what.text("prefix") + "-" + std::to_string(n);
  message.tag = what.text("tag", "TagA");
  message.keys = {"key-" + message.body};
  message.properties["n"] = std::to_string(n);
  const auto size = static_cast<std::size_t>(what.number("size", 0));
  if (message.body.size() < size) message.body.resize(size, 'x');
  message.delay_level = what.number("level", 0);
  message.deliver_after = milliseconds(what.number("after_ms", 0));
  message.deliver_at = rmq::Timestamp(milliseconds(std::stoll(what.text("at_ms", "0"))));
  return message;
}

bool is_transaction(const std::string& kind) {
  return kind == "commit" || kind == "rollback" || kind == "check";
}

}  // namespace

json ActorSends::send(const Words& what) {
  const std::string& kind = what.text("kind");
  std::vector<rmq::Message> messages;
  for (int n = 0; n < what.number("count", 1); ++n) messages.push_back(message_of(what, n));
  std::vector<rmq::SendReceipt> receipts;
  if (kind == "batch") {
    receipts.push_back(producer(what.text("group"), kind).send_batch(messages).value());
  } else if (kind == "auto_batch") {
    std::vector<std::future<rmq::Result<rmq::SendReceipt>>> sends;
    for (const auto& each : messages) {
      sends.push_back(producer(what.text("group"), kind).send_future(each));
    }
    for (auto& each : sends) receipts.push_back(each.get().value());
  } else {
    for (int n = 0; n < static_cast<int>(messages.size()); ++n) {
      receipts.push_back(send_one(what, messages[static_cast<std::size_t>(n)], n));
    }
  }
  json ids = json::array();
  json queues = json::array();
  std::string recall_handle;
  for (const auto& receipt : receipts) {
    ids.push_back(receipt.message_id);
    queues.push_back(receipt.queue.queue_id);
    if (!receipt.recall_handle.empty()) recall_handle = receipt.recall_handle;
  }
  return {{"ids", ids}, {"queues", queues}, {"recall_handle", recall_handle}};
}

rmq::SendReceipt ActorSends::send_one(const Words& what, const rmq::Message& message, int n) {
  const std::string& kind = what.text("kind");
  const std::string& group = what.text("group");
  if (is_transaction(kind)) {
    rmq::Transaction transaction = transaction_producer(group).begin(message).value();
    if (kind == "commit") transaction.commit().value();
    if (kind == "rollback") transaction.rollback().value();
    return transaction.receipt();
  }
  rmq::Producer& sender = producer(group, kind);
  if (kind == "oneway") {
    sender.send_oneway(message).value();
    return {};
  }
  if (kind == "async") return sender.send_future(message).get().value();
  if (kind == "ordered") {
    return sender.send_ordered(message, "k" + std::to_string(n % what.number("keys", 4))).value();
  }
  return sender.send(message).value();
}

json ActorSends::request(const Words& what) {
  rmq::Message message;
  message.topic = what.text("topic");
  message.body = what.text("body");
  const auto reply = producer(what.text("group"), "request")
                         .request(message, milliseconds(what.number("timeout_ms", 10'000)));
  return {{"reply", std::string(reply.value().body())}};
}

json ActorSends::recall(const Words& what) {
  return {{"id", producer(what.text("group"), "recall")
                     .recall(what.text("topic"), what.text("handle"))
                     .value()}};
}

rmq::Producer& ActorSends::producer(const std::string& group, const std::string& kind) {
  const bool is_codec = kind == "zlib" || kind == "lz4" || kind == "zstd";
  const std::string name = group + (is_codec || kind == "auto_batch" ? kind : "");
  const auto found = producers_.find(name);
  if (found != producers_.end()) return found->second;
  rmq::ProducerOptions options;
  options.group = group;
  options.send_timeout = milliseconds(15'000);
  if (is_codec) options.compress_from_bytes = 100;
  if (kind == "lz4") options.compression = rmq::Compression::lz4;
  if (kind == "zstd") options.compression = rmq::Compression::zstd;
  if (kind == "auto_batch") options.auto_batch.emplace();
  if (setup_.trace) options.trace.emplace();
  return producers_.emplace(name, client_.create_producer(options).value()).first->second;
}

// Commits what the broker asks about: only "check" leaves that open.
rmq::TransactionProducer& ActorSends::transaction_producer(const std::string& group) {
  const auto found = transaction_producers_.find(group);
  if (found != transaction_producers_.end()) return found->second;
  rmq::ProducerOptions options;
  options.group = group;
  options.send_timeout = milliseconds(15'000);
  if (setup_.trace) options.trace.emplace();
  auto made = client_.create_transaction_producer(
      options, [](const rmq::MessageView&) { return rmq::TransactionResolution::commit; });
  return transaction_producers_.emplace(group, std::move(made).value()).first->second;
}
