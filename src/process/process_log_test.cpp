#include "process/process_log.h"

#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

#include "protocol/json.h"
#include "protocol/str.h"

namespace rocketmq {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

struct Written {
  explicit Written(LogFormat format, const std::string& level = "info")
      : log(format, level, std::make_shared<spdlog::sinks::ostream_sink_mt>(out)) {}
  std::ostringstream out;
  ProcessLog log;
};

TEST(ProcessLog, is_a_line_an_event) {
  Written written(LogFormat::text);
  written.log.info("started");
  written.log.warn("a % and {} are only characters");
  EXPECT_THAT(written.out.str(),
              MatchesRegex("....-..-.. ..:..:..[.]... info started\n....-..-.. ..:..:..[.]... "
                           "warning a % and [{][}] are only characters\n"));
}

TEST(ProcessLog, is_a_json_document_an_event) {
  Written written(LogFormat::json);
  written.log.warn("a \"quoted\" word\nand a line");
  EXPECT_THAT(written.out.str(), HasSubstr(R"("level":"warning",)"));
  EXPECT_THAT(written.out.str(), EndsWith("\"message\":\"a \\\"quoted\\\" word\\nand a line\"}\n"));
}

TEST(ProcessLog, leaves_out_what_is_below_its_level) {
  Written written(LogFormat::text, "warning");
  written.log.info("started");
  EXPECT_EQ(written.out.str(), "");
}

TEST(ProcessLog, does_not_let_a_flood_through) {
  Written written(LogFormat::text);
  for (int i = 0; i < 1000; ++i) written.log.warn("again");
  const std::string text = written.out.str();
  const auto lines = static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
  EXPECT_LT(lines, 1000u);
  EXPECT_GE(lines, ProcessLog::lines_per_second);
}

}  // namespace
}  // namespace rocketmq
