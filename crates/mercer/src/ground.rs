//! The ground the faces are opened on: data folder, master key, databases, addresses.
//!
//! Everything that can be wrong about the machine is found here, before a face is opened, and said in
//! one message.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use mercer_kernel::clock::{Clock, Reading};
use mercer_kernel::config::{Config, ConfigError};
use mercer_kernel::db::{Db, DbError};
use mercer_kernel::entropy::Entropy;
use mercer_kernel::foundation::Foundation;
use mercer_kernel::http::{AddressGuard, ClientSettings, GuardedClient, Outbound};
use mercer_kernel::vault::{MasterKey, Vault, VaultError};
use tokio::net::TcpListener;

use crate::failure::{Exit, Failure};
use crate::secrets::SecretError;

/// A part of the program with a database and an address of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    /// 云商店侧
    Store,
    /// 商家侧
    Gateway,
    /// The sample application.
    App,
}

impl Face {
    /// Its name: database file, accounts, flags.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Gateway => "gateway",
            Self::App => "app",
        }
    }
}

/// Open databases with their vaults, one per address, and what all faces share.
pub(crate) struct Ground {
    /// Settings.
    pub(crate) config: Arc<Config>,
    /// Real time.
    pub(crate) wall: Clock,
    master: MasterKey,
    databases: HashMap<String, (Db, Vault)>,
    outbound: Arc<dyn Outbound>,
    /// Held as long as the program runs; the operating system lets go of it at the end.
    _lock: std::fs::File,
}

impl Ground {
    /// Takes the data folder and reads or makes the master key.
    ///
    /// # Errors
    /// When the folder, the key or the outgoing client cannot be used.
    pub(crate) fn open(config: Arc<Config>, loopback: Loopback) -> Result<Self, Failure> {
        let lock = take_folder(&config.data)?;
        let master = master_key(&config)?;
        let outbound = client(&config, loopback)?;
        Ok(Self { config, wall: Clock::real(), master, databases: HashMap::new(), outbound, _lock: lock })
    }

    /// The database and vault of a face; faces with the same address share them.
    ///
    /// # Errors
    /// When the database or the key cannot be used.
    pub(crate) async fn database(&mut self, face: Face) -> Result<(Db, Vault), Failure> {
        let url = self.config.database_url_of(face.name());
        if let Some(open) = self.databases.get(&url) {
            return Ok(open.clone());
        }
        let db = Db::open(&url).await.map_err(|error| database_failure(&error))?;
        // Nonces of the cipher must never repeat, so a seed has no business here.
        let vault =
            Vault::open(&db, &self.master, &Entropy::system()).await.map_err(|error| self.vault_failure(&error))?;
        self.databases.insert(url, (db.clone(), vault.clone()));
        Ok((db, vault))
    }

    /// What a face is opened on.
    ///
    /// # Errors
    /// As [`Ground::database`].
    pub(crate) async fn foundation(
        &mut self,
        face: Face,
        entropy: Entropy,
        public_url: String,
    ) -> Result<Foundation, Failure> {
        let (db, vault) = self.database(face).await?;
        let clock = match face {
            // The store puts it as it stood when it was last used.
            Face::Store => Clock::adjustable(&self.wall, Reading::Running { offset_micros: 0 }),
            Face::Gateway | Face::App => self.wall.clone(),
        };
        Ok(Foundation {
            db,
            clock,
            wall: self.wall.clone(),
            entropy,
            vault,
            outbound: Arc::clone(&self.outbound),
            config: Arc::clone(&self.config),
            public_url,
        })
    }

    /// A secret that cannot be had, as a person needs to hear it.
    pub(crate) fn secret_failure(&self, error: &SecretError) -> Failure {
        match error {
            SecretError::Database(error) => database_failure(error),
            SecretError::Vault(error) => self.vault_failure(error),
        }
    }

    fn vault_failure(&self, error: &VaultError) -> Failure {
        let file = self.config.data.join("master.key");
        match error {
            VaultError::Db(error) => database_failure(error),
            VaultError::WrongMasterKey | VaultError::NotSealedHere | VaultError::KeyFile(_) => Failure::new(
                Exit::Data,
                "主密钥打不开这个数据库",
                "the master key does not open this database",
            )
            .input(format!("{}: {error}", file.display()))
            .next(
                "放回与该数据库一同生成的密钥文件（或 MERCER_MASTER_KEY），或换一个空的 --data 目录",
                "put back the key file that was made with it (or MERCER_MASTER_KEY), or choose an empty folder with --data",
            ),
        }
    }
}

/// Whether the faces may call loopback addresses without being told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loopback {
    /// In `mercer up`: they call each other there.
    Allowed,
    /// A face alone: only what the configuration allows.
    AsConfigured,
}

/// Listens on an address.
///
/// # Errors
/// When it is taken or is none of this machine.
pub(crate) async fn listen(face: Face, address: SocketAddr, flag: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let name = face.name();
        let (zh, en) = match error.kind() {
            std::io::ErrorKind::AddrInUse => ("地址已被占用", "the address is in use"),
            std::io::ErrorKind::PermissionDenied => ("没有权限监听该地址", "listening on the address is not permitted"),
            _ => ("无法监听该地址", "the address cannot be listened on"),
        };
        Failure::new(Exit::Address, zh, en).input(format!("{name} {address}: {error}")).next(
            format!("停止占用它的程序，或换一个地址：{flag} 127.0.0.1:0 自动选择空闲端口"),
            format!("stop the program that has it, or choose another: {flag} 127.0.0.1:0 takes a free port"),
        )
    })
}

