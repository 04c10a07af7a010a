// actor NAMESRV [--ns NAMESPACE] [--access KEY --secret KEY] [--trace] [--tls-ca FILE]
//
// A client of ours that does what it is told, a line of standard input at a time: a verb and
// name=value words, all separated by tabs. Each is answered by one line of JSON with "ok" and,
// where that is false, "error". The same as compat-tests/java/Actor.java.

#include "actor.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <sstream>

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

json obey(const std::string& line, ActorSends& sends, ActorConsumers& consumers) {
  std::istringstream words(line);
  std::string verb;
  std::getline(words, verb, '\t');
  std::map<std::string, std::string> told;
  for (std::string word; std::getline(words, word, '\t');) {
    const std::size_t equals = word.find('=');
    told[word.substr(0, equals)] = word.substr(equals + 1);
  }
  const Words what(std::move(told));
  if (verb == "send") return sends.send(what);
  if (verb == "request") return sends.request(what);
  if (verb == "recall") return sends.recall(what);
  if (verb == "consume") return consumers.consume(what);
  if (verb == "queues") return consumers.queues(what);
  if (verb == "stop") return consumers.stop(what);
  throw std::runtime_error("no verb " + verb);
}

}  // namespace

int main(int argc, char** argv) {
  Setup setup;
  bool is_verbose = false;
  CLI::App app("Does what it is told, a line at a time");
  app.add_option("NAMESRV", setup.client.name_servers)->required();
  app.add_option("--ns", setup.client.ns);
  app.add_option("--access", setup.client.credentials.access_key);
  app.add_option("--secret", setup.client.credentials.secret_key);
  app.add_option("--tls-ca", setup.client.tls.ca_file);
  app.add_flag("--trace", setup.trace);
  app.add_flag("--verbose", is_verbose, "the client's log to standard error");
  CLI11_PARSE(app, argc, argv);
  if (!setup.client.tls.ca_file.empty()) {
    setup.client.tls.enabled = true;
    setup.client.tls.verify_host = false;
  }
  if (is_verbose) {
    setup.client.log = [](rmq::LogLevel, std::string_view text) {
      std::cerr << std::string(text) + "\n";
    };
  }
  rmq::Client client(setup.client);
  ActorSends sends(client, setup);
  ActorConsumers consumers(client, setup);
  std::cout << json{{"ok", true}} << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    json answer;
    try {
      answer = obey(line, sends, consumers);
      answer["ok"] = true;
    } catch (const std::exception& failed) {
      answer = {{"ok", false}, {"error", failed.what()}};
    }
    std::cout << answer << std::endl;
  }
}
