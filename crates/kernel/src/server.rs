//! The listener: limits on everything, an orderly end, and TLS by own certificate files.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;

/// Limits of a listener.
#[derive(Clone)]
pub struct ServerSettings {
    /// Connections served at once.
    pub max_connections: usize,
    /// Time to read the head of a request; also how long an idle connection is kept.
    pub header_timeout: Duration,
    /// Time for requests under way to end after a stop.
    pub drain: Duration,
    /// None serves plain HTTP.
    pub tls: Option<TlsAcceptor>,
}

impl ServerSettings {
    /// From the configuration, without TLS.
    #[must_use]
    pub fn from_config(server: &crate::config::Server) -> Self {
        Self {
            max_connections: server.max_connections,
            header_timeout: Duration::from_secs(server.header_timeout_seconds),
            drain: Duration::from_secs(server.drain_seconds),
            tls: None,
        }
    }
}

/// Serves until `shutdown`, then lets the requests under way end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: ServerSettings,
    wall: Clock,
    shutdown: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(settings.max_connections));
    let connections = TaskTracker::new();
    loop {
        let place = tokio::select! {
            () = shutdown.cancelled() => break,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Usually out of file descriptors; the next connection that ends frees one.
                tracing::warn!(%error, "a connection could not be accepted");
                wall.wake_at(wall.now().plus(Duration::from_millis(50))).await;
                continue;
            }
        };
        let (router, settings, shutdown) = (router.clone(), settings.clone(), shutdown.clone());
        connections.spawn(async move {
            let _place = place;
            if let Err(error) = connection(stream, router, &settings, shutdown).await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    connections.close();
    tokio::select! {
        () = connections.wait() => {}
        () = wall.wake_at(wall.now().plus(settings.drain)) => {
            tracing::warn!(connections = connections.len(), "stopped before every request had ended");
        }
    }
}

async fn connection(
    stream: TcpStream,
    router: Router,
    settings: &ServerSettings,
    shutdown: CancellationToken,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    stream.set_nodelay(true)?;
    match &settings.tls {
        Some(acceptor) => speak(TokioIo::new(acceptor.accept(stream).await?), router, settings, shutdown).await,
        None => speak(TokioIo::new(stream), router, settings, shutdown).await,
    }
}

async fn speak<I>(
    io: I,
    router: Router,
    settings: &ServerSettings,
    shutdown: CancellationToken,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>>
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(settings.header_timeout)
        // The protocol shows `Body-Sign` in this letter case, and some readers compare it.
        .title_case_headers(true);
    let connection = builder.serve_connection(io, TowerToHyperService::new(router));
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => return ended.map_err(Into::into),
        () = shutdown.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    connection.await.map_err(Into::into)
}

/// Reads a certificate chain and its key from PEM files.
///
/// # Errors
/// When a file cannot be read or does not hold what it should.
pub fn tls_from_files(certificate: &Path, key: &Path) -> io::Result<TlsAcceptor> {
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let unusable = |path: &Path, reason: &dyn std::fmt::Display| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{}: {reason}", path.display()))
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(certificate, &error))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, &error))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private))
        .map_err(|error| unusable(certificate, &error))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn header_names_leave_in_title_case_and_a_stop_ends_the_server() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(|| async { ([("body-sign", "x")], "hello") }));
        let shutdown = CancellationToken::new();
        let settings = ServerSettings::from_config(&crate::config::Config::defaults().server);
        let server = tokio::spawn(serve(listener, router, settings, Clock::real(), shutdown.clone()));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.contains("Body-Sign: x"), "{answer}");
        shutdown.cancel();
        server.await.unwrap();
    }
}
