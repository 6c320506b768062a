#include "receiver/event_loop.h"

#include <event2/bufferevent_ssl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <csignal>
#include <new>
#include <system_error>
#include <utility>

namespace cero::receiver {
namespace {

constexpr timeval kAcceptRetry{0, 100'000};

// Bytes a connection may read or write in one turn of the loop, before others have theirs.
constexpr size_t kTurnBytesMax = size_t{256} << 10;

}  // namespace

EventLoop::EventLoop(Intake& intake, const TlsContext* tls, bool allows_http2)
    : intake_(intake),
      tls_(tls),
      allows_http2_(allows_http2),
      base_(event_base_new()),
      stop_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!base_) throw std::bad_alloc();
  stop_event_.reset(event_new(base_.get(), stop_fd_, EV_READ, on_stop, this));
  event_add(stop_event_.get(), nullptr);
}

EventLoop::~EventLoop() {
  stop();
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
}

void EventLoop::on_stop(evutil_socket_t, short, void* self) {
  event_base_loopbreak(static_cast<EventLoop*>(self)->base_.get());
}

void EventLoop::on_accept(evconnlistener*, evutil_socket_t fd, sockaddr*, int, void* arg) {
  auto& listener = *static_cast<Listener*>(arg);
  EventLoop& loop = listener.loop;
  BuffereventPtr stream = loop.make_stream(fd, listener.is_tls);
  if (!stream) {
    evutil_closesocket(fd);
    return;
  }
  const uint64_t id = ++loop.last_connection_id_;
  Connection::Settings settings{
      .id = id,
      .allows_http2 = loop.allows_http2_,
      .on_end = [&loop](uint64_t ended) { loop.connections_.erase(ended); },
  };
  loop.connections_[id] =
      std::make_unique<Connection>(std::move(stream), loop.intake_, std::move(settings));
}

BuffereventPtr EventLoop::make_stream(evutil_socket_t fd, bool is_tls) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  BuffereventPtr stream;
  if (is_tls) {
    SSL* ssl = tls_->new_session();
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
  evconnlistener_enable(static_cast<Listener*>(arg)->socket.get());
}

}  // namespace cero::receiver
