#include "process/stop_signal.h"

#include <pthread.h>

#include <csignal>

namespace rocketmq {
namespace {

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

sigset_t reload_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGHUP);
  return signals;
}

}  // namespace

void block_stop_signals() {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

void block_signals() {
  block_stop_signals();
  const sigset_t reload = reload_signal();
  pthread_sigmask(SIG_BLOCK, &reload, nullptr);
}

Signal wait_for_signal() {
  sigset_t signals = stop_signals();
  sigaddset(&signals, SIGHUP);
  int signal = 0;
  sigwait(&signals, &signal);
  if (signal == SIGHUP) return Signal::reload;
  const sigset_t stop = stop_signals();
  pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);
  return Signal::stop;
}

void wait_for_stop_signal() {
  while (wait_for_signal() != Signal::stop) {
  }
}

}  // namespace rocketmq
