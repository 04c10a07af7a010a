// Sends orders one after the other, ten at a time, without a thread that waits. C++20.
//   coroutine [NAMESRV]
#include <rocketmq/coroutine.h>
#include <rocketmq/rocketmq.h>

#include <coroutine>
#include <exception>
#include <future>
#include <iostream>
#include <string>
#include <vector>

namespace rmq = rocketmq;

// Any coroutine type will do; this one is a std::future.
template <class... Args>
struct std::coroutine_traits<std::future<int>, Args...> {
  struct promise_type : std::promise<int> {
    std::future<int> get_return_object() { return get_future(); }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_value(int value) { set_value(value); }
    void unhandled_exception() { set_exception(std::current_exception()); }
  };
};

std::future<int> send_orders(rmq::Producer& producer, int customer) {
  int stored = 0;
  for (int i = 0; i < 10; ++i) {
    const std::string key = std::to_string(customer) + "-" + std::to_string(i);
    const rmq::Message message{.topic = "orders", .body = "order " + key, .keys = {key}};
    auto sent = co_await producer.send(message, rmq::use_coroutine);
    if (!sent) {
      std::cerr << sent.error() << '\n';
      break;
    }
    ++stored;
  }
  co_return stored;
}

int main(int argc, char** argv) {
  rmq::Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});
  rmq::Producer producer = client.create_producer({.group = "orders-service"}).value();

  std::vector<std::future<int>> customers;
  for (int customer = 0; customer < 10; ++customer) {
    customers.push_back(send_orders(producer, customer));
  }
  int stored = 0;
  for (std::future<int>& customer : customers) stored += customer.get();
  std::cout << stored << " of 100 orders stored\n";
  return stored == 100 ? 0 : 1;
}
