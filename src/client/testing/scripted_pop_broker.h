#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/testing/scripted_broker.h"
#include "protocol/bodies/assignment_data.h"
#include "protocol/pop_info.h"

namespace rocketmq::client::testing {

// A master of the 5.x line, for one group: hands out single messages too, and says who gets which
// queue. A message whose time is over comes again from the group's pop retry topic.
class ScriptedPopBroker : public ScriptedBroker {
 public:
  ScriptedPopBroker(net::Loop& loop, std::string name, std::string address);

  // To be popped; wakes pops that wait.
  void put(const std::string& topic, std::int32_t queue_id, std::string body, std::string tag = {});
  // Messages that come again are shown under the retry topic's name, without POP_CK: what brokers
  // do with popResponseReturnActualRetryTopic.
  void show_retry_topics() { shows_retry_topics_ = true; }

  // Pops are not held: there is no place for one more.
  void answer_pops_at_once() { holds_pops_ = false; }

  struct PopSeen {
    std::string topic;
    std::int32_t queue_id = 0;
    std::int32_t max = 0;
    std::int64_t invisible_ms = 0;
    std::int64_t poll_ms = 0;
    std::int32_t init_mode = 0;
    std::string filter_kind;
    std::string filter;
  };
  const std::vector<PopSeen>& pops() const { return pops_; }
  std::size_t waiting_pops() const { return waiting_pops_.size(); }

  // What was acknowledged, as "topic queue offset", in the order it came.
  const std::vector<std::string>& acked() const { return acked_; }
  // Messages that are neither acknowledged nor popped now.
  std::size_t visible() const;
  std::size_t unacknowledged() const;

  // What QUERY_ASSIGNMENT answers for a topic; nothing said: no queue.
  void assign(const std::string& topic, std::vector<protocol::MessageQueueAssignment> queues);
  const protocol::QueryAssignmentRequestBody& last_query() const { return last_query_; }

 private:
  struct Entry {
    std::string topic;  // where it lies
    std::int32_t queue_id = 0;
    std::int64_t offset = 0;
    std::string shown_topic;
    std::string body;
    std::string tag;
    std::string checkpoint;  // once it was popped
    std::int32_t reconsume_times = 0;
    net::TimePoint visible_at{};
  };
  struct Waiting {
    net::Call<protocol::PopMessage> call;
    std::unique_ptr<net::Timer> timer;
  };

  void pop(net::Call<protocol::PopMessage> call);
  bool answer_pop(net::Call<protocol::PopMessage>& call);
  void wake_pops();
  void bring_back();
  std::string record_of(const Entry& entry) const;
  Entry* find(const protocol::PopCheckpoint& checkpoint, std::string_view topic);
  bool acknowledge(std::string_view topic, std::int32_t queue_id, std::int64_t offset);
  void serve_pops();

  bool shows_retry_topics_ = false;
  bool holds_pops_ = true;
  std::string group_;
  std::list<Entry> entries_;
  std::map<std::pair<std::string, std::int32_t>, std::int64_t> next_offset_;
  std::vector<PopSeen> pops_;
  std::vector<std::string> acked_;
  std::map<int, Waiting> waiting_pops_;
  int next_waiting_ = 0;
  std::vector<std::unique_ptr<net::Timer>> timers_;
  std::map<std::string, std::vector<protocol::MessageQueueAssignment>> assignments_;
  protocol::QueryAssignmentRequestBody last_query_;
};

}  // namespace rocketmq::client::testing
