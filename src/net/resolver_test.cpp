#include "net/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace rocketmq::net {
namespace {

using testing::ElementsAre;

// A name service that answers when it is told to. The resolver's threads may outlast a test.
class NameService {
 public:
  // Names that are not held are found at once.
  void hold(const std::string& host) { held_[host] = gates_[host].get_future().share(); }
  void release(const std::string& host) { gates_.extract(host).mapped().set_value(); }
  void release_all() {
    for (auto& [name, gate] : gates_) gate.set_value();
  }
  int asked() const { return asked_; }

  Resolver::Addresses ask(const Address& address) {
    asked_.fetch_add(1);
    if (const auto held = held_.find(address.host); held != held_.end()) held->second.wait();
    if (address.host == "nowhere") return Error{Errc::not_connected, "cannot find nowhere"};
    return std::vector<SocketAddress>(1);
  }

 private:
  std::map<std::string, std::promise<void>> gates_;
  std::map<std::string, std::shared_future<void>> held_;
  std::atomic<int> asked_ = 0;
};

// The loop's part is in this thread.
class ResolverTest : public testing::Test {
 protected:
  ~ResolverTest() override {
    names_->release_all();
    posts_->close();
  }

  void look_up(const std::string& host) {
    ids_[host] = resolver_.look_up({host, 1}, [this, host](const Resolver::Addresses& found) {
      told_.push_back(host + (found ? "" : ": " + found.error().message));
    });
  }
  void hold(const std::string& host) { names_->hold(host); }
  void release(const std::string& host) { names_->release(host); }
  int asked() const { return names_->asked(); }

  void run_until_told(std::size_t count) {
    while (told_.size() < count) {
      std::vector<std::function<void()>> functions;
      posts_->take(functions);
      for (auto& function : functions) function();
      std::this_thread::yield();
    }
  }

  std::shared_ptr<NameService> names_ = std::make_shared<NameService>();
  std::map<std::string, std::uint64_t> ids_;
  std::vector<std::string> told_;
  std::shared_ptr<PostQueue> posts_ = std::make_shared<PostQueue>();
  Resolver resolver_{posts_,
                     [names = names_](const Address& address) { return names->ask(address); }};
};

TEST_F(ResolverTest, tells_what_the_name_service_found_or_why_not) {
  look_up("somewhere");
  run_until_told(1);
  look_up("nowhere");
  run_until_told(2);
  EXPECT_THAT(told_, ElementsAre("somewhere", "nowhere: cannot find nowhere"));
}

TEST_F(ResolverTest, knows_literal_addresses_by_itself) {
  look_up("10.0.0.9");
  look_up("::1");
  run_until_told(2);
  EXPECT_EQ(asked(), 0);
}

TEST_F(ResolverTest, a_name_without_an_answer_holds_up_nobody_else) {
  hold("silent");
  for (int i = 0; i < 20; ++i) {  // as one that tries to connect again and again
    look_up("silent");
    resolver_.cancel(ids_["silent"]);
  }
  look_up("somewhere");
  run_until_told(1);
  EXPECT_THAT(told_, ElementsAre("somewhere"));
  release("silent");
}

TEST_F(ResolverTest, asks_once_for_all_who_want_the_same_name_at_the_same_time) {
  hold("busy");
  for (int i = 0; i < 3; ++i) look_up("busy");
  release("busy");
  run_until_told(3);
  EXPECT_EQ(asked(), 1);
  look_up("busy");  // and anew later: it may have moved
  run_until_told(4);
  EXPECT_EQ(asked(), 2);
}

TEST_F(ResolverTest, does_not_tell_who_has_cancelled) {
  hold("busy");
  look_up("busy");
  resolver_.cancel(ids_["busy"]);
  look_up("busy");
  look_up("somewhere");
  release("busy");
  run_until_told(2);
  EXPECT_THAT(told_, testing::UnorderedElementsAre("busy", "somewhere"));
}

TEST_F(ResolverTest, more_silent_names_than_threads_wait_their_turn) {
  for (int i = 0; i < 8; ++i) hold("silent" + std::to_string(i));
  for (int i = 0; i < 8; ++i) look_up("silent" + std::to_string(i));
  look_up("somewhere");
  release("silent3");
  run_until_told(2);
  EXPECT_THAT(told_, ElementsAre("silent3", "somewhere"));
}

}  // namespace
}  // namespace rocketmq::net
