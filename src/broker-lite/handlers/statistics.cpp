#include <array>
#include <string_view>

#include "broker-lite/handlers/admin.h"
#include "protocol/requests/broker_maintenance.h"
#include "protocol/str.h"

// What is counted by topic and by group, for tools that draw charts. Java: viewBrokerStatsData.

namespace rocketmq::broker {
namespace {

using net::RequestContext;
using protocol::BrokerStatsItem;

// "topic@group". No name may hold the separator.
struct Key {
  explicit Key(std::string_view text)
      : topic(text.substr(0, text.find('@'))),
        group(topic.size() < text.size() ? text.substr(topic.size() + 1) : std::string_view()) {}
  std::string_view topic;
  std::string_view group;
};

struct Statistic {
  std::string_view name;
  const Activity* (*find)(const Core& core, std::string_view key);
  std::int64_t Amount::* counted;
};

const Activity* topic_puts(const Core& core, std::string_view key) {
  return core.traffic.puts(key);
}
const Activity* group_gets(const Core& core, std::string_view key) {
  return core.traffic.gets(Key(key).group, Key(key).topic);
}
const Activity* send_backs(const Core& core, std::string_view key) {
  return core.traffic.sent_backs(Key(key).group, Key(key).topic);
}
const Activity* broker_puts(const Core& core, std::string_view key) {
  return key == core.options.broker_cluster_name ? &core.traffic.all_puts() : nullptr;
}
const Activity* broker_gets(const Core& core, std::string_view key) {
  return key == core.options.broker_cluster_name ? &core.traffic.all_gets() : nullptr;
}

constexpr std::array statistics{
    Statistic{"TOPIC_PUT_NUMS", topic_puts, &Amount::messages},
    Statistic{"TOPIC_PUT_SIZE", topic_puts, &Amount::bytes},
    Statistic{"GROUP_GET_NUMS", group_gets, &Amount::messages},
    Statistic{"GROUP_GET_SIZE", group_gets, &Amount::bytes},
    Statistic{"SNDBCK_PUT_NUMS", send_backs, &Amount::messages},
    Statistic{"BROKER_PUT_NUMS", broker_puts, &Amount::messages},
    Statistic{"BROKER_GET_NUMS", broker_gets, &Amount::messages},
};

template <class Window>
BrokerStatsItem item(const Window& window, std::int64_t Amount::* counted, TimePoint now) {
  const Amount amount = window.sum(now);
  BrokerStatsItem item;
  item.sum = amount.*counted;
  item.tps = static_cast<double>(item.sum) / static_cast<double>(Window::length.count());
  if (amount.calls > 0) {
    item.average = static_cast<double>(item.sum) / static_cast<double>(amount.calls);
  }
  return item;
}

// Tools take "not exist" for zero.
Result<void> tell(const Core& core, const protocol::ViewBrokerStatsData& request,
                  RequestContext& context) {
  const auto known = std::ranges::find(statistics, request.stats_name, &Statistic::name);
  const Activity* activity =
      known == statistics.end() ? nullptr : known->find(core, request.stats_key);
  if (activity == nullptr) {
    return Error{ResponseCode::system_error,
                 str("The stats <", request.stats_name, "> <", request.stats_key, "> not exist")};
  }
  const auto now = core.loop.now();
  context.reply.body = protocol::to_json(protocol::BrokerStatsData{
      item(activity->day, known->counted, now), item(activity->hour, known->counted, now),
      item(activity->minute, known->counted, now)});
  return {};
}

}  // namespace

void add_statistics_handlers(net::Router& router, Core& core) {
  router.on<protocol::ViewBrokerStatsData>(
      [&core](const protocol::ViewBrokerStatsData& request, RequestContext& context) {
        return tell(core, request, context);
      });
}

}  // namespace rocketmq::broker
