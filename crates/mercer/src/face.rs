//! `mercer gateway` and `mercer store`: one face alone, from its settings, as it runs in production.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use clap::Args;
use mercer_gateway::Gateway;
use mercer_kernel::clock::Clock;
use mercer_kernel::config::Config;
use mercer_kernel::entropy::Entropy;
use mercer_kernel::server::{ServerSettings, tls_from_files};
use mercer_kernel::telemetry::start_logging;
use mercer_kernel::web::account::{Account, Accounts, Role};
use mercer_protocol::Wording;
use mercer_store::Store;
use serde_json::{Value, json};

use crate::compose::{gateway_failure, store_failure};
use crate::failure::{Exit, Failure};
use crate::ground::{Face, Ground, Loopback, config_failure, database_failure, listen, local_url};
use crate::life::Life;
use crate::output::{Column, Output, record, text_of};
use crate::secrets::{Form, Secrets};

/// Settings of a face alone.
#[derive(Debug, Args)]
pub(crate) struct FaceArgs {
    /// Settings file; otherwise mercer.toml in the working folder when there is one (配置文件)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder for database and keys (数据目录)
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Address to listen on (监听地址)
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Database, `sqlite:PATH` or `postgres://USER@HOST/NAME` (数据库)
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Print the administrator's first password and the API token again (再次显示初始密码与令牌)
    #[arg(long)]
    show_secrets: bool,
}

/// What a face's own section of the settings says about its listener.
struct Listening<'a> {
    address: &'a str,
    public_url: &'a str,
    certificate: &'a str,
    key: &'a str,
}

/// Runs the store until it is stopped.
///
/// # Errors
/// When something of the machine or the configuration cannot be used.
pub(crate) async fn store(arguments: FaceArgs, output: Output) -> Result<(), Failure> {
    let config = settings(&arguments, Face::Store)?;
    let mut stand = Stand::open(&config, Face::Store).await?;
    let foundation = stand.ground.foundation(Face::Store, Entropy::system(), stand.public_url.clone()).await?;
    let store = Store::open(foundation).await.map_err(|error| store_failure(&error))?;
    let administrator = account("operator", Role::Operator, "运营 Operator");
    stand.announce(&arguments, administrator, output).await?;
    let life = stand.serve(store.router());
    life.work(|stop| async move { store.run(stop).await });
    life.until_stopped().await.map(drop)
}

/// Runs the gateway until it is stopped.
///
/// # Errors
/// As [`store`].
pub(crate) async fn gateway(arguments: FaceArgs, output: Output) -> Result<(), Failure> {
    let config = settings(&arguments, Face::Gateway)?;
    let mut stand = Stand::open(&config, Face::Gateway).await?;
    let foundation = stand.ground.foundation(Face::Gateway, Entropy::system(), stand.public_url.clone()).await?;
    let gateway = Gateway::open(foundation).await.map_err(|error| gateway_failure(&error))?;
    let administrator = account("admin", Role::Admin, "管理员 Administrator");
    stand.announce(&arguments, administrator, output).await?;
    let life = stand.serve(gateway.router());
    life.work(|stop| async move { gateway.run(stop).await });
    life.until_stopped().await.map(drop)
}

/// A place to stand: ground, listener, and how to serve on it.
struct Stand {
    ground: Ground,
    face: Face,
    listener: tokio::net::TcpListener,
    public_url: String,
    limits: ServerSettings,
}

impl Stand {
    async fn open(config: &Arc<Config>, face: Face) -> Result<Self, Failure> {
        let ground = Ground::open(Arc::clone(config), Loopback::AsConfigured)?;
        let listening = Listening::of(config, face);
        let address = listening.address.parse().map_err(|_| {
            Failure::new(Exit::Usage, "监听地址无效", "the address to listen on is not valid").input(listening.address)
        })?;
        let listener = listen(face, address, "--listen").await?;
        let mut limits = ServerSettings::from_config(&config.server);
        let local = local_url(&listener)?;
        let mut public_url = listening.public_url.to_owned();
        if !listening.certificate.is_empty() {
            limits = with_tls(&limits, &listening)?;
        }
        if public_url.is_empty() {
            public_url = if limits.tls.is_some() { local.replacen("http:", "https:", 1) } else { local };
        }
        Ok(Self { ground, face, listener, public_url, limits })
    }

