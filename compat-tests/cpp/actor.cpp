// actor NAMESRV [--ns NAMESPACE | --ns-v2 NAMESPACE] [--access KEY --secret KEY] [--trace]
//       [--tls-ca FILE [--tls-cert FILE --tls-key FILE] [--any-host]] [--verbose]
//
// A client of ours that does what it is told, a line of standard input at a time: a verb and
// name=value words, all separated by tabs. Each is answered by one line of JSON with "ok" and,
// where that is false, "error". The same as compat-tests/java/Actor.java.

#include "actor.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>

#include "actor_admin.h"
#include "actor_consumers.h"
#include "actor_sends.h"

namespace rmq = rocketmq;
using nlohmann::json;

void MessageFile::write(const rmq::MessageView& message) {
  std::string_view body = message.body();
  body.remove_suffix(body.size() - (body.find_last_not_of('x') + 1));
  std::string keys;
  for (const auto key : message.keys()) keys += (keys.empty() ? "" : " ") + std::string(key);
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const std::lock_guard<std::mutex> lock(mutex_);
  out_ << body << '\t' << message.queue().queue_id << '\t' << message.queue_offset() << '\t'
       << message.message_id() << '\t' << message.reconsume_times() << '\t' << message.tag() << '\t'
       << keys << '\t' << message.property("n") << '\t' << message.topic() << '\t' << now.count()
       << std::endl;
}

namespace {

struct Halves {
  ActorSends sends;
  ActorConsumers consumers;
  ActorAdmin admin;
};

using Deed = std::function<json(const Words&)>;

std::map<std::string, Deed> deeds_of(Halves& halves) {
  auto& [sends, consumers, admin] = halves;
  return {
      {"send", [&](const Words& what) { return sends.send(what); }},
      {"request", [&](const Words& what) { return sends.request(what); }},
      {"recall", [&](const Words& what) { return sends.recall(what); }},
      {"consume", [&](const Words& what) { return consumers.consume(what); }},
      {"queues", [&](const Words& what) { return consumers.queues(what); }},
      {"stop", [&](const Words& what) { return consumers.stop(what); }},
      {"create_topic", [&](const Words& what) { return admin.create_topic(what); }},
      {"trace", [&](const Words& what) { return admin.trace(what); }},
      {"create_user", [&](const Words& what) { return admin.create_user(what); }},
      {"update_user", [&](const Words& what) { return admin.update_user(what); }},
      {"delete_user", [&](const Words& what) { return admin.delete_user(what); }},
      {"users", [&](const Words& what) { return admin.users(what); }},
      {"create_acl", [&](const Words& what) { return admin.create_acl(what); }},
      {"update_acl", [&](const Words& what) { return admin.update_acl(what); }},
      {"delete_acl", [&](const Words& what) { return admin.delete_acl(what); }},
      {"acls", [&](const Words& what) { return admin.acls(what); }},
  };
}

json obey(const std::string& line, const std::map<std::string, Deed>& deeds) {
  std::istringstream words(line);
  std::string verb;
  std::getline(words, verb, '\t');
  std::map<std::string, std::string> told;
  for (std::string word; std::getline(words, word, '\t');) {
    const std::size_t equals = word.find('=');
    told[word.substr(0, equals)] = word.substr(equals + 1);
  }
  const auto deed = deeds.find(verb);
  if (deed == deeds.end()) throw std::runtime_error("no verb " + verb);
  return deed->second(Words(std::move(told)));
}

}  // namespace

int main(int argc, char** argv) {
  Setup setup;
  bool is_verbose = false;
  CLI::App app("Does what it is told, a line at a time");
  app.add_option("NAMESRV", setup.client.name_servers)->required();
  app.add_option("--ns", setup.client.ns);
  app.add_option("--ns-v2", setup.client.ns_v2);
  app.add_option("--access", setup.client.credentials.access_key);
  app.add_option("--secret", setup.client.credentials.secret_key);
  app.add_option("--tls-ca", setup.client.tls.ca_file);
  app.add_option("--tls-cert", setup.client.tls.cert_file);
  app.add_option("--tls-key", setup.client.tls.key_file);
  app.add_flag("--any-host{false}", setup.client.tls.verify_host, "whatever its certificate says");
  // Stock, on a machine under load, has taken more than the 3 s of a default.
  int patience_seconds = 10;
  app.add_option("--patience", patience_seconds, "so long it waits for an answer, in seconds");
  app.add_flag("--trace", setup.trace);
  app.add_flag("--verbose", is_verbose, "the client's log to standard error");
  CLI11_PARSE(app, argc, argv);
  setup.client.request_timeout = std::chrono::seconds(patience_seconds);
  setup.client.tls.enabled = !setup.client.tls.ca_file.empty();
  if (is_verbose) {
    setup.client.log = [](rmq::LogLevel, std::string_view text) {
      std::cerr << std::string(text) + "\n";
    };
  }
  rmq::Client client(setup.client);
  Halves halves{{client, setup}, {client, setup}, ActorAdmin(client)};
  const auto deeds = deeds_of(halves);
  std::cout << json{{"ok", true}} << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    json answer;
    try {
      answer = obey(line, deeds);
      answer["ok"] = true;
    } catch (const std::exception& failed) {
      answer = {{"ok", false}, {"error", failed.what()}};
    }
    std::cout << answer << std::endl;
  }
}
