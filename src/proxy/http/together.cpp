#include "proxy/http/together.h"

#include <cstddef>
#include <nlohmann/json.hpp>

namespace rocketmq::gateway {
namespace {

struct Gathered {
  std::unique_ptr<Json> results = std::make_unique<Json>(Json::array());
  std::size_t left = 0;
  net::Event done;
};

net::Task<> gather(net::Task<std::unique_ptr<Json>> task, std::shared_ptr<Gathered> gathered,
                   std::size_t index) {
  std::unique_ptr<Json> result = co_await std::move(task);
  (*gathered->results)[index] = std::move(*result);
  if (--gathered->left == 0) gathered->done.set();
}

}  // namespace

net::Task<std::unique_ptr<Json>> together(net::TaskSet& set,
                                          std::vector<net::Task<std::unique_ptr<Json>>> tasks) {
  const auto gathered = std::make_shared<Gathered>();
  gathered->left = tasks.size();
  if (tasks.empty()) gathered->done.set();
  for (std::size_t i = 0; i < tasks.size(); ++i) gathered->results->push_back(nullptr);
  for (std::size_t i = 0; i < tasks.size(); ++i)
    set.start(gather(std::move(tasks[i]), gathered, i));
  co_await gathered->done.wait();
  co_return std::move(gathered->results);
}

}  // namespace rocketmq::gateway
