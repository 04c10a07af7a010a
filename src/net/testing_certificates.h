#pragma once

#include <string>

#include "protocol/testing/temporary_folder.h"

// Certificates for tests, made on the spot.

namespace rocketmq::net {

// A folder of its own with an authority and certificates signed by it; removed at the end.
class TestCertificates {
 public:
  TestCertificates();
  ~TestCertificates();
  TestCertificates(const TestCertificates&) = delete;
  TestCertificates& operator=(const TestCertificates&) = delete;

  const std::string& ca_file() const { return ca_file_; }

  struct Pair {
    std::string cert_file;
    std::string key_file;
  };
  // Signed by the authority, for "localhost" and 127.0.0.1, or for another name.
  Pair issue(const std::string& name = "localhost");
  // Was good until yesterday.
  Pair issue_expired();

 private:
  struct Authority;
  Pair write(const std::string& name, long valid_days);

  TemporaryFolder folder_;
  std::string ca_file_;
  Authority* authority_;
  int count_ = 0;
};

}  // namespace rocketmq::net
