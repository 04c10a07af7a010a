#include "broker-lite/handlers/handlers.h"
#include "broker-lite/store/cleaner.h"
#include "protocol/requests/broker_maintenance.h"

// Cleaning up when an admin asks for it. Java: AdminBrokerProcessor.

namespace rocketmq::broker {
namespace {

using net::RequestContext;

constexpr std::string_view light_queue_prefix = "%LMQ%";  // Java: MixAll.LMQ_PREFIX

Result<void> clean_expired_queues(Core& core) {
  auto removed = core.store.remove_expired_queues(
      [&core](std::string_view topic) { return core.topics.is_system(topic); });
  return removed ? Result<void>() : std::move(removed).error();
}

// Queues of topics that the broker does not know any more.
Result<void> clean_unused_topics(Core& core) {
  static_cast<void>(core.commit_messages());  // their senders must hear what became of them
  for (const std::string& topic : core.store.topics()) {
    const bool stays = core.topics.find(topic) != nullptr || core.topics.is_system(topic) ||
                       topic.starts_with(light_queue_prefix);
    if (stays) continue;
    if (auto deleted = core.store.delete_topic(topic); !deleted) return deleted;
  }
  return {};
}

}  // namespace

void add_cleaning_handlers(net::Router& router, Core& core, Cleaner& cleaner) {
  router.on<protocol::CleanExpiredConsumeQueue>(
      [&core](const protocol::CleanExpiredConsumeQueue&, RequestContext&) {
        return clean_expired_queues(core);
      });
  router.on<protocol::CleanUnusedTopic>(
      [&core](const protocol::CleanUnusedTopic&, RequestContext&) {
        return clean_unused_topics(core);
      });
  router.on<protocol::DeleteExpiredCommitLog>(
      [&cleaner](const protocol::DeleteExpiredCommitLog&, RequestContext&) -> Result<void> {
        cleaner.run_by_hand();
        return {};
      });
}

}  // namespace rocketmq::broker
