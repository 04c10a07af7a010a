#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "broker-lite/state/text_map.h"
#include "net/channel_handle.h"
#include "protocol/bodies/client_data.h"
#include "protocol/bodies/stats_data.h"
#include "protocol/command.h"

namespace rocketmq::broker {

using TimePoint = std::chrono::steady_clock::time_point;

// Who is at the other end of a connection, as its last heartbeat said.
struct ClientInfo {
  net::ChannelHandle channel;
  std::string client_id;
  std::string address;  // "10.0.0.9:5555"
  protocol::Language language = protocol::Language::java;
  std::int32_t version = 0;
};

struct ClientMember : ClientInfo {
  TimePoint last_update{};
};

struct ConsumerGroup {
  std::vector<ClientMember> members;
  TextMap<protocol::SubscriptionData> subscriptions;  // by topic
  protocol::ConsumeFromWhere consume_from_where{};
  protocol::ConsumeType consume_type{};
  protocol::MessageModel message_model = protocol::MessageModel::clustering;
  std::int32_t heartbeat_fingerprint = 0;
};

// The members of `group` are others now: tell each of `channels` with NOTIFY_CONSUMER_IDS_CHANGED,
// if the group's config has that enabled.
struct MembersChanged {
  std::string group;
  std::vector<net::ChannelHandle> channels;
  bool operator==(const MembersChanged&) const = default;
};

struct ClientsOptions {
  // Heartbeats come every 30 s. Java: ClientHousekeepingService, CHANNEL_EXPIRED_TIMEOUT.
  std::chrono::milliseconds channel_expired_timeout = std::chrono::seconds(120);
  // A member of a group costs about 300 bytes: at most some 60 MB.
  std::size_t members_max = 200'000;
};

// Which producers and consumers are connected, by group. Java: ProducerManager, ConsumerManager.
class Clients {
 public:
  explicit Clients(ClientsOptions options = {}) : options_(options) {}

  struct Registered {
    bool accepted = true;                 // false: members_max is reached
    bool subscription_changed = false;    // what the answer's IS_SUB_CHANGE says of this group
    std::vector<MembersChanged> changed;  // none or one
  };

  // One entry of a heartbeat's consumerDataSet. `fingerprint` and `without_sub` are the
  // heartbeat's; without_sub leaves the subscriptions as they are.
  Registered register_consumer(const ClientInfo& client, const protocol::ConsumerData& data,
                               std::int32_t fingerprint, bool without_sub, TimePoint now);
  // False: members_max is reached.
  bool register_producer(const ClientInfo& client, std::string_view group, TimePoint now);

  // UNREGISTER_CLIENT, for one group. The client is known by its channel.
  std::vector<MembersChanged> unregister_consumer(const net::ChannelHandle& channel,
                                                  std::string_view group);
  void unregister_producer(const net::ChannelHandle& channel, std::string_view group);

  std::vector<MembersChanged> channel_closed(const net::ChannelHandle& channel);

  struct Expired {
    std::vector<net::ChannelHandle> channels;  // to be closed
    std::vector<MembersChanged> changed;
  };
  // Forgets whom nothing was heard from for channel_expired_timeout. Called every 10 s.
  Expired expire(TimePoint now);

  // nullptr: nobody of the group is connected. Good until the next change.
  const ConsumerGroup* find_consumers(std::string_view group) const;
  // nullptr: the client is not in the group.
  const ClientMember* find_consumer(std::string_view group, std::string_view client_id) const;
  const std::vector<ClientMember>* find_producers(std::string_view group) const;
  const TextMap<std::vector<ClientMember>>& producers() const { return producers_; }  // by group
  // Empty: no producer of that client is connected.
  net::ChannelHandle find_producer(std::string_view client_id);
  const protocol::SubscriptionData* find_subscription(std::string_view group,
                                                      std::string_view topic) const;
  // Groups with a live subscription on the topic, sorted.
  std::vector<std::string> groups_subscribed_to(std::string_view topic) const;

  // visit(name, group), and visit(group's name, member).
  template <class Visit>
  void for_each_consumer_group(Visit visit) const {
    for (const auto& [name, group] : consumers_) visit(name, group);
  }
  template <class Visit>
  void for_each_producer(Visit visit) const {
    for (const auto& [name, members] : producers_) {
      for (const ClientMember& member : members) visit(name, member);
    }
  }

  std::size_t channels() const { return channels_.size(); }
  std::size_t members() const { return members_; }

 private:
  struct Memberships {
    std::vector<std::string> consumer_groups;
    std::vector<std::string> producer_groups;
  };

  // What became of a heartbeat: there was no room, it was a known channel, or one new to the group.
  enum class Joined { refused, known, is_new };
  Joined join(std::vector<ClientMember>& members, const ClientInfo& client, TimePoint now,
              std::vector<std::string> Memberships::* side, std::string_view group);
  std::vector<MembersChanged> leave_consumer_group(const net::ChannelHandle& channel,
                                                   std::string_view group);
  void leave_producer_group(const net::ChannelHandle& channel, std::string_view group);
  static bool update_subscriptions(ConsumerGroup& group,
                                   const std::vector<protocol::SubscriptionData>& subscriptions);

  const ClientsOptions options_;
  TextMap<ConsumerGroup> consumers_;
  TextMap<std::vector<ClientMember>> producers_;
  TextMap<net::ChannelHandle> found_producers_;  // by client id: looked for before
  std::unordered_map<net::ChannelHandle, Memberships> channels_;
  std::size_t members_ = 0;  // as many as all Memberships name together
};

}  // namespace rocketmq::broker
