//! What is known of a deployment beforehand.

use std::collections::HashMap;

use jiff::Timestamp;

/// What is known of a deployment beforehand. A check knows nothing but the time; a snapshot assumes the rest.
#[derive(Debug, Clone)]
pub struct Context {
    /// The time of the deployment.
    pub now: Option<Timestamp>,
    /// The tenant's id.
    pub tenant_id: Option<String>,
    /// The name of the management group.
    pub management_group: Option<String>,
    /// The subscription's id.
    pub subscription_id: Option<String>,
    /// The name of the resource group.
    pub resource_group: Option<String>,
    /// The location of the resource group, or of the deployment at any other scope.
    pub location: Option<String>,
    /// The name of the deployment.
    pub deployment_name: Option<String>,
    /// The environment that parameter files are compiled in, as far as it is known.
    pub environment: HashMap<String, String>,
    /// Whether no choice is left open: a parameter that nothing gives a value to is unknown, however few are allowed.
    pub settled: bool,
    /// Whether somebody gives a value to each parameter whose default is empty, unless something asks whether it is.
    pub fills_empty: bool,
    /// Whether the values of secure parameters stay symbolic, so that no text computed from one can show it.
    pub hide_secrets: bool,
}

impl Context {
    /// Knows only the time.
    pub fn at(now: Timestamp) -> Self {
        Self { now: Some(now), ..Self::unknown() }
    }

    /// Whether it is known where something is deployed, or as what.
    pub fn knows_scope(&self) -> bool {
        let Self { tenant_id, management_group, subscription_id, resource_group, location, deployment_name, .. } = self;
        [tenant_id, management_group, subscription_id, resource_group, location, deployment_name]
            .into_iter()
            .any(Option::is_some)
    }

    /// Knows nothing.
    pub fn unknown() -> Self {
        Self {
            now: None,
            tenant_id: None,
            management_group: None,
            subscription_id: None,
            resource_group: None,
            location: None,
            deployment_name: None,
            environment: HashMap::new(),
            settled: false,
            fills_empty: false,
            hide_secrets: false,
        }
    }
}
