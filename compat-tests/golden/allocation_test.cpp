// Who gets which queue, as the stock Java strategies say (generator/src/golden/Allocations.java).
#include "client/allocation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <vector>

namespace rocketmq::client {
namespace {

using Json = nlohmann::json;

std::string room_of(const std::string& name) { return name.substr(0, name.find('@')); }

AllocationStrategy nearby(AllocationStrategy inner) {
  return allocate_machine_room_nearby(
      std::move(inner), [](const MessageQueue& queue) { return room_of(queue.broker_name); },
      room_of);
}

// One line of a file: the queues of a topic, the members of a group, and what Java gives to each.
struct Vector {
  Json json;
  std::vector<MessageQueue> queues;  // in order

  explicit Vector(const std::string& line) : json(Json::parse(line)) {
    for (const auto& [broker, count] : json.at("brokers").items()) {
      for (std::int32_t id = 0; id < count.get<std::int32_t>(); ++id) {
        queues.push_back({"orders", broker, id});
      }
    }
  }

  std::vector<std::string> members() const { return json.at("members"); }

  std::vector<MessageQueue> owned(std::size_t member) const {
    return of_indexes(json.at("owned").at(member));
  }

  std::vector<MessageQueue> of_indexes(const Json& indexes) const {
    std::vector<MessageQueue> all;
    for (const Json& index : indexes) all.push_back(queues.at(index));
    return all;
  }

  AllocationStrategy strategy() const {
    const std::string name = json.at("strategy");
    if (name == "AVG") return allocate_averagely();
    if (name == "AVG_BY_CIRCLE") return allocate_averagely_by_circle();
    if (name == "CONFIG") return allocate_by_config(of_indexes(json.at("chosen")));
    if (name == "MACHINE_ROOM") return allocate_by_machine_room(json.at("rooms"));
    if (name == "MACHINE_ROOM_NEARBY-AVG") return nearby(allocate_averagely());
    if (name == "MACHINE_ROOM_NEARBY-AVG_BY_CIRCLE") return nearby(allocate_averagely_by_circle());
    EXPECT_EQ(name, "CONSISTENT_HASH");
    return allocate_by_consistent_hash(json.at("virtual_nodes"));
  }
};

std::vector<MessageQueue> sorted(std::vector<MessageQueue> queues) {
  std::sort(queues.begin(), queues.end());
  return queues;
}

class AllocationGoldenTest : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(AllocationGoldenTest, every_member_gets_what_java_gives_it) {
  const auto& [version, file] = GetParam();
  std::ifstream in(std::filesystem::path(ROCKETMQ_GOLDEN_DATA) / version / "allocation" / file);
  int count = 0;
  for (std::string line; std::getline(in, line); ++count) {
    const Vector vector(line);
    const AllocationStrategy strategy = vector.strategy();
    EXPECT_EQ(strategy.name, vector.json.at("strategy").get<std::string>());
    for (std::size_t i = 0; i < vector.members().size(); ++i) {
      const auto part =
          own_part(strategy, "billing", vector.members()[i], vector.queues, vector.members());
      ASSERT_TRUE(part) << line;
      EXPECT_EQ(sorted(*part), sorted(vector.owned(i))) << "member " << i << " of " << line;
    }
  }
  EXPECT_EQ(count, 60);
}

std::string name_of(const testing::TestParamInfo<AllocationGoldenTest::ParamType>& of) {
  const auto& [version, file] = of.param;
  return std::string(file, std::strchr(file, '.')) + (version[0] == '.' ? "" : "_4_9_7");
}

INSTANTIATE_TEST_SUITE_P(, AllocationGoldenTest,
                         testing::Combine(testing::Values(".", "4.9.7"),
                                          testing::Values("AVG.jsonl", "AVG_BY_CIRCLE.jsonl",
                                                          "CONFIG.jsonl", "CONSISTENT_HASH.jsonl",
                                                          "MACHINE_ROOM.jsonl",
                                                          "MACHINE_ROOM_NEARBY.jsonl")),
                         name_of);

}  // namespace
}  // namespace rocketmq::client
