#pragma once

namespace rocketmq::net {

// Tells a function that calls out whether its object was destroyed meanwhile. A Liveness is a
// member of the object; the function puts a Watch on the stack, and asks it after each call out.
class Liveness {
 public:
  class Watch {
   public:
    explicit Watch(Liveness& of);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    bool gone() const { return liveness_ == nullptr; }

   private:
    friend class Liveness;
    Liveness* liveness_;
    Watch* const outer_;
  };

  Liveness() = default;
  ~Liveness();
  Liveness(const Liveness&) = delete;
  Liveness& operator=(const Liveness&) = delete;

 private:
  Watch* innermost_ = nullptr;
};

}  // namespace rocketmq::net
