#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/testing/scripted_server.h"
#include "protocol/catalog.h"

namespace rocketmq::client::testing {

// Tells routes. A topic it was not told of does not exist.
class ScriptedNameServer : public ScriptedServer {
 public:
  ScriptedNameServer(net::Loop& loop, std::string address);

  void set_route(const std::string& topic, protocol::TopicRouteData route) {
    routes_[topic] = std::move(route);
  }
  void remove_topic(const std::string& topic) { routes_.erase(topic); }

 private:
  std::map<std::string, protocol::TopicRouteData> routes_;
};

// A master broker that keeps what it is sent, in memory, and hands it out again. Queues exist as
// soon as somebody uses them.
class ScriptedBroker : public ScriptedServer {
 public:
  ScriptedBroker(net::Loop& loop, std::string name, std::string address);

  const std::string& name() const { return name_; }

  struct Stored {
    std::string topic;
    std::int32_t queue_id = 0;
    std::int64_t queue_offset = 0;
    std::string body;
    std::string properties;
    std::int32_t sys_flag = 0;
    std::int32_t flag = 0;
    std::int32_t reconsume_times = 0;
  };
  // In the order it came.
  const std::vector<Stored>& stored() const { return stored_; }
  // As if a producer had sent it; wakes pulls that wait. Returns its offset in the queue.
  std::int64_t store(Stored message);
  // A send is answered with this code although it was stored: FLUSH_DISK_TIMEOUT and its like.
  void answer_sends_with(ResponseCode code) { send_code_ = static_cast<std::int32_t>(code); }
  // Sends are stored from now on, and not answered.
  void hold_send_answers() { holds_send_answers_ = true; }

  // group, topic, queue -> offset; as clients have committed it, or as tests want it.
  std::optional<std::int64_t> offset(const std::string& group, const std::string& topic,
                                     std::int32_t queue_id) const;
  void set_offset(const std::string& group, const std::string& topic, std::int32_t queue_id,
                  std::int64_t offset);
  // The queue now begins here: pulls of older offsets are answered PULL_OFFSET_MOVED.
  void set_min_offset(const std::string& topic, std::int32_t queue_id, std::int64_t offset);
  // As if the thread that takes pulls were so late: only what these bring to store, not answers.
  void store_pull_offsets_after(net::Duration delay) { pull_offset_delay_ = delay; }
  // The next answer with messages comes without its last byte.
  void damage_next_pull() { damages_next_pull_ = true; }

  // Client ids that heartbeats and add_member() brought into a group, and unregistering took out.
  std::vector<std::string> members(const std::string& group) const;
  void add_member(const std::string& group, const std::string& client_id);
  void remove_member(const std::string& group, const std::string& client_id);
  const std::set<std::string>& producer_groups() const { return producer_groups_; }
  // The last heartbeat, whoever sent it.
  const protocol::HeartbeatData& last_heartbeat() const { return last_heartbeat_; }

  // What consumers gave back.
  struct GivenBack {
    std::int64_t commit_log_offset = 0;
    std::string group;
    std::string topic;
    std::int32_t delay_level = 0;
    std::int32_t max_reconsume_times = 0;
  };
  const std::vector<GivenBack>& given_back() const { return given_back_; }

  std::size_t waiting_pulls() const { return waiting_.size(); }
  // What the last pull said about itself.
  struct PullSaid {
    std::int64_t offset = 0;
    std::int32_t sys_flag = 0;
    std::int32_t count_max = 0;
    std::string subscription;
    std::string expression_type;
  };
  const PullSaid& last_pull() const { return last_pull_; }

 private:
  using QueueId = std::pair<std::string, std::int32_t>;
  struct Queue {
    std::int64_t min_offset = 0;
    std::vector<std::string> records;  // from offset `begin` on
    std::vector<std::int64_t> times;   // when they were stored
    std::int64_t begin = 0;
    std::int64_t end() const { return begin + static_cast<std::int64_t>(records.size()); }
  };
  using AnswerPull = std::function<void(const protocol::PullMessageResponse& response,
                                        std::string_view body, ResponseCode code)>;
  // A pull of either kind.
  struct Pull {
    const protocol::PullMessage* request;  // lives as long as `answer`
    AnswerPull answer;
  };
  struct Waiting {
    Pull pull;
    std::unique_ptr<net::Timer> timer;
  };

  void serve_messages();
  void serve_offsets();
  void serve_clients();
  void take_send(net::Call<protocol::SendMessageV2> call);
  template <class Req>
  void serve_pulls();
  void receive(Pull pull);
  // False: nothing to give yet, it still waits.
  bool answer_pull(const Pull& pull);
  void wake_pulls();
  void take_heartbeat(std::string_view body);
  Queue& queue(std::string_view topic, std::int32_t queue_id);

  const std::string name_;
  std::int32_t send_code_ = 0;
  bool holds_send_answers_ = false;
  std::vector<net::Responder> held_answers_;
  bool damages_next_pull_ = false;
  net::Duration pull_offset_delay_{};
  std::vector<std::unique_ptr<net::Timer>> late_offsets_;
  std::int64_t commit_log_offset_ = 0;
  std::vector<Stored> stored_;
  std::map<QueueId, Queue> queues_;
  std::map<std::pair<std::string, QueueId>, std::int64_t> offsets_;
  std::map<std::string, std::set<std::string>> members_;
  std::set<std::string> producer_groups_;
  protocol::HeartbeatData last_heartbeat_;
  std::vector<GivenBack> given_back_;
  PullSaid last_pull_;
  std::map<int, Waiting> waiting_;
  int next_waiting_ = 0;
};

// The route of a topic with so many queues on each of these brokers.
protocol::TopicRouteData route_over(const std::vector<const ScriptedBroker*>& brokers,
                                    int queues_each);

}  // namespace rocketmq::client::testing
