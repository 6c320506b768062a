// The receiver's thread: accepts on every listener and runs the connections.
#ifndef CERO_TOOLS_RECEIVER_EVENT_LOOP_H_
#define CERO_TOOLS_RECEIVER_EVENT_LOOP_H_

#include <event2/event.h>
#include <event2/listener.h>

#include <cstdint>
#include <memory>
#include <thread>
#include <unordered_map>
#include <vector>

#include "cero/result.h"
#include "receiver/connection.h"
#include "receiver/fault_plan.h"
#include "receiver/intake.h"
#include "receiver/listening_socket.h"
#include "receiver/tls.h"

namespace cero::receiver {

class EventLoop {
 public:
  // All that is pointed to outlives the loop; `tls` is null without a TLS listener, `faults`
  // without a script.
  struct Context {
    Intake& intake;
    const TlsContext* tls = nullptr;
    FaultPlan* faults = nullptr;
    bool allows_http2 = true;
  };

  explicit EventLoop(const Context& context);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Before start().
  void add_listener(ListeningSocket socket, bool is_tls);
  Result<void> start();
  // Ends the thread, then closes all listeners and connections. May be called again.
  void stop();

 private:
  struct Free {
    void operator()(event_base* base) const { event_base_free(base); }
    void operator()(event* e) const { event_free(e); }
    void operator()(evconnlistener* listener) const { evconnlistener_free(listener); }
  };

  struct Listener {
    EventLoop& loop;
    bool is_tls;
    std::unique_ptr<evconnlistener, Free> socket;
    std::unique_ptr<event, Free> retry;  // runs while accepting rests for want of descriptors
  };

  static void on_accept(evconnlistener*, evutil_socket_t fd, sockaddr*, int, void* listener);
  static void on_accept_error(evconnlistener*, void* listener);
  static void on_retry(evutil_socket_t, short, void* listener);
  static void on_stop(evutil_socket_t, short, void* self);
  static void on_fault_step(evutil_socket_t, short, void* self);

  ConnectionFault next_fault(bool is_tls);
  BuffereventPtr make_stream(evutil_socket_t fd, bool is_tls, const ConnectionFault& fault);
  void note_fault_step();
  void follow_faults();
  void retire_connections();
  void set_listening(bool listening);
  void run();

  const Context context_;
  std::unique_ptr<event_base, Free> base_;  // outlives all below
  int stop_fd_;                             // an eventfd: the one way into the loop from outside
  std::unique_ptr<event, Free> stop_event_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::unordered_map<uint64_t, std::unique_ptr<Connection>> connections_;
  uint64_t last_connection_id_ = 0;
  std::unique_ptr<event, Free> fault_step_;  // another step begins or ends
  uint64_t fault_steps_seen_ = 0;            // of those about connections
  uint64_t retire_through_ = 0;  // connections up to this one were open when such a step began
  bool is_listening_ = true;
  std::thread thread_;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_EVENT_LOOP_H_
