//! Making, changing, removing and finding connectors.

use super::{Connector, ConnectorSettings, NewConnector, OpenConnector, repo, webhook};
use crate::error::{FieldFault, GatewayError};
use crate::gateway::Gateway;
use crate::instance::Specification;

/// Products one connector may name.
const PRODUCTS: usize = 500;

impl Gateway {
    /// The connectors of a merchant, by name.
    ///
    /// # Errors
    /// The database.
    pub async fn connectors(&self, merchant_id: &str) -> Result<Vec<Connector>, GatewayError> {
        Ok(repo::list(self.db(), merchant_id).await?.into_iter().map(|stored| stored.connector).collect())
    }

    /// One connector.
    ///
    /// # Errors
    /// [`GatewayError::UnknownId`], or the database.
    pub async fn connector(&self, merchant_id: &str, connector_id: &str) -> Result<Connector, GatewayError> {
        Ok(self.stored_connector(merchant_id, connector_id).await?.connector)
    }

    /// Makes a connector; a webhook without a secret gets one.
    ///
    /// # Errors
    /// A bad field, a product that another connector serves, or the database.
    pub async fn add_connector(&self, merchant_id: &str, new: &NewConnector) -> Result<Connector, GatewayError> {
        self.merchant(merchant_id).await?;
        let connector_id = self.entropy().id("con", self.now());
        self.write_connector(merchant_id, &connector_id, new, None).await
    }

    /// Makes sure that a connector of that name exists and is as given; for seeding.
    ///
    /// # Errors
    /// As [`Gateway::add_connector`].
    pub async fn ensure_connector(&self, merchant_id: &str, new: &NewConnector) -> Result<Connector, GatewayError> {
        let present = self.connectors(merchant_id).await?.into_iter().find(|connector| connector.name == new.name);
        match present {
            None => self.add_connector(merchant_id, new).await,
            Some(same) if same.settings == new.settings && same.products == new.products && new.secret.is_none() => {
                Ok(same)
            }
            Some(other) => self.change_connector(merchant_id, &other.connector_id, new).await,
        }
    }

    /// Changes a connector as a whole; a secret that is not given stays.
    ///
    /// # Errors
    /// As [`Gateway::add_connector`], and [`GatewayError::UnknownId`].
    pub async fn change_connector(
        &self,
        merchant_id: &str,
        connector_id: &str,
        new: &NewConnector,
    ) -> Result<Connector, GatewayError> {
        let present = self.stored_connector(merchant_id, connector_id).await?;
        self.write_connector(merchant_id, connector_id, new, Some(present)).await
    }

    /// Removes a connector. Events for its products wait until another one serves them.
    ///
    /// # Errors
    /// [`GatewayError::UnknownId`], or the database.
    pub async fn remove_connector(&self, merchant_id: &str, connector_id: &str) -> Result<(), GatewayError> {
        self.connector(merchant_id, connector_id).await?;
        repo::delete(self.db(), merchant_id, connector_id).await?;
        Ok(())
    }

    /// The webhook secret of a connector. The caller records who asked.
    ///
    /// # Errors
    /// [`GatewayError::UnknownId`], or the database.
    pub async fn reveal_connector_secret(
        &self,
        merchant_id: &str,
        connector_id: &str,
    ) -> Result<Option<String>, GatewayError> {
        let stored = self.stored_connector(merchant_id, connector_id).await?;
        Ok(self.open_connector(stored)?.secret)
    }

    /// The connector that serves a product; none when neither it nor a default is configured.
    pub(crate) async fn connector_for(
        &self,
        merchant_id: &str,
        specification: &Specification,
    ) -> Result<Option<OpenConnector>, GatewayError> {
        let stored = repo::serving(self.db(), merchant_id, specification).await?;
        stored.map(|stored| self.open_connector(stored)).transpose()
    }

    /// One connector with its opened secret.
    pub(crate) async fn opened_connector(
        &self,
        merchant_id: &str,
        connector_id: &str,
    ) -> Result<OpenConnector, GatewayError> {
        let stored = self.stored_connector(merchant_id, connector_id).await?;
        self.open_connector(stored)
    }

    async fn stored_connector(&self, merchant_id: &str, connector_id: &str) -> Result<repo::Stored, GatewayError> {
        repo::find(self.db(), merchant_id, connector_id)
            .await?
            .ok_or_else(|| GatewayError::UnknownId { kind: "connector", id: connector_id.to_owned() })
    }

    fn open_connector(&self, stored: repo::Stored) -> Result<OpenConnector, GatewayError> {
        let row = crate::merchant::row_of(&stored.connector.merchant_id, &stored.connector.connector_id);
        let open = |sealed: &String| self.vault().open_at(repo::secret_place(&row), sealed);
        let secret = stored.secret_sealed.as_ref().map(open).transpose()?;
        Ok(OpenConnector { connector: stored.connector, secret })
    }

    async fn write_connector(
        &self,
        merchant_id: &str,
        connector_id: &str,
        new: &NewConnector,
        present: Option<repo::Stored>,
    ) -> Result<Connector, GatewayError> {
        check_new(new)?;
        let row = crate::merchant::row_of(merchant_id, connector_id);
        let secret_sealed = match (&new.settings, &new.secret) {
            (ConnectorSettings::Webhook { .. }, Some(secret)) => {
                webhook::check_secret(secret)?;
                Some(self.vault().seal(repo::secret_place(&row), secret)?)
            }
            (ConnectorSettings::Webhook { .. }, None) => {
                match present.as_ref().and_then(|stored| stored.secret_sealed.clone()) {
                    Some(sealed) => Some(sealed),
                    None => Some(self.vault().seal(repo::secret_place(&row), &webhook::new_secret(self.entropy()))?),
                }
            }
            (ConnectorSettings::Pool { .. } | ConnectorSettings::Command { .. } | ConnectorSettings::Manual {}, _) => {
                None
            }
        };
        let now = self.now();
        let connector = Connector {
            merchant_id: merchant_id.to_owned(),
            connector_id: connector_id.to_owned(),
            name: new.name.clone(),
            settings: new.settings.clone(),
            products: new.products.clone(),
            version: present.as_ref().map_or(1, |stored| stored.connector.version + 1),
            created_at: present.as_ref().map_or(now, |stored| stored.connector.created_at),
            updated_at: now,
        };
        let read_version = present.map(|stored| stored.connector.version);
        repo::write(self.db(), &connector, secret_sealed, read_version).await?;
        Ok(connector)
    }
}

fn check_new(new: &NewConnector) -> Result<(), FieldFault> {
    if !(1..=128).contains(&new.name.chars().count()) {
        return Err(FieldFault::new("name", "1 to 128 characters", "1 到 128 个字符"));
    }
    let fits = |product: &String| (1..=64).contains(&product.chars().count());
    if new.products.len() > PRODUCTS || !new.products.iter().all(fits) {
        return Err(FieldFault::new(
            "products",
            "at most 500 product ids or SKU codes of 1 to 64 characters",
            "最多 500 个商品 ID 或规格编码，每个 1 到 64 字符",
        ));
    }
    new.settings.check()
}
