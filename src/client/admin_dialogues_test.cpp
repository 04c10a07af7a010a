// Every call of Admin, failing at every step.

#include "client/admin_calls.h"
#include "client/testing/dialogues.h"
#include "client/testing/driven_loop.h"
#include "client/testing/scripted_broker.h"
#include "protocol/message_codec.h"
#include "protocol/properties.h"
#include "protocol/requests/assignment.h"
#include "protocol/requests/auth_admin.h"
#include "protocol/requests/broker_admin.h"
#include "protocol/requests/broker_maintenance.h"
#include "protocol/requests/client_push.h"
#include "protocol/requests/group_admin.h"
#include "protocol/requests/message.h"
#include "protocol/requests/namesrv_admin.h"
#include "protocol/requests/topic_group_admin.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::DialogueCall;
using testing::DrivenLoop;
using testing::route_over;
using testing::ScriptedBroker;
using testing::ScriptedNameServer;
using testing::ScriptedServer;

class AdminNameServer final : public ScriptedNameServer {
 public:
  explicit AdminNameServer(net::Loop& loop) : ScriptedNameServer(loop, "names:9876") {
    using namespace protocol;
    accept<GetTopicsByCluster, DeleteTopicInNamesrv, GetNamesrvConfig, UpdateNamesrvConfig,
           WipeWritePermOfBroker, AddWritePermOfBroker, PutKVConfig, DeleteKVConfig,
           GetKVListByNamespace>();
  }

 private:
  // With an empty answer.
  template <class... Req>
  void accept() {
    (serve<Req>([](net::Call<Req> call) { call.reply({}, "{}"); }), ...);
  }
};

// Says yes to everything, and knows of one message and one group "G".
class AdminBroker final : public ScriptedBroker {
 public:
  AdminBroker(net::Loop& loop, std::string name, std::string address)
      : ScriptedBroker(loop, std::move(name), std::move(address)) {
    using namespace protocol;
    accept<UpdateAndCreateTopic, DeleteTopicInBroker, GetTopicStatsInfo, QueryTopicConsumeByWho,
           UpdateAndCreateSubscriptionGroup, DeleteSubscriptionGroup, GetConsumerConnectionList,
           GetProducerConnectionList, GetConsumeStats, GetConsumerRunningInfo,
           InvokeBrokerToResetOffset, InvokeBrokerToGetConsumerStatus, CloneGroupOffset,
           UpdateAndGetGroupForbidden, SetMessageRequestMode, ConsumeMessageDirectly,
           ResumeCheckHalfMessage, GetBrokerRuntimeInfo, GetBrokerConfig, UpdateBrokerConfig,
           ViewBrokerStatsData, DeleteExpiredCommitLog, CleanExpiredConsumeQueue, CleanUnusedTopic,
           AuthCreateUser, AuthUpdateUser, AuthDeleteUser, AuthCreateAcl, AuthUpdateAcl,
           AuthDeleteAcl>();
    serve<AuthListUser>([](net::Call<AuthListUser> call) { call.reply({}, "[]"); });
    serve<AuthListAcl>([](net::Call<AuthListAcl> call) { call.reply({}, "[]"); });
    serve<GetAllSubscriptionGroupConfig>([](net::Call<GetAllSubscriptionGroupConfig> call) {
      SubscriptionGroupWrapper groups;
      groups.subscription_group_table["G"].group_name = "G";
      call.reply({}, to_json(groups));
    });
    serve<QueryMessage>([](net::Call<QueryMessage> call) {
      const std::string properties =
          encode_properties({{property::unique_key, "id"}, {property::keys, "key"}});
      const RecordView record{.body = "body", .topic = "T", .properties = properties};
      std::string bytes(record_size(record), '\0');
      encode_record(record, bytes.data());
      call.reply({}, bytes);
    });
  }

 private:
  template <class... Req>
  void accept() {
    (serve<Req>([](net::Call<Req> call) { call.reply({}, "{}"); }), ...);
  }
};

class AdminWorld {
 public:
  AdminWorld() {
    names.set_route("T", route_over({&a, &b}, 1));
    core = Client::Core::create_on(driven, {.name_servers = names.address()});
    driven.is_idle = [this] { return core->tasks().empty(); };
    admin.emplace(std::make_unique<Admin::Impl>(core));
    a.store({.topic = "T", .body = "m"});
    message = admin->read({"T", "a", 0}, 0).value().at(0);
  }
  ~AdminWorld() {
    driven.is_idle = [] { return true; };
  }

