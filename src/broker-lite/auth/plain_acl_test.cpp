#include "protocol/requests/plain_acl.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "broker-lite/auth/signs_as.h"
#include "broker-lite/broker_rig.h"
#include "protocol/bodies/client_data.h"
#include "protocol/json_body.h"
#include "protocol/testing/temporary_folder.h"

// A broker with the accounts of 4.x.

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view denied = "1 org.apache.rocketmq.acl.common.AclException: ";

// What comes behind is the SDK's advice.
auto denies(std::string_view why) { return StartsWith(str(denied, why, ". ")); }

constexpr std::string_view accounts = R"(
accounts:
- {accessKey: administrator, secretKey: admin-secret, admin: true}
- accessKey: program
  secretKey: program-secret
  defaultTopicPerm: DENY
  defaultGroupPerm: DENY
  topicPerms: [T=PUB, U=PUB|SUB, R=SUB]
  groupPerms: [G=SUB]
- {accessKey: reader1, secretKey: reader-secret, defaultTopicPerm: SUB, defaultGroupPerm: SUB}
)";

struct PlainAclTest : ::testing::Test {
  PlainAclTest() {
    rig.options.acl_enable = true;
    rig.options.acl_home = folder.path;
    write("conf/plain_acl.yml", accounts);
  }
  void write(const std::string& name, std::string_view text) {
    const std::filesystem::path path = std::filesystem::path(folder.path) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  std::string read(const std::string& name) {
    std::ifstream file(std::filesystem::path(folder.path) / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void start() {
    rig.start();
    admin = client("administrator", "admin-secret");
    program = client("program", "program-secret");
  }
  std::unique_ptr<TestClient> client(std::string name, const std::string& secret) {
    return std::make_unique<TestClient>(rig.loop, rig.broker->listen_address(),
                                        signs_as(std::move(name), secret));
  }
  std::string start_error() {
    auto broker = Broker::start(rig.loop, rig.options, {rig.directory, rig.flusher}, "", {}, [] {});
    return broker ? "started" : broker.error().message;
  }
  static protocol::PullMessage pull_of(std::string_view group, std::string_view topic) {
    auto pull = pull_from(topic, 0, 0);
    pull.consumer_group = group;
    return pull;
  }
  static protocol::UpdateAndCreateAclConfig account(std::string_view key, std::string_view secret) {
    protocol::UpdateAndCreateAclConfig request;
    request.access_key = key;
    request.secret_key = secret;
    return request;
  }

  TemporaryFolder folder;
  BrokerRig rig;
  std::unique_ptr<TestClient> admin;
  std::unique_ptr<TestClient> program;
};

TEST_F(PlainAclTest, asks_everybody_who_he_is) {
  start();
  EXPECT_EQ(admin->refusal(send_to("T"), "m"), "0");
  EXPECT_THAT(rig.connect()->refusal(send_to("T"), "m"), denies("No accessKey is configured"));
  EXPECT_THAT(client("stranger", "x")->refusal(send_to("T"), "m"),
              denies("No acl config for stranger"));
  EXPECT_THAT(client("program", "wrong")->refusal(send_to("T"), "m"),
              denies("Check signature failed for accessKey=program"));
}

TEST_F(PlainAclTest, gives_each_what_the_file_says) {
  start();
  EXPECT_EQ(program->refusal(send_to("T"), "m"), "0");
  EXPECT_THAT(program->refusal(send_to("R"), "m"), denies("No default permission for topic:R"));
  EXPECT_THAT(program->refusal(send_to("X"), "m"), denies("No default permission for topic:X"));
  EXPECT_THAT(program->refusal(pull_of("G", "T")), denies("No default permission for topic:T"));
  EXPECT_EQ(admin->refusal(send_to("U"), "m"), "0");
  EXPECT_EQ(program->refusal(pull_of("G", "U")), "0");
  EXPECT_THAT(program->refusal(pull_of("H", "U")), denies("No default permission for group:H"));
  const auto reader = client("reader1", "reader-secret");
  EXPECT_EQ(reader->refusal(pull_of("H", "U")), "0");
  EXPECT_THAT(reader->refusal(send_to("U"), "m"), denies("No default permission for topic:U"));
}

TEST_F(PlainAclTest, takes_a_retry_topic_for_its_group) {
  start();
  auto back = send_to("%RETRY%G");
  back.producer_group = "G";
  EXPECT_EQ(program->refusal(back, "m"), "0");
  back.producer_group = "H";
  EXPECT_THAT(program->refusal(back, "m"), denies("No default permission for group:H"));
  EXPECT_THAT(program->refusal(pull_of("G", "%RETRY%H")), HasSubstr("group:H"));
}

TEST_F(PlainAclTest, looks_into_heartbeats_and_batches) {
  start();
  protocol::HeartbeatData heartbeat;
  heartbeat.client_id = "c";
  protocol::ConsumerData consumer;
  consumer.group_name = "G";
  consumer.subscription_data_set.emplace_back();
  consumer.subscription_data_set[0].topic = "X";
  heartbeat.consumer_data_set.push_back(consumer);
  EXPECT_THAT(program->refusal(protocol::HeartBeat(), protocol::to_json(heartbeat)),
              denies("No default permission for topic:X"));
  protocol::SendBatchMessage batch;
  static_cast<protocol::SendMessageV2&>(batch) = send_to("R");
  EXPECT_THAT(program->refusal(batch, "m"), StartsWith(denied));
}

TEST_F(PlainAclTest, lets_administrators_only_change_the_broker) {
  start();
  protocol::UpdateAndCreateTopic request;
  request.topic = "New";
  request.default_topic = "TBW102";
  request.topic_filter_type = "SINGLE_TAG";
  EXPECT_EQ(admin->refusal(request), "0");
  EXPECT_THAT(program->refusal(request),
              denies("Need admin permission for request code=17, but accessKey=program is not"));
  EXPECT_THAT(program->refusal(account("program", "program-secret")),
              HasSubstr("Need admin permission for request code=50"));
  EXPECT_THAT(program->refusal(protocol::GetAclConfig()), HasSubstr("Need admin permission"));
}

TEST_F(PlainAclTest, asks_nobody_from_a_white_address) {
  write("conf/acl/white.yml", "globalWhiteRemoteAddresses: [127.0.0.*]\n");
  start();
  EXPECT_EQ(rig.connect()->refusal(send_to("X"), "m"), "0");
  write("conf/acl/white.yml",
        "accounts: [{accessKey: trusted, secretKey: 12345678, whiteRemoteAddress: 127.0.0.1}]\n");
  rig.loop.advance(2s);
  EXPECT_EQ(client("trusted", "of no matter")->refusal(send_to("X"), "m"), "0");
  EXPECT_THAT(rig.connect()->refusal(send_to("X"), "m"), HasSubstr("No accessKey"));
}

TEST_F(PlainAclTest, follows_its_files) {
  start();
  write("conf/plain_acl.yml",
        "accounts: [{accessKey: newcomer, secretKey: 12345678, admin: true}]");
  rig.loop.advance(2s);
  EXPECT_THAT(rig.log, Contains(HasSubstr("plain ACL files have changed")));
  EXPECT_EQ(client("newcomer", "12345678")->refusal(send_to("T"), "m"), "0");
  EXPECT_THAT(program->refusal(send_to("T"), "m"), HasSubstr("No acl config for program"));

  write("conf/plain_acl.yml", "accounts:\n- accessKey: short\n");
  rig.loop.advance(5s);
  EXPECT_EQ(std::ranges::count_if(rig.log,
                                  [](const std::string& line) {
                                    return line.find("accessKey short: accessKey is not longer") !=
                                           line.npos;
                                  }),
            1);
  EXPECT_EQ(client("newcomer", "12345678")->refusal(send_to("T"), "m"), "0") << "as it was";
}

TEST_F(PlainAclTest, does_not_start_with_files_it_does_not_understand) {
  write("conf/plain_acl.yml", "accounts:\n- accessKey: abcdefg\n  admin: perhaps\n");
  EXPECT_EQ(start_error(),
            str(folder.path, "/conf/plain_acl.yml: line 3: admin is neither true nor false"));
  write("conf/plain_acl.yml", "accounts: [{accessKey: abcdefg, secretKey: short}]");
  EXPECT_THAT(start_error(), HasSubstr("accessKey abcdefg: secretKey is not longer than 6"));
  write("conf/plain_acl.yml", "globalWhiteRemoteAddresses: [nowhere]");
  EXPECT_THAT(
      start_error(),
      HasSubstr("globalWhiteRemoteAddresses: Netaddress examine Exception netaddress is nowhere"));
  write("conf/plain_acl.yml",
        "accounts: [{accessKey: abcdefg, secretKey: 12345678, topicPerms: [T]}]");
  EXPECT_THAT(start_error(), HasSubstr("Parse resource permission failed for topic:T"));
}

TEST_F(PlainAclTest, reads_every_file_in_its_folder_and_the_first_account_of_a_name) {
  write("conf/acl/more/a.yaml",
        "accounts: [{accessKey: program, secretKey: other-secret, admin: true}]");
  write("conf/acl/notes.txt", "accounts: nonsense");
  start();
  EXPECT_THAT(rig.log, Contains(HasSubstr("accessKey program is there already")));
  EXPECT_EQ(client("program", "other-secret")->refusal(send_to("X"), "m"), "0");
}

TEST_F(PlainAclTest, puts_accounts_into_the_file) {
  start();
  auto request = account("newcomer", "12345678");
  request.topic_perms = "T=PUB,U=SUB";
  request.default_group_perm = "SUB";
  EXPECT_EQ(admin->refusal(request), "0");
  EXPECT_EQ(client("newcomer", "12345678")->refusal(send_to("T"), "m"), "0") << "at once";
  EXPECT_THAT(read("conf/plain_acl.yml"), HasSubstr("accessKey: \"newcomer\""));

  request.topic_perms = "T=DENY";
  request.default_group_perm = "";
  EXPECT_EQ(admin->refusal(request), "0");
  EXPECT_THAT(client("newcomer", "12345678")->refusal(send_to("T"), "m"), HasSubstr("topic:T"));
  EXPECT_THAT(read("conf/plain_acl.yml"), HasSubstr("defaultGroupPerm: \"SUB\""));

  EXPECT_EQ(admin->refusal(account("short", "12345678")),
            "209 The accessKey=short and secretKey=12345678 cannot be null and length should "
            "longer than 6");
  auto wrong = account("another", "12345678");
  wrong.topic_perms = "T";
  EXPECT_THAT(admin->refusal(wrong), StartsWith("209 Parse Resource format error for T.\n"));
  wrong.topic_perms = "T=ALL";
  EXPECT_THAT(admin->refusal(wrong),
              StartsWith("209 Parse resource permission error for T=ALL.\n"));
  wrong.topic_perms = "T=SUB";
  wrong.white_remote_address = "nowhere";
  EXPECT_EQ(admin->refusal(wrong), "209 Netaddress examine Exception netaddress is nowhere");
}

TEST_F(PlainAclTest, changes_an_account_where_it_is) {
  write("conf/acl/a.yml", "accounts: [{accessKey: stranger, secretKey: 12345678}]");
  start();
  EXPECT_EQ(admin->refusal(account("stranger", "87654321")), "0");
  EXPECT_THAT(read("conf/acl/a.yml"), HasSubstr("87654321"));
  EXPECT_EQ(read("conf/plain_acl.yml"), accounts);
}

TEST_F(PlainAclTest, takes_accounts_out_of_the_file) {
  start();
  protocol::DeleteAclConfig request;
  request.access_key = "program";
  EXPECT_EQ(admin->refusal(request), "0");
  EXPECT_THAT(program->refusal(send_to("T"), "m"), HasSubstr("No acl config for program"));
  EXPECT_EQ(admin->refusal(request),
            "210 The accesskey[program] corresponding to accessConfig has been deleted failed.");
}

TEST_F(PlainAclTest, changes_global_white_addresses_of_its_own_files_only) {
  start();
  protocol::UpdateGlobalWhiteAddrsConfig request;
  request.global_white_addrs = "127.0.0.1,10.0.0.*";
  const std::string elsewhere = str(folder.path, "/conf/../../else.yml");
  request.acl_file_full_path = elsewhere;
  EXPECT_EQ(admin->refusal(request),
            "211 The globalWhiteAddresses[127.0.0.1,10.0.0.*] has been updated failed.");
  request.acl_file_full_path = "";
  EXPECT_EQ(admin->refusal(request), "0");
  EXPECT_EQ(rig.connect()->refusal(send_to("X"), "m"), "0");
}

TEST_F(PlainAclTest, tells_what_is_in_the_files_and_how_often_they_changed) {
  start();
  const auto before = admin->call(protocol::GetAclConfigVersion());
  ASSERT_TRUE(before);
  EXPECT_THAT(before->header.version, HasSubstr(R"("counter":0)"));
  EXPECT_EQ(admin->refusal(account("newcomer", "12345678")), "0");
  const auto after = admin->call(protocol::GetAclConfigVersion());
  EXPECT_EQ(after->header.version, str(R"({"counter":1,"timestamp":)", rig.loop.wall_ms(), "}"));
  EXPECT_EQ(after->header.all_acl_file_version,
            str(R"({")", folder.path, R"(/conf/plain_acl.yml":)", after->header.version, "}"));
  EXPECT_EQ(after->header.broker_name, "broker-lite");

  const auto config =
      protocol::from_json<protocol::AclConfig>(admin->call(protocol::GetAclConfig())->body, "acl");
  ASSERT_TRUE(config);
  std::vector<std::string> keys;
  for (const auto& each : config->plain_access_configs) keys.push_back(*each.access_key);
  EXPECT_THAT(keys, ElementsAre("administrator", "program", "reader1", "newcomer"));
}

}  // namespace
}  // namespace rocketmq::broker
