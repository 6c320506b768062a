// FaultAction: one thing the receiver does wrong, to a request or to a connection.
#ifndef CERO_TOOLS_RECEIVER_FAULT_ACTIONS_H_
#define CERO_TOOLS_RECEIVER_FAULT_ACTIONS_H_

#include <cstdint>
#include <string>
#include <variant>

#include "receiver/fault_words.h"
#include "receiver/reply.h"

namespace cero::receiver {

// What meets a request before its body is read.
enum class UploadFault {
  stall,  // nothing more is read
  close,  // the connection ends
  reset,  // by a TCP reset
};

// What meets a connection when it is accepted, or keeps it from being made.
struct ConnectionFault {
  enum class Kind {
    none,
    refuse,          // nobody listens
    hang_up,         // accepted and closed
    hang_up_reset,   // accepted and reset
    silence,         // accepted, read, never answered
    tls_alert,       // the handshake ends in an alert
    tls_plaintext,   // the handshake is answered in the clear
    tls_expired,     // the certificate's time is over
    tls_wrong_host,  // the certificate is another host's
    tls_unknown_ca,  // the certificate is signed by somebody else
    window,          // HTTP/2 flow control lets little through
  };

  Kind kind = Kind::none;
  uint32_t window_bytes = 0;
  bool window_is_stuck = false;  // never opened again

  bool breaks_handshake() const { return kind == Kind::tls_alert || kind == Kind::tls_plaintext; }
  bool is_about_tls() const { return kind >= Kind::tls_alert && kind <= Kind::tls_unknown_ca; }
  bool needs_certificate() const {
    return kind == Kind::tls_expired || kind == Kind::tls_wrong_host;
  }
};

struct FaultAction {
  std::string text;  // as it is written in a script, in normal form
  std::variant<Reply, UploadFault, ConnectionFault> effect;

  const ConnectionFault* connection() const { return std::get_if<ConnectionFault>(&effect); }
  // Nothing goes wrong.
  bool is_ok() const { return text == "ok"; }
};

// Reads an action and what follows it behind commas. Throws FaultScriptError.
FaultAction read_fault_action(FaultWords& words);

// One line for each action and each addition.
std::string fault_actions_help();

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_FAULT_ACTIONS_H_
