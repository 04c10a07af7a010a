#include "protocol/requests/group_admin.h"

#include <string>
#include <utility>

#include "broker-lite/handlers/admin.h"
#include "protocol/requests/topic_group_admin.h"
#include "protocol/str.h"

// Consumer groups, as tools create, look at and delete them.

namespace rocketmq::broker {
namespace {

using net::RequestContext;

void update_group(Core& core, net::Call<protocol::UpdateAndCreateSubscriptionGroup> call) {
  if (call.body().empty()) return call.reply({});
  auto config = protocol::from_json<protocol::SubscriptionGroupConfig>(call.body(), "group config");
  if (!config) return call.fail({ResponseCode::system_error, config.error().message});
  if (auto updated = core.groups.update({*std::move(config)}, core.loop.wall_ms()); !updated) {
    return call.fail(updated.error());
  }
  core.groups_changed();
  reply_when_settled(core, std::move(call));
}

// All of them or, on an error, none.
void update_groups(Core& core, net::Call<protocol::UpdateAndCreateSubscriptionGroupList> call) {
  auto list = protocol::from_json<protocol::SubscriptionGroupList>(call.body(), "group list");
  if (!list) return call.fail({ResponseCode::system_error, list.error().message});
  if (auto updated = core.groups.update(std::move(list->group_config_list), core.loop.wall_ms());
      !updated) {
    return call.fail(updated.error());
  }
  core.groups_changed();
  reply_when_settled(core, std::move(call));
}

// Without `readable` it only tells. What nobody has cannot be forbidden: it would never be cleaned
// up.
void update_and_get_forbidden(Core& core, net::Call<protocol::UpdateAndGetGroupForbidden> call) {
  const bool forbids = call->readable == false;
  if (forbids && core.groups.find(call->group) == nullptr) {
    return call.fail({ResponseCode::subscription_group_not_exist,
                      str("subscription group [", call->group, "] does not exist")});
  }
  if (forbids && core.topics.find(call->topic) == nullptr) {
    return call.fail({ResponseCode::topic_not_exist, str("topic[", call->topic, "] not exist")});
  }
  if (call->readable &&
      core.groups.set_readable(call->group, call->topic, *call->readable, core.loop.wall_ms())) {
    core.groups_changed();
  }
  protocol::GroupForbidden forbidden{std::string(call->group), {}, std::string(call->topic)};
  forbidden.readable = core.groups.is_readable(call->group, call->topic);
  reply_when_settled(core, std::move(call), protocol::to_json(forbidden));
}

// Consumers that are connected stay so; their next heartbeat makes the group anew, where groups are
// made by themselves.
void delete_group(Core& core, net::Call<protocol::DeleteSubscriptionGroup> call) {
  const std::string group(call->group_name);
  const bool is_removed = core.groups.remove(group, core.loop.wall_ms());
  if (call->clean_offset.value_or(false)) core.offsets.remove_group(group);
  if (!is_removed) return call.reply({});
  core.traffic.group_removed(group);
  core.groups_changed();
  reply_when_settled(core, std::move(call));
}

Result<protocol::TotalGroupNumResponse> list_groups(
    Core& core, const protocol::GetAllSubscriptionGroupConfig& request, RequestContext& context) {
  auto all = core.groups.wrapper();
  const auto total = static_cast<std::int32_t>(all.subscription_group_table.size());
  keep_page(all.subscription_group_table, request.group_seq.value_or(0), request.max_group_num,
            request.data_version.value_or(""), all.data_version);
  context.reply.body = protocol::to_json(all);
  return protocol::TotalGroupNumResponse{total};
}

// Stock makes the group when asked for it; a question that changes something helps nobody.
Result<void> describe_group(Core& core, const protocol::GetSubscriptionGroupConfig& request,
                            RequestContext& context) {
  const protocol::SubscriptionGroupConfig* group = core.groups.find(request.group);
  if (group == nullptr) {
    return Error{ResponseCode::subscription_group_not_exist, "No group in this broker"};
  }
  context.reply.body = protocol::to_json(*group);
  return {};
}

}  // namespace

void add_group_admin_handlers(net::Router& router, Core& core) {
  router.on_deferred<protocol::UpdateAndCreateSubscriptionGroup>(
      [&core](net::Call<protocol::UpdateAndCreateSubscriptionGroup> call) {
        update_group(core, std::move(call));
      });
  router.on_deferred<protocol::UpdateAndCreateSubscriptionGroupList>(
      [&core](net::Call<protocol::UpdateAndCreateSubscriptionGroupList> call) {
        update_groups(core, std::move(call));
      });
  router.on_deferred<protocol::UpdateAndGetGroupForbidden>(
      [&core](net::Call<protocol::UpdateAndGetGroupForbidden> call) {
        update_and_get_forbidden(core, std::move(call));
      });
  router.on_deferred<protocol::DeleteSubscriptionGroup>(
      [&core](net::Call<protocol::DeleteSubscriptionGroup> call) {
        delete_group(core, std::move(call));
      });
  router.on<protocol::GetAllSubscriptionGroupConfig>(
      [&core](const protocol::GetAllSubscriptionGroupConfig& request, RequestContext& context) {
        return list_groups(core, request, context);
      });
  router.on<protocol::GetSubscriptionGroupConfig>(
      [&core](const protocol::GetSubscriptionGroupConfig& request, RequestContext& context) {
        return describe_group(core, request, context);
      });
}

}  // namespace rocketmq::broker
