// The seam between a connection (bytes, timers, ending) and an HTTP version (framing).
#ifndef CERO_TOOLS_RECEIVER_SESSION_H_
#define CERO_TOOLS_RECEIVER_SESSION_H_

#include <event2/buffer.h>

#include <cstdint>

#include "receiver/reply.h"
#include "receiver/request.h"

namespace cero::receiver {

// One HTTP version's framing on one connection.
class Session {
 public:
  virtual ~Session() = default;

  // Takes what it can use from `input`; what it leaves there comes again.
  virtual void receive(evbuffer* input) = 0;

  // Sends the answer to the request of `stream_id`; false when the client no longer waits for it.
  // Called for `reset` and `goaway_refused` too, which each version has its own frames for; not for
  // other faults without answer.
  virtual bool answer(int32_t stream_id, const Reply& reply) = 0;

  // Writes what answer() left for the end of receive(), when it was called at another time.
  virtual void send_queued() = 0;
};

// What a session may ask of its connection. None of these destroys the session at once.
class SessionHost {
 public:
  virtual ~SessionHost() = default;

  virtual evbuffer* output() = 0;
  virtual size_t body_bytes_max() const = 0;
  // A request's header is in. False: neither its body nor anything else is to be read any more.
  virtual bool goes_on_reading() = 0;
  // Decides the reply and calls Session::answer, now or later or never.
  virtual void dispatch(Request request) = 0;
  virtual void close_when_sent() = 0;
  virtual void reset_now() = 0;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_SESSION_H_