/// The address others on this machine use for a listener.
pub(crate) fn local_url(listener: &TcpListener) -> Result<String, Failure> {
    let mut address = listener.local_addr().map_err(|error| {
        Failure::new(Exit::Address, format!("监听地址不可用：{error}"), format!("the listener has no address: {error}"))
    })?;
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        });
    }
    Ok(format!("http://{address}"))
}

/// A database that cannot be used, as a person needs to hear it.
pub(crate) fn database_failure(error: &DbError) -> Failure {
    let failure = Failure::new(Exit::Data, "数据库不可用", "the database cannot be used").input(error.to_string());
    match error {
        DbError::Migration(_) => failure.next(
            "使用不低于该数据库版本的程序，或恢复备份",
            "use a program at least as new as the database, or restore the backup",
        ),
        _ => failure.next(
            "检查 --data 目录的权限与磁盘空间，或 --database-url 的地址、账号与网络",
            "check permissions and free space of the --data folder, or address, account and network of --database-url",
        ),
    }
}

/// A setting that cannot be used, as a person needs to hear it.
pub(crate) fn config_failure(error: &ConfigError) -> Failure {
    Failure::new(Exit::Usage, "配置项无效", "a setting cannot be used")
        .input(format!("{}: {} = {}", error.origin, error.key, error.value))
        .allowed(error.allowed_zh.clone(), error.allowed.clone())
        .next("运行 mercer config example 查看全部配置项", "run mercer config example to see every setting")
}

fn take_folder(folder: &Path) -> Result<std::fs::File, Failure> {
    let unusable = |error: &std::io::Error| {
        Failure::new(Exit::Data, "数据目录不可用", "the data folder cannot be used")
            .input(format!("{}: {error}", folder.display()))
            .next("换一个可写的目录：--data FOLDER", "choose a folder that can be written: --data FOLDER")
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    // Personal data lies in it; nobody else on the machine needs to look.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| unusable(&error))?;
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    let file = options.open(folder.join("lock")).map_err(|error| unusable(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Failure::new(
            Exit::Data,
            "另一个 mercer 正在使用这个数据目录",
            "another mercer is using this data folder",
        )
        .input(folder.display().to_string())
        .next("先停止它，或用 --data 指定另一个目录", "stop it first, or choose another folder with --data")),
        Err(std::fs::TryLockError::Error(error)) => Err(unusable(&error)),
    }
}

fn master_key(config: &Config) -> Result<MasterKey, Failure> {
    let key = if config.master_key.is_empty() {
        MasterKey::load_or_create(&config.data.join("master.key"), &Entropy::system())
    } else {
        MasterKey::parse(&config.master_key)
    };
    key.map_err(|error| {
        Failure::new(Exit::Data, "主密钥不可用", "the master key cannot be used").input(error.to_string()).next(
            "检查数据目录中的 master.key，或 MERCER_MASTER_KEY（32 字节的 Base64）",
            "check master.key in the data folder, or MERCER_MASTER_KEY (Base64 of 32 bytes)",
        )
    })
}

fn client(config: &Config, loopback: Loopback) -> Result<Arc<dyn Outbound>, Failure> {
    let mut allowed = config.outbound.allow_private.clone();
    if loopback == Loopback::Allowed {
        for range in ["127.0.0.0/8", "::1/128"] {
            allowed.push(range.parse().expect("both ranges are written correctly"));
        }
    }
    let settings = ClientSettings {
        connect_timeout_ms: config.outbound.connect_timeout_seconds * 1_000,
        body_limit_bytes: config.outbound.body_limit_bytes,
        guard: AddressGuard::new(allowed),
    };
    match GuardedClient::new(settings) {
        Ok(client) => Ok(Arc::new(client)),
        Err(failure) => Err(Failure::new(
            Exit::Failed,
            format!("无法建立 HTTP 客户端：{}", failure.detail),
            format!("no HTTP client: {}", failure.detail),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_address_names_itself_and_the_way_out() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let failure = listen(Face::Store, taken.local_addr().unwrap(), "--store").await.unwrap_err();
        assert_eq!(failure.exit, Exit::Address);
        assert!(failure.lines(crate::language::Language::En).contains("--store 127.0.0.1:0"));
    }

    #[tokio::test]
    async fn a_listener_on_every_address_is_reached_locally() {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        assert!(local_url(&listener).unwrap().starts_with("http://127.0.0.1:"));
    }

    #[test]
    fn a_folder_is_used_by_one_program() {
        let folder = std::env::temp_dir().join(format!("mercer-lock-{}", std::process::id()));
        let first = take_folder(&folder).unwrap();
        assert_eq!(take_folder(&folder).unwrap_err().exit, Exit::Data);
        drop(first);
        assert!(take_folder(&folder).is_ok());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
