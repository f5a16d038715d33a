//! `mercer up`: everything on this machine, from nothing, in one process.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use mercer_kernel::clock::Clock;
use mercer_kernel::config::Config;
use mercer_kernel::server::ServerSettings;
use mercer_kernel::telemetry::start_logging;
use mercer_protocol::Wording;
use serde_json::json;

use crate::compose::{Addresses, Composition, Wishes, compose};
use crate::connection::Connection;
use crate::failure::{Exit, Failure};
use crate::ground::{Face, Ground, Loopback, config_failure, listen, local_url};
use crate::language::Language;
use crate::life::{Ended, Life};
use crate::output::{Column, Output, table, text_of};
use crate::remote::Remote;

/// Start the store, the gateway and a sample app, from nothing (一条命令启动全部)
#[derive(Debug, Args)]
pub(crate) struct UpArgs {
    /// Folder for databases and keys (数据目录)
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Address of the store; port 0 takes a free one (云商店地址) [default: 127.0.0.1:7001]
    #[arg(long, value_name = "ADDRESS:PORT")]
    store: Option<SocketAddr>,
    /// Address of the gateway (网关地址) [default: 127.0.0.1:7002]
    #[arg(long, value_name = "ADDRESS:PORT")]
    gateway: Option<SocketAddr>,
    /// Address of the sample app (示例应用地址)
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7003")]
    app: SocketAddr,
    /// One database for all, `sqlite:PATH` or `postgres://USER@HOST/NAME`; otherwise a file each in the data folder (数据库)
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Open the shop in the browser (打开浏览器)
    #[arg(long)]
    open: bool,
    /// The store's clock stands still until it is advanced (虚拟时钟)
    #[arg(long)]
    virtual_clock: bool,
    /// Make ids, nonces and secrets repeatable; for demonstrations and tests only (随机种子)
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// RSA private key of the seeded merchant in PEM, instead of a new one (RSA 私钥)
    #[arg(long, value_name = "FILE")]
    rsa_key: Option<PathBuf>,
    /// Settings file; otherwise mercer.toml in the working folder when there is one (配置文件)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Log everything the settings ask for, not only warnings (输出详细日志)
    #[arg(long)]
    verbose: bool,
}

/// Runs until Ctrl-C.
///
/// # Errors
/// When something of the machine or the configuration cannot be used.
pub(crate) async fn run(arguments: UpArgs, output: Output) -> Result<(), Failure> {
    let wall = Clock::real();
    let stopwatch = wall.stopwatch();
    let config = Arc::new(settings(&arguments)?);
    let mut ground = Ground::open(Arc::clone(&config), Loopback::Allowed)?;
    let store_listener = listen(Face::Store, address_of(&config.store.listen)?, "--store").await?;
    let gateway_listener = listen(Face::Gateway, address_of(&config.gateway.listen)?, "--gateway").await?;
    let app_listener = listen(Face::App, arguments.app, "--app").await?;
    let addresses = Addresses {
        store: public_url(&config.store.public_url, local_url(&store_listener)?),
        gateway: public_url(&config.gateway.public_url, local_url(&gateway_listener)?),
        app: local_url(&app_listener)?,
    };
    let wishes = Wishes { seed: arguments.seed, rsa_key: arguments.rsa_key.as_deref() };
    let Composition { store, gateway, app, connection, key_pair, is_first_start } =
        compose(&mut ground, addresses, wishes).await?;

    let life = Life::new(&wall);
    let limits = ServerSettings::from_config(&config.server);
    life.listen(store_listener, store.router(), limits.clone());
    life.listen(gateway_listener, gateway.router(), limits.clone());
    life.listen(app_listener, app.router(), limits);
    life.work(|stop| async move { store.run(stop).await });
    life.work(|stop| async move { gateway.run(stop).await });
    if let Some(key_pair) = key_pair {
        life.work(|stop| key_pair.make(stop));
    }

    if arguments.virtual_clock {
        stop_the_clock(&connection, output).await?;
    }
    connection.write(&config.data).map_err(|error| {
        Failure::new(Exit::Data, "写不了连接文件", "the connection file cannot be written")
            .input(format!("{}: {error}", config.data.display()))
    })?;
    announce(&connection, output, (stopwatch.elapsed_ms(), is_first_start));
    if arguments.open {
        open_browser(&connection.store.url, output);
    }
    let ended = life.until_stopped().await?;
    output.remark(&match ended {
        Ended::Orderly => Wording::fixed("已停止，数据已保留。", "Stopped; everything is kept."),
        Ended::AtOnce => Wording::fixed(
            "已立即停止；未完成的任务在下次启动时继续。",
            "Stopped at once; what was under way goes on at the next start.",
        ),
    });
    Ok(())
}

