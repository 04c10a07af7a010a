#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "broker-lite/handlers/handlers.h"
#include "broker-lite/store/cleaner.h"
#include "net/task_set.h"
#include "net/wait.h"
#include "protocol/requests/broker_maintenance.h"

// Cleaning up when an admin asks for it. Java: AdminBrokerProcessor.

namespace rocketmq::broker {
namespace {

using net::RequestContext;

constexpr std::string_view light_queue_prefix = "%LMQ%";  // Java: MixAll.LMQ_PREFIX
// Their queues are read from the disk, some milliseconds' work; then others have their turn.
constexpr std::size_t topics_a_turn = 50;
constexpr net::Duration pause = std::chrono::milliseconds(1);

using TopicNames = std::span<const std::string>;
using CleanSome = Result<void> (*)(Core& core, TopicNames topics);

Result<void> clean_expired_queues(Core& core, TopicNames topics) {
  std::vector<std::string> own;
  std::ranges::copy_if(topics, std::back_inserter(own),
                       [&core](const std::string& topic) { return !core.topics.is_system(topic); });
  return core.store.remove_expired_queues(own);
}

// Queues of topics that the broker does not know any more.
Result<void> clean_unused_topics(Core& core, TopicNames topics) {
  static_cast<void>(core.commit_messages());  // their senders must hear what became of them
  for (const std::string& topic : topics) {
    const bool stays = core.topics.find(topic) != nullptr || core.topics.is_system(topic) ||
                       topic.starts_with(light_queue_prefix);
    if (stays) continue;
    if (auto deleted = core.store.delete_topic(topic); !deleted) return deleted;
  }
  return {};
}

// There may be a hundred thousand topics, most of them asleep.
net::Task<> clean_all(Core& core, net::Responder responder, CleanSome clean_some) {
  const std::vector<std::string> topics = core.store.topics();
  for (std::size_t at = 0; at < topics.size(); at += topics_a_turn) {
    const std::size_t count = std::min(topics_a_turn, topics.size() - at);
    if (const auto cleaned = clean_some(core, TopicNames(topics).subspan(at, count)); !cleaned) {
      co_return responder.fail(cleaned.error());
    }
    co_await net::sleep_for(core.loop, pause);
  }
  responder.reply(protocol::NoFields{});
}

}  // namespace

void add_cleaning_handlers(net::Router& router, Core& core, Cleaner& cleaner) {
  const auto running = std::make_shared<net::TaskSet>();
  const auto on = [&](RequestCode code, CleanSome clean_some) {
    router.on_raw(static_cast<std::int32_t>(code),
                  [&core, running, clean_some](RequestContext& context) {
                    running->start(clean_all(core, std::move(context.responder), clean_some));
                  });
  };
  on(protocol::CleanExpiredConsumeQueue::code, clean_expired_queues);
  on(protocol::CleanUnusedTopic::code, clean_unused_topics);
  router.on<protocol::DeleteExpiredCommitLog>(
      [&cleaner](const protocol::DeleteExpiredCommitLog&, RequestContext&) -> Result<void> {
        cleaner.run_by_hand();
        return {};
      });
}

}  // namespace rocketmq::broker
