#include "receiver/event_loop.h"

#include <event2/bufferevent_ssl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <new>
#include <system_error>
#include <utility>

#include "receiver/socket_options.h"

namespace cero::receiver {
namespace {

constexpr timeval kAcceptRetry{0, 100'000};

// Bytes a connection may read or write in one turn of the loop, before others have theirs.
constexpr size_t kTurnBytesMax = size_t{256} << 10;

}  // namespace

EventLoop::EventLoop(const Context& context)
    : context_(context), base_(event_base_new()), stop_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!base_) throw std::bad_alloc();
  stop_event_.reset(event_new(base_.get(), stop_fd_, EV_READ, on_stop, this));
  event_add(stop_event_.get(), nullptr);
  fault_step_.reset(evtimer_new(base_.get(), on_fault_step, this));
}

EventLoop::~EventLoop() {
  stop();
  fault_step_.reset();
  stop_event_.reset();
  close(stop_fd_);
}

void EventLoop::add_listener(ListeningSocket socket, bool is_tls) {
  auto listener = std::make_unique<Listener>(Listener{*this, is_tls, nullptr, nullptr});
  // A backlog of 0 says that the socket listens already.
  listener->socket.reset(evconnlistener_new(base_.get(), on_accept, listener.get(),
                                            LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0,
                                            socket.release()));
  listener->retry.reset(evtimer_new(base_.get(), on_retry, listener.get()));
  if (!listener->socket || !listener->retry) throw std::bad_alloc();
  evconnlistener_set_error_cb(listener->socket.get(), on_accept_error);
  listeners_.push_back(std::move(listener));
}

Result<void> EventLoop::start() {
  if (context_.faults != nullptr) {
    fault_steps_seen_ = context_.faults->connection_steps_begun();
    context_.faults->set_on_step([this] { note_fault_step(); });
    follow_faults();
  }
  // Signals are for the host's threads. SIGPIPE too: a client that is gone shows as an error of
  // write.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::string error;
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error& failure) {
    error = failure.what();
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (!error.empty()) return Error(ErrorCode::system, "no thread for the receiver: " + error);
  return {};
}

void EventLoop::run() {
  pthread_setname_np(pthread_self(), "cero-receiver");
  event_base_dispatch(base_.get());
}

void EventLoop::stop() {
  if (thread_.joinable()) {
    eventfd_write(stop_fd_, 1);
    thread_.join();
  }
  connections_.clear();
  listeners_.clear();
  // libevent frees a stream in the loop's next turn; without one, event_base_free() forgets some.
  event_base_loop(base_.get(), EVLOOP_NONBLOCK);
}

void EventLoop::on_stop(evutil_socket_t fd, short, void* self) {
  eventfd_t count;
  eventfd_read(fd, &count);
  event_base_loopbreak(static_cast<EventLoop*>(self)->base_.get());
}

void EventLoop::on_accept(evconnlistener*, evutil_socket_t fd, sockaddr*, int, void* arg) {
  auto& listener = *static_cast<Listener*>(arg);
  EventLoop& loop = listener.loop;
  const ConnectionFault fault = loop.next_fault(listener.is_tls);
  BuffereventPtr stream = loop.make_stream(fd, listener.is_tls, fault);
  if (!stream) {
    evutil_closesocket(fd);
    return;
  }
  const uint64_t id = ++loop.last_connection_id_;
  Connection::Settings settings{
      .id = id,
      .allows_http2 = loop.context_.allows_http2,
      .fault = fault,
      .on_end = [&loop](uint64_t ended) { loop.connections_.erase(ended); },
  };
  loop.connections_[id] =
      std::make_unique<Connection>(std::move(stream), loop.context_.intake, std::move(settings));
}

ConnectionFault EventLoop::next_fault(bool is_tls) {
  if (context_.faults == nullptr) return {};
  return context_.faults->on_connection(is_tls, std::chrono::steady_clock::now());
}

// Null: the connection ends here.
BuffereventPtr EventLoop::make_stream(evutil_socket_t fd, bool is_tls,
                                      const ConnectionFault& fault) {
  using Kind = ConnectionFault::Kind;
  if (fault.kind == Kind::hang_up) return nullptr;
  // Refused too: this one came just before nobody listened any more.
  if (fault.kind == Kind::hang_up_reset || fault.kind == Kind::refuse) {
    reset_when_closed(fd);
    return nullptr;
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  BuffereventPtr stream;
  if (is_tls && fault.kind != Kind::silence && !fault.breaks_handshake()) {
    SSL* ssl = context_.tls->new_session(fault.kind);
    if (ssl == nullptr) return nullptr;
    stream.reset(bufferevent_openssl_socket_new(base_.get(), fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
                                                BEV_OPT_CLOSE_ON_FREE));
    // Clients that end without close_notify are common and harmless: lengths are in the framing.
    if (stream) bufferevent_openssl_set_allow_dirty_shutdown(stream.get(), 1);
  } else {
    stream.reset(bufferevent_socket_new(base_.get(), fd, BEV_OPT_CLOSE_ON_FREE));
  }
  if (stream) {
    bufferevent_set_max_single_read(stream.get(), kTurnBytesMax);
    bufferevent_set_max_single_write(stream.get(), kTurnBytesMax);
  }
  return stream;
}

void EventLoop::on_accept_error(evconnlistener* socket, void* arg) {
  // Out of descriptors, mostly. Accepting again at once would spin until some are free.
  evconnlistener_disable(socket);
  evtimer_add(static_cast<Listener*>(arg)->retry.get(), &kAcceptRetry);
}

void EventLoop::on_retry(evutil_socket_t, short, void* arg) {
  const auto& listener = *static_cast<Listener*>(arg);
  if (listener.loop.is_listening_) evconnlistener_enable(listener.socket.get());
}

// ---- Steps of a fault script

void EventLoop::on_fault_step(evutil_socket_t, short, void* self) {
  static_cast<EventLoop*>(self)->follow_faults();
}

void EventLoop::follow_faults() {
  FaultPlan& faults = *context_.faults;
  const auto now = std::chrono::steady_clock::now();
  faults.look(now);
  retire_connections();
  set_listening(!faults.refuses_connections());
  if (const auto end = faults.ends_at()) {
    const timeval left = to_timeval(std::chrono::ceil<std::chrono::milliseconds>(*end - now));
    evtimer_add(fault_step_.get(), &left);
  }
}

// From within a callback of a connection or a listener, so what follows is left to the loop. Until
// it comes to that others may connect, who are not meant.
void EventLoop::note_fault_step() {
  const uint64_t begun = context_.faults->connection_steps_begun();
  if (std::exchange(fault_steps_seen_, begun) != begun) retire_through_ = last_connection_id_;
  event_active(fault_step_.get(), EV_TIMEOUT, 0);
}

void EventLoop::retire_connections() {
  std::vector<Connection*> retiring;  // retire() may take it out of the map
  for (const auto& [id, connection] : connections_) {
    if (id <= retire_through_) retiring.push_back(connection.get());
  }
  for (Connection* connection : retiring) connection->retire();
}

void EventLoop::set_listening(bool listening) {
  if (std::exchange(is_listening_, listening) == listening) return;
  for (const auto& listener : listeners_) {
    evconnlistener* socket = listener->socket.get();
    if (listening) {
      listen(evconnlistener_get_fd(socket), SOMAXCONN);
      evconnlistener_enable(socket);
    } else {
      evconnlistener_disable(socket);
      // On Linux this ends the listening alone: the socket keeps its port, and may listen again.
      shutdown(evconnlistener_get_fd(socket), SHUT_RD);
    }
  }
}

}  // namespace cero::receiver
