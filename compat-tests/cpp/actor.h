#pragma once

#include <rocketmq/rocketmq.h>

#include <fstream>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>

// What the halves of the program actor share.

// The name=value words of a command.
class Words {
 public:
  explicit Words(std::map<std::string, std::string> words) : words_(std::move(words)) {}

  const std::string& text(const std::string& name) const {
    const auto found = words_.find(name);
    if (found == words_.end()) throw std::runtime_error("no " + name);
    return found->second;
  }
  std::string text(const std::string& name, const std::string& otherwise) const {
    const auto found = words_.find(name);
    return found == words_.end() ? otherwise : found->second;
  }
  int number(const std::string& name, int otherwise) const {
    return std::stoi(text(name, std::to_string(otherwise)));
  }

 private:
  std::map<std::string, std::string> words_;
};

struct Setup {
  rocketmq::ClientOptions client;
  bool trace = false;
};

// One line a message: body (without trailing x), queue, offset, message id, how often it was tried
// before, tag, keys, property "n", topic, time of arrival in Unix ms. From any thread.
class MessageFile {
 public:
  explicit MessageFile(const std::string& path) : out_(path) {}
  void write(const rocketmq::MessageView& message);

 private:
  std::mutex mutex_;
  std::ofstream out_;
};
