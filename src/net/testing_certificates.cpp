#include "net/testing_certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "protocol/str.h"

namespace rocketmq::net {
namespace {

constexpr long day = 24 * 60 * 60;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;

Key make_key() { return Key(EVP_EC_gen("P-256")); }

void add_extension(X509* certificate, X509* issuer, int what, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate make_certificate(const std::string& name, EVP_PKEY* key, long serial, long valid_days) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -10 * day);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_days * day);
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

std::unique_ptr<std::FILE, Free> create(const std::string& path) {
  return std::unique_ptr<std::FILE, Free>(std::fopen(path.c_str(), "w"));
}

}  // namespace

struct TestCertificates::Authority {
  Key key = make_key();
  Certificate certificate = make_certificate("Test authority", key.get(), 1, 30);
};

TestCertificates::TestCertificates() : authority_(new Authority) {
  std::filesystem::create_directory(folder_.path);
  X509* const certificate = authority_->certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign");
  X509_sign(certificate, authority_->key.get(), EVP_sha256());
  ca_file_ = folder_.path + "/ca.pem";
  PEM_write_X509(create(ca_file_).get(), certificate);
}

TestCertificates::~TestCertificates() { delete authority_; }

TestCertificates::Pair TestCertificates::issue(const std::string& name) { return write(name, 30); }
TestCertificates::Pair TestCertificates::issue_expired() { return write("localhost", -1); }

TestCertificates::Pair TestCertificates::write(const std::string& name, long valid_days) {
  const Key key = make_key();
  const Certificate certificate = make_certificate(name, key.get(), 2 + count_, valid_days);
  X509* const issuer = authority_->certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
  const std::string names = str("DNS:", name, name == "localhost" ? ",IP:127.0.0.1" : "");
  add_extension(certificate.get(), issuer, NID_subject_alt_name, names);
  X509_sign(certificate.get(), authority_->key.get(), EVP_sha256());

  const std::string stem = str(folder_.path, '/', count_++);
  const Pair pair{stem + ".pem", stem + ".key"};
  PEM_write_X509(create(pair.cert_file).get(), certificate.get());
  PEM_write_PrivateKey(create(pair.key_file).get(), key.get(), nullptr, nullptr, 0, nullptr,
                       nullptr);
  return pair;
}

}  // namespace rocketmq::net
