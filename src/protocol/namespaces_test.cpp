#include "protocol/namespaces.h"

#include <gtest/gtest.h>

namespace rocketmq::protocol {
namespace {

// What Java's NamespaceUtil makes of each name in namespace "ns".
struct Case {
  std::string_view name;
  std::string_view wrapped;
  std::string_view without;
};
constexpr Case cases[] = {
    {"T", "ns%T", "T"},
    {"ns", "ns%ns", "ns"},
    {"%RETRY%CG", "%RETRY%ns%CG", "%RETRY%CG"},
    {"%DLQ%CG", "%DLQ%ns%CG", "%DLQ%CG"},
    {"ns%T", "ns%T", "T"},
    {"%RETRY%ns%CG", "%RETRY%ns%CG", "%RETRY%CG"},
    {"other%T", "ns%other%T", "other%T"},
    {"nsx%T", "ns%nsx%T", "nsx%T"},
    {"TBW102", "TBW102", "TBW102"},
    {"rmq_sys_x", "rmq_sys_x", "rmq_sys_x"},
    {"CID_RMQ_SYS_x", "CID_RMQ_SYS_x", "CID_RMQ_SYS_x"},
    {"CID_RMQ_x", "ns%CID_RMQ_x", "CID_RMQ_x"},
    {"BenchmarkTest", "BenchmarkTest", "BenchmarkTest"},
    {"SCHEDULE_TOPIC_XXXX", "SCHEDULE_TOPIC_XXXX", "SCHEDULE_TOPIC_XXXX"},
    {"%RETRY%CID_RMQ_SYS_x", "%RETRY%ns%CID_RMQ_SYS_x", "%RETRY%CID_RMQ_SYS_x"},
    {"%RETRY%TBW102", "%RETRY%ns%TBW102", "%RETRY%TBW102"},
    {"%RETRY%%DLQ%x", "%RETRY%ns%%DLQ%x", "%RETRY%%DLQ%x"},
    {"", "", ""},
};

TEST(Namespaces, wrap_and_unwrap_as_in_java) {
  for (const Case& each : cases) {
    EXPECT_EQ(wrap_namespace("ns", each.name), each.wrapped) << each.name;
    EXPECT_EQ(without_namespace("ns", each.name), each.without) << each.name;
  }
}

TEST(Namespaces, wrap_once_and_come_back) {
  for (const std::string_view name : {"T", "%RETRY%CG", "%DLQ%CG", "TBW102", "other%T"}) {
    const std::string wrapped = wrap_namespace("MQ_INST_1_2", name);
    EXPECT_EQ(wrap_namespace("MQ_INST_1_2", wrapped), wrapped);
    EXPECT_EQ(without_namespace("MQ_INST_1_2", wrapped), name);
  }
}

TEST(Namespaces, that_are_empty_change_nothing) {
  for (const Case& each : cases) {
    EXPECT_EQ(wrap_namespace("", each.name), each.name);
    EXPECT_EQ(without_namespace("", each.name), each.name);
  }
}

}  // namespace
}  // namespace rocketmq::protocol
