#include "protocol/signature.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace rocketmq::protocol {
namespace {

const std::vector<SignedField> send_fields = {{"AccessKey", "AK"}, {"a", "PG"},
                                              {"b", "T"},          {"c", "TBW102"},
                                              {"d", "4"},          {"e", "0"},
                                              {"f", "0"},          {"g", "1700000000000"},
                                              {"h", "0"},          {"i", "TAGS\1TagA\2"},
                                              {"j", "0"},          {"k", "false"},
                                              {"m", "false"},      {"n", "b-a"}};
constexpr std::string_view stock_signature = "WZmnLhOiNTfhcPzfjb0CVD/h/v4=";

TEST(Signer, signs_as_stock_does) {
  Signer signer("SK12345678");
  EXPECT_EQ(signer.sign(send_fields, "hello"), stock_signature);
  EXPECT_EQ(signer.sign(send_fields, "hello"), stock_signature) << "and again";
}

TEST(Signer, does_not_care_in_which_order_fields_came) {
  std::vector<SignedField> fields = send_fields;
  std::reverse(fields.begin(), fields.end());
  EXPECT_EQ(Signer("SK12345678").sign(fields, "hello"), stock_signature);
}

TEST(Signer, leaves_the_signature_itself_out) {
  std::vector<SignedField> fields = send_fields;
  fields.push_back({"Signature", "anything"});
  EXPECT_EQ(Signer("SK12345678").sign(fields, "hello"), stock_signature);
}

TEST(Signer, verifies_only_the_signature_of_this_key_and_content) {
  Signer signer("SK12345678");
  EXPECT_TRUE(signer.verify(send_fields, "hello", stock_signature));
  EXPECT_FALSE(signer.verify(send_fields, "hellO", stock_signature));
  EXPECT_FALSE(signer.verify(send_fields, "hello", ""));
  EXPECT_FALSE(signer.verify(send_fields, "hello", stock_signature.substr(1)));
  EXPECT_FALSE(Signer("SK12345679").verify(send_fields, "hello", stock_signature));
}

TEST(Signer, signs_a_request_without_body_or_other_fields) {
  const std::vector<SignedField> only_key = {{"AccessKey", "AK"}};
  EXPECT_EQ(Signer("s").sign(only_key, "").size(), 28U);
  EXPECT_EQ(Signer("").sign(only_key, "").size(), 28U) << "an empty secret is a key, too";
}

}  // namespace
}  // namespace rocketmq::protocol
