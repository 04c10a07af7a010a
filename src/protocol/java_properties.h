#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rocketmq::protocol {

// The text form of java.util.Properties: broker.conf, and the bodies of GET_BROKER_CONFIG and
// UPDATE_BROKER_CONFIG.
struct JavaProperty {
  std::string name;
  std::string value;  // blanks at its end are part of it, as in Java

  friend bool operator==(const JavaProperty&, const JavaProperty&) = default;
};
using JavaProperties = std::vector<JavaProperty>;

// Every name once, in the order of first appearance; of two values the later counts. No text is
// refused: what Java reads, this reads the same way. Bytes are taken as they are, \uXXXX becomes
// UTF-8.
JavaProperties parse_java_properties(std::string_view text);

// Adds "name=value" and a line end, escaped so that both Java and parse_java_properties() read it
// back.
void append_java_property(std::string& text, std::string_view name, std::string_view value);

}  // namespace rocketmq::protocol
