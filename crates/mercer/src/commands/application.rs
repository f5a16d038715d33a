//! `mercer application`: application credentials of the kit.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::enterprise::rendered_binding;
use super::{Paging, first_merchant, page};
use crate::failure::Failure;
use crate::input::given_line;
use crate::output::{Column, Output, record, text_of, time_of};
use crate::remote::{Remote, StoreArgs};

/// Application credentials of joint products (应用凭证)
#[derive(Debug, Args)]
pub(crate) struct ApplicationArgs {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List credentials (应用凭证列表)
    List {
        /// Only those of this merchant (商家)
        #[arg(long, default_value = "", value_name = "ID", hide_default_value = true)]
        merchant_id: String,
        #[command(flatten)]
        paging: Paging,
    },
    /// Create one; the store calls tenantSync, applicationSync, allOrgSync with test data (创建应用凭证)
    Create(New),
    /// Show one (应用凭证详情)
    Show(Target),
    /// Show how its test stands, call by call (测试进度)
    Test {
        #[command(flatten)]
        target: Target,
        /// Test again (重新测试)
        #[arg(long)]
        again: bool,
    },
    /// Open the test account, or show it (测试账号)
    TestAccount(Target),
    /// Tell the merchant the secret anew, for every enterprise: after the key pair changed (重新同步应用)
    Push(Target),
}

/// A credential.
#[derive(Debug, Args)]
struct Target {
    /// Application id (应用 ID)
    app_id: String,
}

#[derive(Debug, Args)]
struct New {
    /// Its name (应用名称)
    #[arg(long)]
    name: String,
    /// Production address that is called (生产地址 ID)
    #[arg(long, value_name = "ID")]
    address_id: String,
    /// Where the application's users log in (登录地址)
    #[arg(long, value_name = "URL")]
    login_address: String,
    /// RSA public key, PEM or without BEGIN and END: a file, -, or the text; see `mercer keys rsa` (公钥)
    #[arg(long, value_name = "FILE|-|TEXT")]
    public_key: String,
    /// Whose it is; the first merchant of the store when left out (商家)
    #[arg(long, value_name = "ID")]
    merchant_id: Option<String>,
    /// Its id; made by the store when left out (应用 ID)
    #[arg(long, value_name = "ID")]
    app_id: Option<String>,
    /// Version of the kit (协议版本)
    #[arg(long, value_enum, default_value = "v2")]
    protocol: Version,
}

/// Version of the kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Version {
    /// x-sign headers, paths with /v2/
    V2,
    /// authToken header
    V1,
}

/// Runs the command.
///
/// # Errors
/// When the store is not reached or refuses.
pub(crate) async fn run(arguments: ApplicationArgs, output: Output) -> Result<(), Failure> {
    let remote = Remote::open(&arguments.store, output.language)?;
    match arguments.action {
        Action::List { merchant_id, paging } => {
            let mut query = vec![("merchantId", merchant_id)];
            query.extend(paging.pairs());
            let found = remote.get("/application-credentials", &query).await?;
            output.show(&found, |language| page(language, &SUMMARY, &found));
        }
        Action::Create(new) => create(&remote, new, output).await?,
        Action::Show(target) => {
            let found = remote.get(&target.path(""), &[]).await?;
            output.show(&found, |language| record(language, &DETAILS, &found));
        }
        Action::Test { target, again } => {
            let found = if again {
                remote.post(&target.path("/test"), None).await?
            } else {
                remote.get(&target.path("/test"), &[]).await?
            };
            output.show(&found, |language| rendered_binding(&found, language));
        }
        Action::TestAccount(target) => {
            let path = target.path("/test-account");
            let account = match remote.get(&path, &[]).await {
                Ok(account) => account,
                // There is none yet; whatever else is wrong, the second call says as well.
                Err(_) => remote.post(&path, None).await?,
            };
            output.show(&account, |language| record(language, &TEST_ACCOUNT, &account));
        }
        Action::Push(target) => {
            let told = remote.post(&target.path("/push"), None).await?;
            output.show(&told, |language| {
                format!("✓ {} {}", language.pick("已通知绑定数", "bindings told"), told["told"])
            });
        }
    }
    Ok(())
}

async fn create(remote: &Remote, new: New, output: Output) -> Result<(), Failure> {
    let public_key = given_line("--public-key", &new.public_key)?;
    let merchant_id = match new.merchant_id {
        Some(merchant_id) => merchant_id,
        None => first_merchant(remote).await?,
    };
    let protocol = match new.protocol {
        Version::V2 => "kit_v2",
        Version::V1 => "kit_v1",
    };
    let mut body = json!({
        "merchantId": merchant_id,
        "name": new.name,
        "addressId": new.address_id,
        "loginAddress": new.login_address,
        "publicKey": public_key,
        "protocol": protocol,
    });
    if let Some(app_id) = new.app_id {
        body["appId"] = json!(app_id);
    }
    let made = remote.post("/application-credentials", Some(&body)).await?;
    output.show(&made, |language| record(language, &DETAILS, &made));
    Ok(())
}

impl Target {
    fn path(&self, rest: &str) -> String {
        format!("/application-credentials/{}{rest}", self.app_id)
    }
}

const SUMMARY: [Column; 6] = [
    Column::new("应用 ID", "application", |row| text_of(&row["appId"])),
    Column::new("名称", "name", |row| text_of(&row["name"])),
    Column::new("商家", "merchant", |row| text_of(&row["merchantId"])),
    Column::new("协议", "protocol", |row| text_of(&row["protocol"])),
    Column::new("生产地址 ID", "address", |row| text_of(&row["addressId"])),
    Column::new("创建时间", "created", |row| time_of(&row["createdAt"])),
];

const DETAILS: [Column; 10] = [
    Column::new("应用 ID", "application", |row| text_of(&row["appId"])),
    Column::new("密钥（仅显示一次）", "secret (shown once)", |row| text_of(&row["secret"])),
    Column::new("名称", "name", |row| text_of(&row["name"])),
    Column::new("商家", "merchant", |row| text_of(&row["merchantId"])),
    Column::new("协议", "protocol", |row| text_of(&row["protocol"])),
    Column::new("生产地址 ID", "address", |row| text_of(&row["addressId"])),
    Column::new("登录地址", "login address", |row| text_of(&row["loginAddress"])),
    Column::new("测试企业", "test enterprise", |row| text_of(&row["testTenantId"])),
    Column::new("测试账号", "test account", |row| text_of(&row["testAccount"])),
    Column::new("创建时间", "created", |row| time_of(&row["createdAt"])),
];

const TEST_ACCOUNT: [Column; 5] = [
    Column::new("登录域名", "sign-in domain", |row| text_of(&row["domainName"])),
    Column::new("企业域名", "code", |row| text_of(&row["tenantCode"])),
    Column::new("企业 ID", "enterprise", |row| text_of(&row["tenantId"])),
    Column::new("账号", "user", |row| text_of(&row["userName"])),
    Column::new("密码", "password", |row| text_of(&row["password"])),
];
