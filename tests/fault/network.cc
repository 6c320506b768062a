#include "fault/network.h"

#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <string_view>
#include <system_error>

#include "loadgen/child_program.h"

namespace cero::test {
namespace {

// Of unshare(): forbidden, unknown to this kernel, or more than it allows.
[[noreturn]] void throw_refused(const std::string& what) {
  const int error = errno;
  const std::string text = what + ": " + std::generic_category().message(error);
  if (error == EPERM || error == ENOSYS || error == EINVAL || error == ENOSPC) {
    throw NetworkRefused(text);
  }
  throw std::runtime_error(text);
}

void write_file(const char* path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  if (!file) throw NetworkRefused(std::string(path) + " cannot be written");
}

// Who may not have a network namespace may in a user namespace of its own, whose root it is.
void become_root_of_user_namespace() {
  const std::string user = std::to_string(geteuid());
  const std::string group = std::to_string(getegid());
  if (unshare(CLONE_NEWUSER) != 0) throw_refused("a user namespace");
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", "0 " + user + " 1");
  write_file("/proc/self/gid_map", "0 " + group + " 1");
}

void enter_network_namespace() {
  if (unshare(CLONE_NEWNET) == 0) return;
  if (errno == EPERM) {
    become_root_of_user_namespace();
    if (unshare(CLONE_NEWNET) == 0) return;
  }
  throw_refused("a network namespace");
}

// What the kernel says to what it does not have, or does not let one do.
bool is_refusal(std::string_view errors) {
  constexpr std::string_view kRefusals[] = {"Operation not permitted", "Operation not supported",
                                            "qdisc kind is unknown", "classifier not found"};
  for (const std::string_view refusal : kRefusals) {
    if (errors.find(refusal) != std::string_view::npos) return true;
  }
  return false;
}

// tc or ip, which stand where the PATH of who is not root does not lead.
std::string run(const std::string& command) {
  const ProgramOutcome outcome =
      run_program("/bin/sh", {"-c", "PATH=$PATH:/usr/sbin:/sbin; " + command});
  if (outcome.exit_status == 0) return outcome.output;
  const std::string failure = command + ": " + outcome.errors;
  if (is_refusal(outcome.errors)) throw NetworkRefused(failure);
  throw std::runtime_error(failure);
}

// Of `tc -s`: "Sent 4558430 bytes 5489 pkt (dropped 0, overlimits 7288 requeues 0)".
uint64_t number_after(const std::string& text, std::string_view word) {
  const size_t at = text.find(word);
  if (at == std::string::npos) throw std::runtime_error("tc shows no '" + std::string(word) + "'");
  return std::stoull(text.substr(at + word.size()));
}

// A classic BPF program as tc reads it: "operation jump-if-true jump-if-false operand" each.
std::string drawing_program(int of_256) {
  return "'5,"
         "32 0 0 4294963256,"  // load a random number: SKF_AD_OFF + SKF_AD_RANDOM
         "84 0 0 255,"         // its lowest byte
         "53 0 1 " +
         std::to_string(of_256) +  // at least so much?
         ",6 0 0 0,"               // then TC_ACT_OK
         "6 0 0 2'";               // else TC_ACT_SHOT
}

}  // namespace

Network::Network() {
  enter_network_namespace();
  // A packet is what one would be on a wire: no run of segments is lost or kept as one.
  run("ip link set lo mtu 1500 gso_max_segs 1 up");
  run("tc qdisc add dev lo root tbf rate 20mbit burst 6kb latency 50ms");
  run("tc qdisc add dev lo ingress");
  lose_packets(0);
}

void Network::lose_packets(int of_256) {
  run("tc filter replace dev lo ingress prio 1 handle 1 bpf direct-action bytecode " +
      drawing_program(of_256));
}

// The kernel keeps loopback's routes, unlike those of others, until it comes up again.
void Network::take_link_down() { run("ip link set lo down && ip route flush table local"); }

void Network::mend() {
  lose_packets(0);
  run("ip link set lo up");
}

uint64_t Network::packets_lost() const {
  return number_after(run("tc -s qdisc show dev lo ingress"), "dropped ");
}

uint64_t Network::packets_delayed() const {
  return number_after(run("tc -s qdisc show dev lo root"), "overlimits ");
}

}  // namespace cero::test
