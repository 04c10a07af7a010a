#include "proxy/command_line.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "protocol/str.h"
#include "protocol/testing/temporary_folder.h"

namespace rocketmq::proxy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

Result<CommandLine> parse(std::vector<std::string> arguments) {
  return parse_command_line(arguments);
}
std::string refusal(std::vector<std::string> arguments) {
  const auto line = parse_command_line(arguments);
  return line ? "accepted" : line.error().message;
}

struct ConfigFile {
  explicit ConfigFile(std::string_view text) {
    std::filesystem::create_directory(folder.path);
    std::ofstream(path) << text;
  }
  const TemporaryFolder folder;
  const std::string path = folder.path + "/proxy.conf";
};

TEST(ProxyCommandLine, listens_on_the_loopback_and_lets_no_tools_through_by_default) {
  const auto line = parse({});
  ASSERT_TRUE(line) << line.error();
  EXPECT_EQ(line->options, ProxyOptions());
  EXPECT_EQ(line->options.listen, "127.0.0.1:8080");
  EXPECT_THAT(line->front.cluster.name_servers, ElementsAre("127.0.0.1:9876"));
  EXPECT_EQ(line->front.admin, AdminPolicy::deny);
  EXPECT_EQ(line->front.addressing, Addressing::auto_by);
  EXPECT_FALSE(line->print);
}

TEST(ProxyCommandLine, takes_settings_from_a_file_and_flags_over_it) {
  const ConfigFile file(
      "# of the shop\nnamesrvAddr = "
      "a:9876;b:9876\nadmin=read\n\ninFlightMax=7\nproxyProtocol=enforcing\n"
      "requestsPerSecond=100\n");
  const auto line = parse({"-c", file.path, "--admin", "all", "--addressing", "ports"});
  ASSERT_TRUE(line) << line.error();
  EXPECT_THAT(line->front.cluster.name_servers, ElementsAre("a:9876", "b:9876"));
  EXPECT_EQ(line->front.admin, AdminPolicy::all);
  EXPECT_EQ(line->front.addressing, Addressing::ports);
  EXPECT_EQ(line->front.in_flight_max, 7);
  EXPECT_EQ(line->front.requests_per_second, 100);
  EXPECT_EQ(line->front.server.listen.proxy_protocol, net::ProxyProtocol::enforcing);
}

TEST(ProxyCommandLine, says_which_line_of_the_file_is_wrong) {
  EXPECT_THAT(refusal({"-c", ConfigFile("admin=read\n\nnoSuch=1\n").path}),
              HasSubstr("proxy.conf, line 3: there is no setting noSuch"));
  EXPECT_THAT(refusal({"-c", ConfigFile("listen\n").path}),
              HasSubstr("line 1: listen is not name=value"));
  EXPECT_THAT(refusal({"-c", ConfigFile("inFlightMax=many\n").path}),
              HasSubstr("line 1: inFlightMax=many cannot be used"));
  EXPECT_THAT(refusal({"-c", ConfigFile("tlsOnly=yes\n").path}), HasSubstr("line 1: tlsOnly=yes"));
  EXPECT_THAT(refusal({"-c", "/no/such/file"}), HasSubstr("cannot read /no/such/file"));
}

TEST(ProxyCommandLine, refuses_what_no_proxy_can_run_with) {
  EXPECT_THAT(refusal({"--addressing", "names"}), HasSubstr("write bname, ports or auto"));
  EXPECT_THAT(refusal({"--admin", "yes"}), HasSubstr("write deny, read or all"));
  EXPECT_THAT(refusal({"--listen", "8080"}), HasSubstr("listen=8080"));
  EXPECT_THAT(refusal({"-n", ";"}), HasSubstr("namesrvAddr=;"));
  EXPECT_THAT(refusal({"--advertise", "http://x"}), HasSubstr("HOST or HOST:PORT"));
  EXPECT_EQ(refusal({"--advertise", "proxy.example"}), "accepted");
  EXPECT_EQ(refusal({"--advertise", "proxy.example:80"}), "accepted");
  EXPECT_THAT(refusal({"--tls-key", "key.pem"}), HasSubstr("need tlsCert"));
  EXPECT_THAT(refusal({"--tls-cert", "/no/such/cert"}), HasSubstr("TLS: "));
  EXPECT_THAT(refusal({"-c", ConfigFile("requestTimeoutMs=0").path}), HasSubstr("is below 1"));
  EXPECT_THAT(refusal({"-c", ConfigFile("messagesPerSecond=-1").path}), HasSubstr("is below 0"));
  EXPECT_THAT(refusal({"-c", ConfigFile("sharedConnections=-1").path}), HasSubstr("is below 0"));
  EXPECT_THAT(refusal({"--metrics", "9000"}), HasSubstr("metrics=9000"));
  EXPECT_THAT(refusal({"-c", ConfigFile("upstreamAccessKey=a").path}), HasSubstr("go together"));
  EXPECT_THAT(refusal({"-c", ConfigFile("usersFile=/no/such").path}), HasSubstr("cannot be read"));
  EXPECT_THAT(refusal({"-c", ConfigFile("rulesFile=/no/such").path}), HasSubstr("needs usersFile"));
  const ConfigFile users("ann:secret\n");
  const ConfigFile rules("ann Topic:T\n");
  EXPECT_THAT(
      refusal({"-c", ConfigFile(str("usersFile=", users.path, "\nrulesFile=", rules.path)).path}),
      HasSubstr("line 1"));
  EXPECT_THAT(refusal({"-c", ConfigFile("proxyProtocol=yes").path}),
              HasSubstr("disabled, permissive or enforcing"));
  EXPECT_THAT(refusal({"-c", ConfigFile("portsFirst=65500").path}), HasSubstr("65535"));
  EXPECT_THAT(refusal({"-c", ConfigFile("frameBytesMax=16777217").path}), HasSubstr("frames end"));
}

