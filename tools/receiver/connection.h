// One accepted connection: finds out its HTTP version, delays answers, and ends as it is told to.
//
// Lives on the loop thread. Sessions only mark how it shall end; settle(), the last call of each
// event callback, does it.
#ifndef CERO_TOOLS_RECEIVER_CONNECTION_H_
#define CERO_TOOLS_RECEIVER_CONNECTION_H_

#include <event2/bufferevent.h>
#include <event2/event.h>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>

#include "receiver/fault_actions.h"
#include "receiver/intake.h"
#include "receiver/session.h"

namespace cero::receiver {

struct FreeBufferevent {
  void operator()(bufferevent* stream) const { bufferevent_free(stream); }
};
using BuffereventPtr = std::unique_ptr<bufferevent, FreeBufferevent>;

class Connection : private SessionHost {
 public:
  struct Settings {
    uint64_t id = 0;
    bool allows_http2 = true;
    ConnectionFault fault = {};
    std::function<void(uint64_t id)> on_end;  // destroys the connection
  };

  Connection(BuffereventPtr stream, Intake& intake, Settings settings);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() override;

  // Ends when it owes no answer any more; one with a fault of its own has its first request before.
  // May destroy the connection.
  void retire();

 private:
  enum class Ending { none, after_output, lingering, now };

  struct FreeEvent {
    void operator()(event* owned) const { event_free(owned); }
  };
  using EventPtr = std::unique_ptr<event, FreeEvent>;

  struct DelayedReply {
    Connection& connection;
    int32_t stream_id;
    Reply reply;
    EventPtr timer;
  };

  struct FreeBuffer {
    void operator()(evbuffer* buffer) const { evbuffer_free(buffer); }
  };
  // Bytes that go out one at a time.
  struct Trickle {
    std::unique_ptr<evbuffer, FreeBuffer> staged;
    EventPtr timer;
    Reply reply;  // what they are
  };

  static void on_read(bufferevent*, void* self);
  static void on_write(bufferevent*, void* self);
  static void on_event(bufferevent*, short what, void* self);
  static void on_delay_over(evutil_socket_t, short, void* delayed);
  static void on_trickle(evutil_socket_t, short, void* self);
  static void on_peer_check(evutil_socket_t, short, void* self);

  evbuffer* input() { return bufferevent_get_input(stream_.get()); }
  evbuffer* socket_output() { return bufferevent_get_output(stream_.get()); }
  evbuffer* output() override { return trickle_ ? trickle_->staged.get() : socket_output(); }
  size_t body_bytes_max() const override { return intake_.body_bytes_max(); }
  bool goes_on_reading() override;
  void dispatch(Request request) override;
  void close_when_sent() override;
  void reset_now() override;

  void take_input();
  // False while the bytes so far could be the start of either version.
  bool start_session();
  void break_handshake();
  void stop_reading();
  void deliver(int32_t stream_id, const Reply& reply);
  void deliver_later(int32_t stream_id, Reply reply);
  void send_garbage();
  void begin_trickle(const Reply& reply);
  void note_if_lost(const Reply& reply);
  bool owes_nothing() const;
  void shut_output();
  void settle();

  Intake& intake_;
  const Settings settings_;
  BuffereventPtr stream_;
  std::unique_ptr<Session> session_;
  std::list<DelayedReply> delayed_;
  std::optional<Trickle> trickle_;
  EventPtr peer_check_;  // while nothing is read
  bool was_asked_ = false;
  bool is_retiring_ = false;
  Ending ending_ = Ending::none;
  bool input_ended_ = false;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_CONNECTION_H_
