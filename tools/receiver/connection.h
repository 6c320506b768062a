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
    std::function<void(uint64_t id)> on_end;  // destroys the connection
  };

  Connection(BuffereventPtr stream, Intake& intake, Settings settings);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

 private:
  enum class Ending { none, after_output, lingering, now };

  struct DelayedReply {
    struct FreeEvent {
      void operator()(event* owned) const { event_free(owned); }
    };
    Connection& connection;
    int32_t stream_id;
    Reply reply;
    std::unique_ptr<event, FreeEvent> timer;
  };

  static void on_read(bufferevent*, void* self);
  static void on_write(bufferevent*, void* self);
  static void on_event(bufferevent*, short what, void* self);
  static void on_delay_over(evutil_socket_t, short, void* delayed);

  evbuffer* input() { return bufferevent_get_input(stream_.get()); }
  evbuffer* output() override { return bufferevent_get_output(stream_.get()); }
  size_t body_bytes_max() const override { return intake_.body_bytes_max(); }
  void dispatch(Request request) override;
  void close_when_sent() override;
  void reset_now() override;

  void take_input();
  // False while the bytes so far could be the start of either version.
  bool start_session();
  void deliver(int32_t stream_id, const Reply& reply);
  void deliver_later(int32_t stream_id, Reply reply);
  void shut_output();
  void settle();

  Intake& intake_;
  const Settings settings_;
  BuffereventPtr stream_;
  std::unique_ptr<Session> session_;
  std::list<DelayedReply> delayed_;
  Ending ending_ = Ending::none;
  bool input_ended_ = false;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_CONNECTION_H_