  net::SimLoop loop;
  DrivenLoop driven{loop};
  AdminNameServer names{loop};
  AdminBroker a{loop, "a", "a:10911"};
  AdminBroker b{loop, "b", "b:10911"};
  const std::vector<ScriptedServer*> servers{&names, &a, &b};
  std::shared_ptr<Client::Core> core;
  std::optional<Admin> admin;
  std::optional<MessageView> message;
};

Result<void> without_value(Result<void> result) { return result; }
template <class T>
Result<void> without_value(Result<T> result) {
  if (!result) return std::move(result).error();
  return {};
}

using Call = DialogueCall<AdminWorld>;

template <class Make>
Call asks(std::string name, Make make) {
  return {std::move(name), [make](AdminWorld& world) { return without_value(make(*world.admin)); }};
}
template <class Make>
Call changes(std::string name, RequestCode code, Make make) {
  Call call = asks(std::move(name), std::move(make));
  call.changes = code;
  return call;
}

class AdminDialogues : public ::testing::TestWithParam<Call> {};

TEST_P(AdminDialogues, may_fail_at_every_step) { testing::check_all_dialogues(GetParam()); }

constexpr auto name_of = testing::name_of<AdminWorld>;

INSTANTIATE_TEST_SUITE_P(
    Topics, AdminDialogues,
    ::testing::Values(
        asks("topics", [](Admin& admin) { return admin.topics(); }),
        asks("topics_of_cluster", [](Admin& admin) { return admin.topics_of_cluster("c"); }),
        changes("create_topic", RequestCode::update_and_create_topic,
                [](Admin& admin) { return admin.create_topic({.name = "new"}); }),
        changes("delete_topic", RequestCode::delete_topic_in_broker,
                [](Admin& admin) { return admin.delete_topic("T"); }),
        asks("describe_topic", [](Admin& admin) { return admin.describe_topic("T"); }),
        asks("route", [](Admin& admin) { return admin.route("T"); }),
        asks("groups_of_topic", [](Admin& admin) { return admin.groups_of_topic("T"); })),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Groups, AdminDialogues,
    ::testing::Values(
        asks("groups", [](Admin& admin) { return admin.groups(); }),
        changes("create_group", RequestCode::update_and_create_subscriptiongroup,
                [](Admin& admin) { return admin.create_group({.name = "new"}); }),
        asks("describe_group", [](Admin& admin) { return admin.describe_group("G"); }),
        changes("delete_group", RequestCode::delete_subscriptiongroup,
                [](Admin& admin) { return admin.delete_group("G"); }),
        asks("lag", [](Admin& admin) { return admin.lag("G"); }),
        asks("consumers", [](Admin& admin) { return admin.consumers("G"); }),
        asks("producers", [](Admin& admin) { return admin.producers("G", "T"); }),
        asks("consumer_state", [](Admin& admin) { return admin.consumer_state("G", "client"); }),
        asks("consumer_offsets", [](Admin& admin) { return admin.consumer_offsets("G", "T"); })),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Offsets, AdminDialogues,
    ::testing::Values(
        changes("reset_offsets", RequestCode::invoke_broker_to_reset_offset,
                [](Admin& admin) { return admin.reset_offsets("G", "T", StartAt::earliest); }),
        changes("reset_offline", RequestCode::update_consumer_offset,
                [](Admin& admin) { return admin.reset_offline("G", "T", StartAt::latest); }),
        changes("set_offset", RequestCode::update_consumer_offset,
                [](Admin& admin) { return admin.set_offset("G", {"T", "a", 0}, 0); }),
        changes("clone_offsets", RequestCode::clone_group_offset,
                [](Admin& admin) { return admin.clone_offsets("G", "H", "T"); }),
        changes("group_readable", RequestCode::update_and_get_group_forbidden,
                [](Admin& admin) { return admin.group_readable("G", "T", true); }),
        changes("set_message_request_mode", RequestCode::set_message_request_mode,
                [](Admin& admin) { return admin.set_message_request_mode("G", "T", true); }),
        asks("offset_at",
             [](Admin& admin) { return admin.offset_at({"T", "a", 0}, StartAt::earliest); })),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Messages, AdminDialogues,
    ::testing::Values(
        asks("message", [](Admin& admin) { return admin.message("T", "id"); }),
        asks("query", [](Admin& admin) { return admin.query({.topic = "T", .key = "key"}); }),
        asks("read", [](Admin& admin) { return admin.read({"T", "a", 0}, 0); }),
        asks("trace", [](Admin& admin) { return admin.trace("id", "T"); }),
        Call{"track",
             [](AdminWorld& world) { return without_value(world.admin->track(*world.message)); }},
        Call{"consume_directly",
             [](AdminWorld& world) {
               return without_value(world.admin->consume_directly("G", "client", *world.message));
             },
             RequestCode::consume_message_directly},
        Call{"resume_half_message",
             [](AdminWorld& world) { return world.admin->resume_half_message(*world.message); },
             RequestCode::resume_check_half_message}),
    name_of);

