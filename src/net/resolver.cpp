#include "net/resolver.h"

#include <thread>
#include <utility>

namespace rocketmq::net {

Resolver::Resolver(std::shared_ptr<PostQueue> posts, LookUp look_up)
    : posts_(std::move(posts)), look_up_(std::move(look_up)) {}

Resolver::Addresses Resolver::ask_the_system(const Address& address) {
  return net::look_up(address, {});
}

std::uint64_t Resolver::look_up(const Address& address, OnFound on_found) {
  const std::uint64_t id = next_id_++;
  const std::string name = to_string(address);
  const auto [question, is_new] = questions_.try_emplace(name);
  question->second.emplace(id, std::move(on_found));
  if (!is_new) return id;
  if (auto literal = net::look_up(address, {.literal_only = true}); literal) {
    posts_->post([this, name, addresses = *std::move(literal)] { found(name, addresses); });
    return id;
  }
  without_thread_.push_back(address);
  start_threads();
  return id;
}

void Resolver::cancel(std::uint64_t id) {
  telling_.erase(id);
  for (auto& [name, waiting] : questions_) waiting.erase(id);
}

void Resolver::start_threads() {
  while (!without_thread_.empty() && threads_ < threads_max) {
    const Address address = std::move(without_thread_.front());
    without_thread_.pop_front();
    if (questions_[to_string(address)].empty()) {  // cancelled meanwhile
      questions_.erase(to_string(address));
      continue;
    }
    ++threads_;
    std::thread([this, posts = posts_, look_up = look_up_, address] {
      auto addresses = look_up(address);
      // `this` is only touched on the loop, and only while the loop runs.
      posts->post([this, name = to_string(address), addresses = std::move(addresses)] {
        --threads_;
        found(name, addresses);
        start_threads();
      });
    }).detach();
  }
}

void Resolver::found(const std::string& name, const Addresses& addresses) {
  auto question = questions_.extract(name);
  if (question.empty()) return;
  telling_ = std::move(question.mapped());
  while (!telling_.empty()) {
    const OnFound tell = std::move(telling_.extract(telling_.begin()).mapped());
    tell(addresses);
  }
}

}  // namespace rocketmq::net