TEST(ProxyCommandLine, prints_a_configuration_that_it_reads) {
  const auto line = parse({"-p", "--admin", "read"});
  ASSERT_TRUE(line);
  ASSERT_TRUE(line->print);
  ProxyOptions read;
  ASSERT_TRUE(apply_file(read, *line->print));
  EXPECT_EQ(read, line->options);
  ProxyOptions secret;
  secret.tls_key_password = "hush";
  secret.upstream_secret_key = "hush";
  EXPECT_THAT(to_file(secret), Not(HasSubstr("hush")));
}

TEST(ProxyCommandLine, serves_http_on_the_loopback_by_default) {
  const auto line = parse({"-n", "a:9876"});
  ASSERT_TRUE(line) << line.error();
  EXPECT_EQ(line->options.http, "127.0.0.1:8082");
  ASSERT_TRUE(line->http);
  EXPECT_EQ(line->http->cluster.name_servers, "a:9876");
  EXPECT_EQ(line->http->right_max, gateway::Right::use);
  EXPECT_THAT(line->http->users, IsEmpty());
  EXPECT_EQ(line->http->body_bytes_max, gateway::GatewayOptions().body_bytes_max);
  EXPECT_EQ(line->http->transactions_max, gateway::GatewayOptions().transactions_max);
  EXPECT_EQ(line->http->leases, gateway::LeaseOptions());
  EXPECT_EQ(line->http->server.head_bytes_max, gateway::GatewayOptions().server.head_bytes_max);
  const auto off = parse({"--http", "off"});
  ASSERT_TRUE(off) << off.error();
  EXPECT_FALSE(off->http);
}

TEST(ProxyCommandLine, reads_who_may_use_http) {
  const ConfigFile users("# the shop\nshop:top:secret\n\nbilling:hush\n");
  const ConfigFile tokens("abc\r\ndef\n");
  const ConfigFile file(str("httpUsersFile=", users.path, "\nhttpTokensFile=", tokens.path,
                            "\nhttpOrigins=https://a.example;https://b.example\nadmin=read\n"
                            "httpHosts=mq.example\n"
                            "httpAccessKey=gate\nhttpSecretKey=way\nhttpReceiveWaitMaxMs="
                            "5000\nhttpLeaseMessagesMax=7\n"));
  const auto line = parse({"-c", file.path, "--http", "[::]:80"});
  ASSERT_TRUE(line) << line.error();
  EXPECT_EQ(line->options.http, "[::]:80");
  EXPECT_THAT(line->http->users, ElementsAre(Pair("billing", "hush"), Pair("shop", "top:secret")));
  EXPECT_THAT(line->http->tokens, ElementsAre("abc", "def"));
  EXPECT_THAT(line->http->origins, ElementsAre("https://a.example", "https://b.example"));
  EXPECT_THAT(line->http->hosts, ElementsAre("mq.example", "::"));
  EXPECT_EQ(line->http->right_max, gateway::Right::read);
  EXPECT_EQ(line->http->cluster.credentials.secret_key, "way");
  EXPECT_EQ(line->http->receive_wait_max, std::chrono::seconds(5));
  EXPECT_EQ(line->http->leases.messages_max, 7u);
  EXPECT_THAT(to_file(line->options), Not(HasSubstr("=way")));
}

TEST(ProxyCommandLine, reads_how_tokens_are_signed) {
  const ConfigFile secret("0123456789abcdef0123456789abcdef\n");
  const ConfigFile file(str("httpJwtSecretFile=", secret.path, "\nhttpJwtAudience=mq\n"));
  const auto line = parse({"-c", file.path});
  ASSERT_TRUE(line) << line.error();
  EXPECT_NE(line->http->jwt, nullptr);
}

TEST(ProxyCommandLine, refuses_what_no_gateway_can_run_with) {
  EXPECT_THAT(refusal({"--http", "8082"}), HasSubstr("http=8082: write HOST:PORT or off"));
  const auto with = [](std::string_view setting, std::string_view value) {
    return refusal({"-c", ConfigFile(str(setting, '=', value)).path});
  };
  EXPECT_THAT(with("httpUsersFile", "/no/such/file"), HasSubstr("cannot be read"));
  EXPECT_THAT(with("httpUsersFile", ConfigFile("# nobody\n").path), HasSubstr("has no line"));
  EXPECT_THAT(with("httpUsersFile", ConfigFile("a:b\nshop\n").path),
              HasSubstr("user 2 is not NAME:SECRET"));
  EXPECT_THAT(with("httpTokensFile", ConfigFile("").path), HasSubstr("has no line"));
  EXPECT_THAT(with("httpAccessKey", "gate"), HasSubstr("go together"));
  EXPECT_THAT(with("httpJwtSecretFile", "/no/such/file"), HasSubstr("cannot be read"));
  EXPECT_THAT(with("httpJwtSecretFile", ConfigFile("short\n").path), HasSubstr("has 5 bytes"));
  EXPECT_THAT(with("httpJwtKeyFile", ConfigFile("no key").path), HasSubstr("BEGIN PUBLIC KEY"));
  EXPECT_THAT(with("httpJwtIssuer", "https://id.example"), HasSubstr("need httpJwtKeyFile"));
  EXPECT_THAT(with("httpBodyBytesMax", "0"), HasSubstr("is below 1"));
  EXPECT_THAT(with("httpLeaseTimeMaxMs", "0"), HasSubstr("is below 1"));
  EXPECT_THAT(with("httpMessagesPerSecond", "-1"), HasSubstr("is below 0"));
}

}  // namespace
}  // namespace rocketmq::proxy
