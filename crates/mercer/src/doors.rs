//! How people and scripts get into what `mercer up` started: accounts and tokens of both consoles.

use mercer_gateway::Gateway;
use mercer_kernel::web::account::{Account, Role};
use mercer_store::Store;
use mercer_store::seed::{DoorKeys, seed_doors};

use crate::compose::{Addresses, store_failure};
use crate::connection::Login;
use crate::failure::Failure;
use crate::ground::database_failure;

/// Accounts and tokens of both consoles.
pub(crate) struct Doors<'a> {
    pub(crate) store: &'a Store,
    pub(crate) gateway: &'a Gateway,
    pub(crate) addresses: &'a Addresses,
    /// Password of the store's accounts and token of its control API.
    pub(crate) store_keys: DoorKeys,
    /// Password of the gateway's administrator.
    pub(crate) gateway_password: &'a str,
    /// Token of the gateway's management API.
    pub(crate) gateway_token: &'a str,
}

impl Doors<'_> {
    /// Makes them; whoever tries things out is told how to log in.
    ///
    /// # Errors
    /// The databases.
    pub(crate) async fn seed(self) -> Result<Vec<Login>, Failure> {
        let accounts = seed_doors(self.store, &self.store_keys).await.map_err(|error| store_failure(&error))?;
        let mut logins: Vec<Login> = accounts.iter().map(|account| self.store_login(account)).collect();
        // Whoever tries things out buys first.
        logins.sort_by_key(|login| login.role != "store.buyer");
        let admin = Account {
            name: "admin".to_owned(),
            role: Role::Admin,
            subject: String::new(),
            display_name: "管理员 Administrator".to_owned(),
        };
        let password = self.gateway_password;
        let opened = async {
            self.gateway.accounts().ensure(&admin, password).await?;
            self.gateway.accounts().ensure_token("mercer", self.gateway_token).await
        };
        opened.await.map_err(|error| database_failure(&error))?;
        logins.push(login("gateway.administrator", self.addresses.gateway.clone(), (&admin.name, password)));
        Ok(logins)
    }

    fn store_login(&self, account: &Account) -> Login {
        let (role, path) = match account.role {
            Role::Buyer | Role::Viewer => ("store.buyer", ""),
            Role::Seller => ("store.seller", "/seller"),
            Role::Operator | Role::Admin => ("store.operator", "/operator"),
        };
        let url = format!("{}{path}", self.addresses.store);
        login(role, url, (&account.name, &self.store_keys.console_password))
    }
}

fn login(role: &str, url: String, (user, password): (&str, &str)) -> Login {
    Login { role: role.to_owned(), url, user: user.to_owned(), password: password.to_owned() }
}
