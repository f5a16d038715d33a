//! How the commands find a running `mercer up`: a small file in its data folder.
//!
//! It holds tokens, so it is readable by its owner only, and it is written anew at every start.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::{Exit, Failure};

/// Name of the file in the data folder.
const FILE: &str = "connection.json";

/// A face that can be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Door {
    /// Its address, without a slash at the end.
    pub(crate) url: String,
    /// Bearer token of its API.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) token: String,
}

/// Everything a script needs to use what `mercer up` started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Connection {
    /// The store with its control API.
    pub(crate) store: Door,
    /// The gateway with its management API.
    pub(crate) gateway: Door,
    /// The sample app.
    pub(crate) app: Door,
    /// The seeded merchant.
    pub(crate) merchant_id: String,
    /// Where the store calls that merchant.
    pub(crate) production_address: String,
    /// The access key of the base interfaces.
    pub(crate) access_key: String,
    /// The access key of the kit interfaces, V2.0.
    #[serde(default)]
    pub(crate) kit_access_key: String,
    /// The access key of the general interface: order notifications.
    #[serde(default)]
    pub(crate) general_access_key: String,
    /// The Key of SaaS V1.0, base and kit.
    #[serde(default)]
    pub(crate) v1_key: String,
    /// The seeded buyers.
    pub(crate) buyers: Vec<BuyerLine>,
    /// Every `productId` that can be ordered.
    pub(crate) product_ids: Vec<String>,
    /// Accounts of the consoles.
    pub(crate) logins: Vec<Login>,
    /// The folder with databases and keys.
    pub(crate) data: String,
}

/// A seeded buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BuyerLine {
    /// `buyerId` of the control API.
    pub(crate) buyer_id: String,
    /// Account name.
    pub(crate) name: String,
}

/// An account that can log in to a console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Login {
    /// What it is for: `store.buyer`, `store.seller`, `store.operator`, `gateway.administrator`.
    pub(crate) role: String,
    /// Where to log in.
    pub(crate) url: String,
    /// Account name.
    pub(crate) user: String,
    /// Password; only the account itself can change it afterwards.
    pub(crate) password: String,
}

impl Connection {
    /// Reads what `mercer up` left in a data folder.
    ///
    /// # Errors
    /// When there is none or it cannot be read.
    pub(crate) fn read(data: &Path) -> Result<Self, Failure> {
        let path = file_in(data);
        let text = std::fs::read_to_string(&path).map_err(|error| not_found(&path, &error.to_string()))?;
        serde_json::from_str(&text).map_err(|error| not_found(&path, &error.to_string()))
    }

    /// Leaves it in a data folder, readable by its owner only.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(crate) fn write(&self, data: &Path) -> std::io::Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(std::io::Error::other)?;
        write_private(&file_in(data), &text)
    }
}

/// Writes a file whole or not at all, readable by its owner only.
///
/// # Errors
/// When the folder cannot be written.
pub(crate) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let unfinished = path.with_extension("new");
    let mut file = options.open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)
}

fn file_in(data: &Path) -> PathBuf {
    data.join(FILE)
}

fn not_found(path: &Path, reason: &str) -> Failure {
    Failure::new(
        Exit::Usage,
        "不知道云商店在哪里：没有可读的连接文件",
        "the store's address is unknown: there is no readable connection file",
    )
    .input(format!("{}: {reason}", path.display()))
    .next(
        "先运行 mercer up；或用 --data 指定它的数据目录；或给出 --store-url 和 --store-token（MERCER_STORE_URL、MERCER_STORE_TOKEN）",
        "run mercer up first; or name its data folder with --data; or give --store-url and --store-token (MERCER_STORE_URL, MERCER_STORE_TOKEN)",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Connection {
        let door = |port| Door { url: format!("http://127.0.0.1:{port}"), token: "t".to_owned() };
        Connection {
            store: door(7001),
            gateway: door(7002),
            app: Door { token: String::new(), ..door(7003) },
            merchant_id: "m_demo".to_owned(),
            production_address: "http://127.0.0.1:7002/produce/m_demo".to_owned(),
            access_key: "k".to_owned(),
            kit_access_key: "kit".to_owned(),
            general_access_key: "general".to_owned(),
            v1_key: "v1".to_owned(),
            buyers: vec![BuyerLine { buyer_id: "b".to_owned(), name: "linlan".to_owned() }],
            product_ids: vec!["p".to_owned()],
            logins: Vec::new(),
            data: "./mercer-data".to_owned(),
        }
    }

    #[test]
    fn what_is_written_is_read_back_and_private() {
        let folder = std::env::temp_dir().join(format!("mercer-connection-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        sample().write(&folder).unwrap();
        assert_eq!(Connection::read(&folder).unwrap(), sample());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_missing_file_says_what_to_do() {
        let failure = Connection::read(Path::new("/nonexistent")).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.lines(crate::language::Language::En).contains("mercer up"));
    }
}