fn settings(arguments: &UpArgs) -> Result<Config, Failure> {
    let mut flags = Vec::new();
    if let Some(data) = &arguments.data {
        flags.push(("data", data.display().to_string()));
    }
    for (key, address) in [("store.listen", arguments.store), ("gateway.listen", arguments.gateway)] {
        flags.extend(address.map(|address| (key, address.to_string())));
    }
    flags.extend(arguments.database_url.clone().map(|url| ("database_url", url)));
    let mut config = Config::load(arguments.config.as_deref(), &flags).map_err(|error| config_failure(&error))?;
    // The default tells an operator what happens; here a person looks at a terminal.
    if !arguments.verbose && config.log.level == Config::defaults().log.level {
        "warn".clone_into(&mut config.log.level);
    }
    start_logging(&config.log)
        .map_err(|reason| Failure::new(Exit::Usage, "日志配置无效", "the log settings cannot be used").input(reason))?;
    Ok(config)
}

fn address_of(text: &str) -> Result<SocketAddr, Failure> {
    text.parse().map_err(|_| {
        Failure::new(Exit::Usage, "监听地址无效", "the address to listen on is not valid")
            .input(text)
            .allowed("地址:端口，如 127.0.0.1:7001", "ADDRESS:PORT, for example 127.0.0.1:7001")
    })
}

fn public_url(configured: &str, local: String) -> String {
    if configured.is_empty() { local } else { configured.trim_end_matches('/').to_owned() }
}

/// A store that was used before keeps its clock; a new one is stopped where it stands.
async fn stop_the_clock(connection: &Connection, output: Output) -> Result<(), Failure> {
    let store = Remote::to(&connection.store, output.language)?;
    if store.get("/clock", &[]).await?["mode"] == "real" {
        store.post("/clock/freeze", None).await?;
    }
    Ok(())
}

fn announce(connection: &Connection, output: Output, (elapsed_ms, is_first_start): (i64, bool)) {
    let value = json!(connection);
    output.show(&value, |language| {
        let mut text = match language {
            Language::Zh => format!("掌柜已就绪（{elapsed_ms} 毫秒），数据在 {}\n", connection.data),
            Language::En => format!("Mercer is ready ({elapsed_ms} ms), data in {}\n", connection.data),
        };
        for (zh, en, url) in [
            ("云商店    ", "store     ", &connection.store.url),
            ("网关      ", "gateway   ", &connection.gateway.url),
            ("示例应用  ", "sample app", &connection.app.url),
        ] {
            text.push_str(&format!("\n  {}  {url}", language.pick(zh, en)));
        }
        text.push_str("\n\n");
        text.push_str(&table(language, &LOGINS, value["logins"].as_array().map(Vec::as_slice).unwrap_or_default()));
        text.push_str(&next_steps(connection, language, is_first_start));
        text
    });
}

const LOGINS: [Column; 4] = [
    Column::new("登录身份", "log in as", |row| text_of(&row["role"])),
    Column::new("账号", "user", |row| text_of(&row["user"])),
    Column::new("初始密码", "first password", |row| text_of(&row["password"])),
    Column::new("地址", "address", |row| text_of(&row["url"])),
];

fn next_steps(connection: &Connection, language: Language, is_first_start: bool) -> String {
    let Connection { store, gateway, app, data, .. } = connection;
    let product = connection.product_ids.first().map_or("ID", String::as_str);
    let data = if data == "mercer-data" { String::new() } else { format!(" --data {data}") };
    let lead = match (language, is_first_start) {
        (Language::Zh, true) => "接下来",
        (Language::Zh, false) => "数据已恢复，接下来",
        (Language::En, true) => "What to do next",
        (Language::En, false) => "Everything is as you left it. What to do next",
    };
    match language {
        Language::Zh => format!(
            "\n\n{lead}：\n  1. 打开 {store}，以买家身份登录并购买一个商品；或 mercer order place --product-id {product}{data}\n  2. 在 {gateway} 查看回调与交付，在 {store}/seller 查看生产接口消息\n  3. 用「已购服务」里的账号登录 {app}；{app}/switches 可让示例应用变慢或出错\n  4. 推进时间：mercer clock advance --by P31D{data}\n\n按 Ctrl-C 停止，数据会保留。",
            store = store.url,
            gateway = gateway.url,
            app = app.url
        ),
        Language::En => format!(
            "\n\n{lead}:\n  1. open {store}, log in as a buyer and buy something; or mercer order place --product-id {product}{data}\n  2. see callbacks and deliveries at {gateway}, the store's messages at {store}/seller\n  3. log in to {app} with the account under \"My services\"; {app}/switches makes the app slow or fail\n  4. move time: mercer clock advance --by P31D{data}\n\nCtrl-C stops; everything is kept.",
            store = store.url,
            gateway = gateway.url,
            app = app.url
        ),
    }
}

fn open_browser(url: &str, output: Output) {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let started = std::process::Command::new(opener)
        .arg(url)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
    if let Err(error) = started {
        output.remark(&Wording::of(
            format!("打不开浏览器（{opener}：{error}），请手动访问 {url}"),
            format!("the browser cannot be opened ({opener}: {error}); visit {url} yourself"),
        ));
    }
}
