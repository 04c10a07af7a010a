#include "broker-lite/state/clients.h"

#include <algorithm>
#include <utility>

namespace rocketmq::broker {

using net::ChannelHandle;

namespace {

MembersChanged changed(std::string_view name, const ConsumerGroup& group) {
  MembersChanged change{std::string(name), {}};
  change.channels.reserve(group.members.size());
  for (const ClientMember& member : group.members) change.channels.push_back(member.channel);
  return change;
}

// How many were there: one or none.
std::size_t forget(std::vector<std::string>& names, std::string_view name) {
  return std::erase(names, name);
}

void leave(std::vector<ClientMember>& members, const ChannelHandle& channel) {
  std::erase_if(members, [&](const ClientMember& m) { return m.channel == channel; });
}

}  // namespace

// Finds or adds the client among `members`. A client that comes back over a new connection before
// the old one is known to be dead replaces itself: it must not be counted twice in a rebalance.
Clients::Joined Clients::join(std::vector<ClientMember>& members, const ClientInfo& client,
                              TimePoint now, std::vector<std::string> Memberships::* side,
                              std::string_view group) {
  const auto same_channel = [&](const ClientMember& m) { return m.channel == client.channel; };
  auto member = std::find_if(members.begin(), members.end(), same_channel);
  const bool is_new = member == members.end();
  if (is_new) {
    const auto same_id = [&](const ClientMember& m) { return m.client_id == client.client_id; };
    member = std::find_if(members.begin(), members.end(), same_id);
    if (member != members.end()) {
      members_ -= forget(channels_[member->channel].*side, group);
    } else {
      if (members_ >= options_.members_max) return Joined::refused;
      member = members.emplace(members.end());
    }
    ++members_;
    (channels_[client.channel].*side).emplace_back(group);
  }
  static_cast<ClientInfo&>(*member) = client;
  member->last_update = now;
  return is_new ? Joined::is_new : Joined::known;
}

Clients::Registered Clients::register_consumer(const ClientInfo& client,
                                               const protocol::ConsumerData& data,
                                               std::int32_t fingerprint, bool without_sub,
                                               TimePoint now) {
  auto found = consumers_.find(data.group_name);
  if (found == consumers_.end()) {
    if (members_ >= options_.members_max) return {.accepted = false};
    found = consumers_.emplace(data.group_name, ConsumerGroup{}).first;
  }
  ConsumerGroup& group = found->second;

  const Joined joined =
      join(group.members, client, now, &Memberships::consumer_groups, data.group_name);
  if (joined == Joined::refused) return {.accepted = false};

  group.consume_type = data.consume_type;
  group.message_model = data.message_model;
  group.consume_from_where = data.consume_from_where;

  Registered registered;
  // Java: ClientManageProcessor.heartBeatV2. A plain heartbeat always says "changed".
  registered.subscription_changed =
      fingerprint == 0 || std::exchange(group.heartbeat_fingerprint, fingerprint) != fingerprint;
  const bool has_other_topics =
      !without_sub && update_subscriptions(group, data.subscription_data_set);
  if ((joined == Joined::is_new || has_other_topics) &&
      group.message_model != protocol::MessageModel::broadcasting) {
    registered.changed.push_back(changed(data.group_name, group));
  }
  return registered;
}

// Java: ConsumerGroupInfo.updateSubscription. True: other topics than before. A newer expression
// for the same topic is taken over, and is no change that others need to know of.
bool Clients::update_subscriptions(ConsumerGroup& group,
                                   const std::vector<protocol::SubscriptionData>& subscriptions) {
  bool is_changed = false;
  for (const protocol::SubscriptionData& subscription : subscriptions) {
    const auto [there, is_new] = group.subscriptions.try_emplace(subscription.topic, subscription);
    is_changed |= is_new;
    if (!is_new && subscription.sub_version > there->second.sub_version) {
      there->second = subscription;
    }
  }
  const auto is_gone = [&](const auto& entry) {
    return std::none_of(subscriptions.begin(), subscriptions.end(),
                        [&](const auto& s) { return s.topic == entry.first; });
  };
  return std::erase_if(group.subscriptions, is_gone) > 0 || is_changed;
}

bool Clients::register_producer(const ClientInfo& client, std::string_view group, TimePoint now) {
  auto found = producers_.find(group);
  if (found == producers_.end()) {
    if (members_ >= options_.members_max) return false;
    found = producers_.emplace(group, std::vector<ClientMember>{}).first;
  }
  return join(found->second, client, now, &Memberships::producer_groups, group) != Joined::refused;
}

std::vector<MembersChanged> Clients::unregister_consumer(const ChannelHandle& channel,
                                                         std::string_view group) {
  std::vector<MembersChanged> change = leave_consumer_group(channel, group);
  if (const auto of = channels_.find(channel); of != channels_.end()) {
    members_ -= forget(of->second.consumer_groups, group);
  }
  return change;
}

void Clients::unregister_producer(const ChannelHandle& channel, std::string_view group) {
  leave_producer_group(channel, group);
  if (const auto of = channels_.find(channel); of != channels_.end()) {
    members_ -= forget(of->second.producer_groups, group);
  }
}

// The last member takes the group with it, and its subscriptions.
std::vector<MembersChanged> Clients::leave_consumer_group(const ChannelHandle& channel,
                                                          std::string_view name) {
  const auto found = consumers_.find(name);
  if (found == consumers_.end()) return {};
  std::vector<ClientMember>& members = found->second.members;
  const std::size_t before = members.size();
  leave(members, channel);
  if (members.empty()) {
    consumers_.erase(found);
    return {};
  }
  if (members.size() == before) return {};
  std::vector<MembersChanged> change;
  change.push_back(changed(name, found->second));
  return change;
}

void Clients::leave_producer_group(const ChannelHandle& channel, std::string_view name) {
  const auto found = producers_.find(name);
  if (found == producers_.end()) return;
  leave(found->second, channel);
  if (found->second.empty()) producers_.erase(found);
}

std::vector<MembersChanged> Clients::channel_closed(const ChannelHandle& channel) {
  const auto of = channels_.find(channel);
  if (of == channels_.end()) return {};
  const Memberships left = std::move(of->second);
  channels_.erase(of);
  members_ -= left.consumer_groups.size() + left.producer_groups.size();

  std::vector<MembersChanged> all;
  for (const std::string& group : left.consumer_groups) {
    for (MembersChanged& change : leave_consumer_group(channel, group)) {
      all.push_back(std::move(change));
    }
  }
  for (const std::string& group : left.producer_groups) leave_producer_group(channel, group);
  return all;
}

Clients::Expired Clients::expire(TimePoint now) {
  const auto is_stale = [&](const ClientMember& member) {
    return now - member.last_update > options_.channel_expired_timeout;
  };
  Expired expired;
  const auto collect = [&](const std::vector<ClientMember>& members) {
    for (const ClientMember& member : members) {
      if (is_stale(member)) expired.channels.push_back(member.channel);
    }
  };
  for (const auto& [name, group] : consumers_) collect(group.members);
  for (const auto& [name, members] : producers_) collect(members);

  for (const ChannelHandle& channel : expired.channels) {
    for (MembersChanged& change : channel_closed(channel)) {
      expired.changed.push_back(std::move(change));
    }
  }
  return expired;
}

const ConsumerGroup* Clients::find_consumers(std::string_view group) const {
  const auto found = consumers_.find(group);
  return found == consumers_.end() ? nullptr : &found->second;
}

const ClientMember* Clients::find_consumer(std::string_view group,
                                           std::string_view client_id) const {
  const ConsumerGroup* consumers = find_consumers(group);
  if (consumers == nullptr) return nullptr;
  const auto found =
      std::ranges::find(consumers->members, client_id,
                        [](const ClientMember& m) -> std::string_view { return m.client_id; });
  return found == consumers->members.end() ? nullptr : &*found;
}

const std::vector<ClientMember>* Clients::find_producers(std::string_view group) const {
  const auto found = producers_.find(group);
  return found == producers_.end() ? nullptr : &found->second;
}

net::ChannelHandle Clients::find_producer(std::string_view client_id) {
  if (const auto known = found_producers_.find(client_id); known != found_producers_.end()) {
    if (known->second) return known->second;
    found_producers_.erase(known);
  }
  for (const auto& [group, members] : producers_) {
    for (const ClientMember& member : members) {
      if (member.client_id != client_id || !member.channel) continue;
      std::erase_if(found_producers_, [](const auto& entry) { return !entry.second; });
      found_producers_.emplace(client_id, member.channel);
      return member.channel;
    }
  }
  return {};
}

const protocol::SubscriptionData* Clients::find_subscription(std::string_view group,
                                                             std::string_view topic) const {
  const ConsumerGroup* consumers = find_consumers(group);
  if (consumers == nullptr) return nullptr;
  const auto found = consumers->subscriptions.find(topic);
  return found == consumers->subscriptions.end() ? nullptr : &found->second;
}

std::vector<std::string> Clients::groups_subscribed_to(std::string_view topic) const {
  std::vector<std::string> groups;
  for (const auto& [name, group] : consumers_) {
    if (group.subscriptions.contains(topic)) groups.push_back(name);
  }
  std::sort(groups.begin(), groups.end());
  return groups;
}

}  // namespace rocketmq::broker
