#pragma once

#include <rocketmq/errc.h>

#include <cassert>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace rocketmq {

/// What went wrong: a comparable code, and words for a person (often the broker's own remark).
struct Error {
  std::error_code code;
  std::string message;
  Outcome outcome = Outcome::not_sent;

  Error() = default;
  // Cold: compilers move what leads to an error out of the way of what goes well.
  [[gnu::cold, gnu::noinline]] Error(std::error_code c, std::string text,
                                     Outcome o = Outcome::not_sent)
      : code(c), message(std::move(text)), outcome(o) {}
};

/// "topic orders has no route (no_route)": the message, then the code's name in brackets.
std::string to_string(const Error& error);
std::ostream& operator<<(std::ostream& out, const Error& error);

/// Thrown by Result::value() and by nothing else in this library.
class Exception : public std::system_error {
 public:
  explicit Exception(Error error)
      : std::system_error(error.code, error.message), error_(std::move(error)) {}
  const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

namespace detail {

/// An Error or none, as small as a pointer: what goes well does not pay for what might have gone
/// wrong.
class MaybeError {
 public:
  MaybeError() = default;
  [[gnu::cold, gnu::noinline]] MaybeError(Error error) : error_(new Error(std::move(error))) {
    assert(error_->code);
  }
  MaybeError(const MaybeError& other) {
    if (other.error_) *this = MaybeError(*other.error_);
  }
  MaybeError(MaybeError&&) noexcept = default;
  MaybeError& operator=(const MaybeError& other) { return *this = MaybeError(other); }
  MaybeError& operator=(MaybeError&&) noexcept = default;

  explicit operator bool() const noexcept { return error_ != nullptr; }
  Error& operator*() const noexcept {
    assert(error_);
    return *error_;
  }

 private:
  struct Delete {
    [[gnu::cold, gnu::noinline]] void operator()(Error* error) const noexcept { delete error; }
  };
  std::unique_ptr<Error, Delete> error_;
};

}  // namespace detail

/// A value, or the Error that explains why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const noexcept { return value_.has_value(); }
  bool has_value() const noexcept { return value_.has_value(); }

  T& operator*() & {
    assert(value_);
    return *value_;
  }
  const T& operator*() const& {
    assert(value_);
    return *value_;
  }
  T&& operator*() && {
    assert(value_);
    return *std::move(value_);
  }
  T* operator->() {
    assert(value_);
    return &*value_;
  }
  const T* operator->() const {
    assert(value_);
    return &*value_;
  }

  /// Only where there is no value.
  const Error& error() const& {
    assert(!value_);
    return *error_;
  }
  Error&& error() && {
    assert(!value_);
    return std::move(*error_);
  }

  /// The value; throws Exception where there is none.
  T& value() & {
    throw_if_failed();
    return *value_;
  }
  const T& value() const& {
    throw_if_failed();
    return *value_;
  }
  T value() && {
    throw_if_failed();
    return *std::move(value_);
  }
  T value_or(T other) && { return value_ ? *std::move(value_) : std::move(other); }

 private:
  void throw_if_failed() const {
    if (!value_) throw Exception(*error_);
  }

  std::optional<T> value_;
  detail::MaybeError error_;
};

/// Done, or the Error that explains why not.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const noexcept { return !error_; }
  bool has_value() const noexcept { return !error_; }
  /// Only where it is not done.
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }
  void value() const {
    if (error_) throw Exception(*error_);
  }

 private:
  detail::MaybeError error_;
};

}  // namespace rocketmq
