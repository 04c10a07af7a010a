#include "broker-lite/live_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "broker-lite/live_options.h"

namespace rocketmq::broker {
namespace {

using testing::HasSubstr;

struct Options {
  bool flag = false;
  std::int32_t count = 1;
  std::int64_t time_ms = 2;
  std::string path = "/x";
  std::int32_t port = 80;

  template <class V>
  static constexpr void fields(V&& v) {
    v("flag", &Options::flag);
    v("count", &Options::count);
    v("timeMs", &Options::time_ms);
    v("path", &Options::path);
    v("port", &Options::port);
  }
  bool operator==(const Options&) const = default;
};

constexpr std::array<LiveSetting<Options>, 3> table{
    {{&Options::flag}, {&Options::count, 1, 10}, {&Options::time_ms, 0}}};

struct LiveSettingsTest : testing::Test {
  std::string change(std::string_view text) {
    const auto changed = live.change(protocol::parse_java_properties(text));
    return changed ? "" : str(changed.error().code.value(), ' ', changed.error().message);
  }
  Options options;
  LiveSettings<Options> live{options, table};
};

TEST_F(LiveSettingsTest, are_changed_and_remembered) {
  EXPECT_EQ(change("flag=true\ncount=10 \ntimeMs=+99\n"), "");
  EXPECT_EQ(options, (Options{.flag = true, .count = 10, .time_ms = 99}));
  EXPECT_EQ(live.version(), 1);
  EXPECT_EQ(change("count=3"), "");
  EXPECT_EQ(live.version(), 2);

  Options others;
  LiveSettings<Options> next(others, table);
  ASSERT_TRUE(next.load(live.to_text()));
  EXPECT_EQ(others, options);
  EXPECT_EQ(next.to_text(), live.to_text());
}

TEST_F(LiveSettingsTest, are_refused_outside_of_their_range) {
  EXPECT_EQ(change("count=0"), "29 count=0 is no number within 1 and 10");
  EXPECT_EQ(change("count=11"), "29 count=11 is no number within 1 and 10");
  EXPECT_EQ(change("count=4294967297"), "29 count=4294967297 is no number within 1 and 10");
  for (const char* const text : {"count=", "count=x", "count=1x", "count=1.5", "count=0x1"}) {
    EXPECT_THAT(change(text), HasSubstr("is no number within")) << text;
  }
  EXPECT_EQ(change("flag=yes"), "29 flag=yes is neither true nor false");
  EXPECT_EQ(change("flag="), "29 flag= is neither true nor false");
  EXPECT_EQ(options, Options{});
}

TEST_F(LiveSettingsTest, are_the_only_ones_that_can_be_changed) {
  EXPECT_EQ(change("path=/etc/passwd"), "29 path is set when the server starts, and stays");
  EXPECT_EQ(change("path=/x"), "29 path is set when the server starts, and stays");
  EXPECT_EQ(change("port=81"), "29 port is set when the server starts, and stays");
  EXPECT_EQ(change("Flag=true"), "29 Flag is no setting of this server");
  EXPECT_EQ(change("brokerConfigPath=/x"), "16 Can not update config in black list.");
  EXPECT_EQ(change("rocketmqHome=/x"), "16 Can not update config in black list.");
  EXPECT_EQ(options, Options{});
}

TEST_F(LiveSettingsTest, are_changed_all_or_none) {
  EXPECT_NE(change("flag=true\ncount=99"), "");
  EXPECT_NE(change("flag=true\nnoSuch=1"), "");
  EXPECT_EQ(options, Options{});
  EXPECT_EQ(live.to_text(), "");
  EXPECT_EQ(live.version(), 0);
}

TEST_F(LiveSettingsTest, take_nothing_else_from_the_file_either) {
  ASSERT_TRUE(live.load("path=/etc/passwd\nport=1\ncount=99\nflag=true\nrocketmqHome=/\n"));
  EXPECT_EQ(options, Options{.flag = true});
  EXPECT_EQ(live.to_text(), "flag=true\n");
}

// LiveSetting has room for nothing but switches and numbers; and these name no port, which would
// make little sense while it is listened on.
TEST(LiveOptions, are_each_there_once_and_may_be_as_they_are) {
  std::set<std::string> names;
  const BrokerOptions defaults;
  for (const LiveSetting<BrokerOptions>& setting : live_options) {
    std::visit(
        [&]<class Live>(Live live) {
          BrokerOptions::fields([&]<class Member>(std::string_view name, Member member) {
            if constexpr (std::is_same_v<Member, Live>) {
              if (member != live) return;
              EXPECT_TRUE(names.emplace(name).second) << name;
              EXPECT_GE(defaults.*member, setting.min) << name;
              EXPECT_LE(defaults.*member, setting.max) << name;
            }
          });
        },
        setting.member);
  }
  EXPECT_EQ(names.size(), live_options.size());
  EXPECT_FALSE(names.contains("listenPort"));
}

}  // namespace
}  // namespace rocketmq::broker
