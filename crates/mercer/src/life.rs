//! The life of a serving program: it listens and works until it is asked to stop, and stops in two
//! phases, so that what is under way ends properly.

use axum::Router;
use mercer_kernel::clock::Clock;
use mercer_kernel::server::{ServerSettings, serve};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::failure::{Exit, Failure};

/// Listeners and workers of the program.
pub(crate) struct Life {
    wall: Clock,
    listeners: TaskTracker,
    workers: TaskTracker,
    stop_listening: CancellationToken,
    stop_working: CancellationToken,
}

impl Life {
    /// Nothing runs yet.
    pub(crate) fn new(wall: &Clock) -> Self {
        Self {
            wall: wall.clone(),
            listeners: TaskTracker::new(),
            workers: TaskTracker::new(),
            stop_listening: CancellationToken::new(),
            stop_working: CancellationToken::new(),
        }
    }

    /// Serves a router until the first phase of the end.
    pub(crate) fn listen(&self, listener: TcpListener, router: Router, settings: ServerSettings) {
        self.listeners.spawn(serve(listener, router, settings, self.wall.clone(), self.stop_listening.clone()));
    }

    /// Runs a worker until the second phase of the end.
    pub(crate) fn work<F>(&self, worker: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.workers.spawn(worker(self.stop_working.clone()));
    }

    /// Waits for Ctrl-C or a termination signal, then ends: no new connections, requests under way are
    /// answered, then the workers finish their attempts. A second signal ends at once.
    ///
    /// # Errors
    /// When signals cannot be received.
    pub(crate) async fn until_stopped(self) -> Result<Ended, Failure> {
        signal().await?;
        self.listeners.close();
        self.workers.close();
        self.stop_listening.cancel();
        let orderly = async {
            self.listeners.wait().await;
            self.stop_working.cancel();
            self.workers.wait().await;
        };
        tokio::select! {
            () = orderly => Ok(Ended::Orderly),
            again = signal() => again.map(|()| Ended::AtOnce),
        }
    }
}

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Everything under way was finished.
    Orderly,
    /// A second signal cut it short; what was answered is on disk, the rest is taken up at the next start.
    AtOnce,
}

async fn signal() -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(Exit::Failed, format!("无法接收信号：{error}"), format!("signals cannot be received: {error}"))
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted.map_err(failed),
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map_err(failed)
}