    /// Makes sure that somebody can log in and that scripts have a token; both are shown when they are new.
    async fn announce(&mut self, arguments: &FaceArgs, administrator: Account, output: Output) -> Result<(), Failure> {
        let (db, vault) = self.ground.database(self.face).await?;
        let opened = Secrets::open(&db, &vault, &Entropy::system()).await;
        let secrets = opened.map_err(|error| self.ground.secret_failure(&error))?;
        let (token_name, password_name) = match self.face {
            Face::Store => ("store_token", "password_operator"),
            Face::Gateway | Face::App => ("gateway_token", "password_admin"),
        };
        let token =
            secrets.secret(token_name, Form::Token).await.map_err(|error| self.ground.secret_failure(&error))?;
        let password =
            secrets.secret(password_name, Form::Password).await.map_err(|error| self.ground.secret_failure(&error))?;
        let entropy = Entropy::system();
        let seeded = async {
            let accounts = Accounts::open(&db, &self.ground.wall, &entropy, self.face.name()).await?;
            accounts.ensure(&administrator, &password.text).await?;
            accounts.ensure_token("mercer", &token.text).await
        };
        seeded.await.map_err(|error| database_failure(&error))?;
        let mut ready = json!({"face": self.face.name(), "url": self.public_url, "data": self.ground.config.data});
        if password.is_new || arguments.show_secrets {
            ready["user"] = json!(administrator.name);
            ready["password"] = json!(password.text);
            ready["token"] = json!(token.text);
        }
        output.show(&ready, |language| record(language, &READY, &ready));
        if password.is_new {
            output.remark(&Wording::fixed(
                "这是首次启动：请登录并修改初始密码；以后用 --show-secrets 可再次显示。",
                "This is the first start: log in and change the password; --show-secrets shows both again.",
            ));
        }
        Ok(())
    }

    fn serve(self, router: Router) -> Life {
        let life = Life::new(&Clock::real());
        life.listen(self.listener, router, self.limits);
        // The ground holds the lock of the data folder, so it must live as long as the program.
        life.work(|stop| async move {
            stop.cancelled().await;
            drop(self.ground);
        });
        life
    }
}

impl<'a> Listening<'a> {
    fn of(config: &'a Config, face: Face) -> Self {
        match face {
            Face::Store => Self {
                address: &config.store.listen,
                public_url: &config.store.public_url,
                certificate: &config.store.tls_certificate,
                key: &config.store.tls_key,
            },
            Face::Gateway | Face::App => Self {
                address: &config.gateway.listen,
                public_url: &config.gateway.public_url,
                certificate: &config.gateway.tls_certificate,
                key: &config.gateway.tls_key,
            },
        }
    }
}

const READY: [Column; 6] = [
    Column::new("服务", "face", |row: &Value| text_of(&row["face"])),
    Column::new("地址", "address", |row| text_of(&row["url"])),
    Column::new("数据", "data", |row| text_of(&row["data"])),
    Column::new("账号", "user", |row| text_of(&row["user"])),
    Column::new("初始密码", "first password", |row| text_of(&row["password"])),
    Column::new("接口令牌", "API token", |row| text_of(&row["token"])),
];

fn settings(arguments: &FaceArgs, face: Face) -> Result<Arc<Config>, Failure> {
    let mut flags = Vec::new();
    flags.extend(arguments.data.as_ref().map(|data| ("data", data.display().to_string())));
    let key = match face {
        Face::Store => "store.listen",
        Face::Gateway | Face::App => "gateway.listen",
    };
    flags.extend(arguments.listen.map(|address| (key, address.to_string())));
    flags.extend(arguments.database_url.clone().map(|url| ("database_url", url)));
    let config = Config::load(arguments.config.as_deref(), &flags).map_err(|error| config_failure(&error))?;
    start_logging(&config.log)
        .map_err(|reason| Failure::new(Exit::Usage, "日志配置无效", "the log settings cannot be used").input(reason))?;
    Ok(Arc::new(config))
}

fn with_tls(limits: &ServerSettings, listening: &Listening<'_>) -> Result<ServerSettings, Failure> {
    let acceptor = tls_from_files(listening.certificate.as_ref(), listening.key.as_ref()).map_err(|error| {
        Failure::new(Exit::Usage, "TLS 证书或私钥不可用", "the TLS certificate or key cannot be used")
            .input(error.to_string())
            .allowed("PEM 文件：证书链与对应的私钥", "PEM files: the certificate chain and its key")
    })?;
    Ok(ServerSettings { tls: Some(acceptor), ..limits.clone() })
}

fn account(name: &str, role: Role, display_name: &str) -> Account {
    Account { name: name.to_owned(), role, subject: String::new(), display_name: display_name.to_owned() }
}
