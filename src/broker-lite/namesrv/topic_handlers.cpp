#include "broker-lite/namesrv/handlers.h"
#include "protocol/requests/namesrv.h"
#include "protocol/requests/namesrv_admin.h"

// Lists of topics, and what tools change about them.

namespace rocketmq::namesrv {

using net::RequestContext;

namespace {

// Java: TopicSysFlag.
constexpr std::int32_t unit = 1;
constexpr std::int32_t unit_sub = 2;

Result<void> list(bool is_enabled, const std::vector<std::string>& topics,
                  RequestContext& context) {
  if (!is_enabled) return Error{ResponseCode::system_error, "disable"};
  context.reply.body = protocol::to_json(protocol::TopicList{{}, topics});
  return {};
}

}  // namespace

void add_topic_handlers(net::Router& router, NamesrvCore& core) {
  router.on<protocol::GetAllTopicListFromNameserver>(
      [&core](const protocol::GetAllTopicListFromNameserver&, RequestContext& context) {
        return list(core.settings.enable_all_topic_list, core.routes.topics(), context);
      });

  router.on<protocol::GetTopicsByCluster>(
      [&core](const protocol::GetTopicsByCluster& request, RequestContext& context) {
        return list(core.settings.enable_topic_list, core.routes.topics_of_cluster(request.cluster),
                    context);
      });

  router.on<protocol::GetUnitTopicList>(
      [&core](const protocol::GetUnitTopicList&, RequestContext& context) {
        return list(core.settings.enable_topic_list, core.routes.topics_flagged(unit), context);
      });
  router.on<protocol::GetHasUnitSubTopicList>(
      [&core](const protocol::GetHasUnitSubTopicList&, RequestContext& context) {
        return list(core.settings.enable_topic_list, core.routes.topics_flagged(unit_sub), context);
      });
  router.on<protocol::GetHasUnitSubUnunitTopicList>(
      [&core](const protocol::GetHasUnitSubUnunitTopicList&, RequestContext& context) {
        return list(core.settings.enable_topic_list, core.routes.topics_flagged(unit_sub, unit),
                    context);
      });

  router.on<protocol::GetSystemTopicListFromNs>(
      [&core](const protocol::GetSystemTopicListFromNs&, RequestContext& context) -> Result<void> {
        context.reply.body = protocol::to_json(core.routes.system_topics());
        return {};
      });

  router.on<protocol::DeleteTopicInNamesrv>([&core](const protocol::DeleteTopicInNamesrv& request,
                                                    RequestContext&) -> Result<void> {
    // Java: an empty cluster name is none.
    const bool is_of_cluster = request.cluster_name && !request.cluster_name->empty();
    core.routes.delete_topic(request.topic, is_of_cluster ? request.cluster_name : std::nullopt);
    return {};
  });

  router.on<protocol::RegisterTopicInNamesrv>([&core](
                                                  const protocol::RegisterTopicInNamesrv& request,
                                                  RequestContext& context) -> Result<void> {
    const auto route = protocol::from_json<protocol::TopicRouteData>(context.body(), "topic route");
    if (!route) return Error{ResponseCode::system_error, route.error().message};
    core.routes.register_topic(request.topic, route->queue_datas);
    return {};
  });

  router.on<protocol::WipeWritePermOfBroker>(
      [&core](const protocol::WipeWritePermOfBroker& request,
              RequestContext&) -> Result<protocol::WipeWritePermOfBrokerResponse> {
        return protocol::WipeWritePermOfBrokerResponse{
            core.routes.wipe_write_perm(request.broker_name)};
      });

  router.on<protocol::AddWritePermOfBroker>(
      [&core](const protocol::AddWritePermOfBroker& request,
              RequestContext&) -> Result<protocol::AddWritePermOfBrokerResponse> {
        return protocol::AddWritePermOfBrokerResponse{
            core.routes.add_write_perm(request.broker_name)};
      });
}

}  // namespace rocketmq::namesrv
