#include "net/resolver.h"

#include <thread>
#include <utility>

namespace rocketmq::net {

std::uint64_t Resolver::look_up(const Address& address, OnFound on_found) {
  const std::uint64_t id = next_id_++;
  waiting_.emplace(id, std::move(on_found));
  if (auto literal = net::look_up(address, {.literal_only = true}); literal) {
    posts_->post([this, id, addresses = *std::move(literal)] { found(id, addresses); });
    return id;
  }
  questions_.push_back({id, address});
  start_threads();
  return id;
}

void Resolver::start_threads() {
  while (!questions_.empty() && threads_ < threads_max) {
    const Question question = std::move(questions_.front());
    questions_.pop_front();
    if (!waiting_.contains(question.id)) continue;  // cancelled meanwhile
    ++threads_;
    std::thread([this, posts = posts_, question] {
      auto addresses = net::look_up(question.address, {});
      // `this` is only touched on the loop, and only while the loop runs.
      posts->post([this, id = question.id, addresses = std::move(addresses)] {
        --threads_;
        found(id, addresses);
        start_threads();
      });
    }).detach();
  }
}

void Resolver::found(std::uint64_t id, Addresses addresses) {
  const auto waiting = waiting_.extract(id);
  if (!waiting.empty()) waiting.mapped()(std::move(addresses));
}

}  // namespace rocketmq::net