const std::string broker = "a:10911";

INSTANTIATE_TEST_SUITE_P(
    Brokers, AdminDialogues,
    ::testing::Values(
        asks("cluster", [](Admin& admin) { return admin.cluster(); }),
        asks("broker_settings", [](Admin& admin) { return admin.broker_settings(broker); }),
        changes("update_broker_settings", RequestCode::update_broker_config,
                [](Admin& admin) { return admin.update_broker_settings(broker, {{"a", "1"}}); }),
        asks("broker_rate",
             [](Admin& admin) { return admin.broker_rate(broker, "TOPIC_PUT_NUMS", "T"); }),
        asks("name_server_settings",
             [](Admin& admin) { return admin.name_server_settings("names:9876"); }),
        changes("update_name_server_settings", RequestCode::update_namesrv_config,
                [](Admin& admin) { return admin.update_name_server_settings({{"a", "1"}}); }),
        changes("wipe_write_permission", RequestCode::wipe_write_perm_of_broker,
                [](Admin& admin) { return admin.set_broker_writable("a", false); }),
        changes("add_write_permission", RequestCode::add_write_perm_of_broker,
                [](Admin& admin) { return admin.set_broker_writable("a", true); }),
        changes("delete_expired_commit_log", RequestCode::delete_expired_commitlog,
                [](Admin& admin) { return admin.delete_expired_commit_log(broker); }),
        changes("clean_expired_consume_queue", RequestCode::clean_expired_consumequeue,
                [](Admin& admin) { return admin.clean_expired_consume_queue(broker); }),
        changes("clean_unused_topics", RequestCode::clean_unused_topic,
                [](Admin& admin) { return admin.clean_unused_topics(broker); }),
        asks("kv_configs", [](Admin& admin) { return admin.kv_configs("ns"); }),
        changes("put_kv_config", RequestCode::put_kv_config,
                [](Admin& admin) { return admin.put_kv_config("ns", "key", "value"); }),
        changes("delete_kv_config", RequestCode::delete_kv_config,
                [](Admin& admin) { return admin.delete_kv_config("ns", "key"); })),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Users, AdminDialogues,
    ::testing::Values(
        changes("create_user", RequestCode::auth_create_user,
                [](Admin& admin) { return admin.create_user({.username = "alice"}); }),
        changes("update_user", RequestCode::auth_update_user,
                [](Admin& admin) { return admin.update_user({.username = "alice"}); }),
        changes("delete_user", RequestCode::auth_delete_user,
                [](Admin& admin) { return admin.delete_user("alice"); }),
        asks("users", [](Admin& admin) { return admin.users(); }),
        changes("create_acl", RequestCode::auth_create_acl,
                [](Admin& admin) { return admin.create_acl({.subject = "User:alice"}); }),
        changes("update_acl", RequestCode::auth_update_acl,
                [](Admin& admin) { return admin.update_acl({.subject = "User:alice"}); }),
        changes("delete_acl", RequestCode::auth_delete_acl,
                [](Admin& admin) { return admin.delete_acl("User:alice"); }),
        asks("acls", [](Admin& admin) { return admin.acls(); })),
    name_of);

}  // namespace
}  // namespace rocketmq::client
