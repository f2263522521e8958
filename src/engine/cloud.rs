//! The Azure clouds and the domains of their storage, vaults and registries.

/// A cloud of its own: nothing in one can use what is in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cloud {
    /// Azure.
    Public,
    /// Azure US Government.
    UsGovernment,
    /// Azure operated by 21Vianet.
    China,
}

/// A service with a domain in each cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Blob storage: `core.windows.net`, below the names of account and service.
    Blob,
    /// Key vaults: `vault.azure.net`.
    Vault,
    /// Container registries: `azurecr.io`.
    Registry,
}

/// The domains of storage, vaults and registries of each cloud.
const DOMAINS: [(Cloud, [&str; 3]); 3] = [
    (Cloud::Public, ["core.windows.net", "vault.azure.net", "azurecr.io"]),
    (Cloud::UsGovernment, ["core.usgovcloudapi.net", "vault.usgovcloudapi.net", "azurecr.us"]),
    (Cloud::China, ["core.chinacloudapi.cn", "vault.azure.cn", "azurecr.cn"]),
];

/// The domain of storage accounts with endpoints in a DNS zone: `<account>.z01.blob.storage.azure.net`.
const ZONED_STORAGE: &str = "storage.azure.net";

impl Cloud {
    /// The cloud in which a service has this domain, or one below it; `None` for one that is not known, such as that of
    /// an isolated cloud.
    pub fn of_domain(service: Service, domain: &str) -> Option<Self> {
        if service == Service::Blob && is_below(domain, ZONED_STORAGE) {
            return Some(Self::Public);
        }
        let known = |(_, domains): &&(Self, [&str; 3])| is_below(domain, domains[service as usize]);
        DOMAINS.iter().find(known).map(|(cloud, _)| *cloud)
    }

    /// The cloud of this name, as the Azure CLI and Azure PowerShell know it.
    pub fn by_name(name: &str) -> Option<Self> {
        let names =
            [("AzureCloud", Self::Public), ("AzureUSGovernment", Self::UsGovernment), ("AzureChinaCloud", Self::China)];
        names.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, cloud)| *cloud)
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "Azure",
            Self::UsGovernment => "Azure US Government",
            Self::China => "Azure China",
        }
    }
}

/// The known domain that stands in `text`.
pub fn domain_in(text: &str) -> Option<(Cloud, &'static str)> {
    let text = text.to_ascii_lowercase();
    let all = DOMAINS.iter().flat_map(|(cloud, domains)| domains.iter().map(|domain| (*cloud, *domain)));
    let mut found = all.filter(|(_, domain)| text.contains(domain));
    found.next()
}

fn is_below(domain: &str, known: &str) -> bool {
    let start = domain.len().checked_sub(known.len());
    start.is_some_and(|start| {
        domain.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(known))
            && (start == 0 || domain.as_bytes()[start - 1] == b'.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_tells_its_cloud() {
        assert_eq!(Cloud::of_domain(Service::Blob, "blob.core.chinacloudapi.cn"), Some(Cloud::China));
        assert_eq!(Cloud::of_domain(Service::Blob, "z12.blob.storage.azure.net"), Some(Cloud::Public));
        assert_eq!(Cloud::of_domain(Service::Vault, "VAULT.azure.net"), Some(Cloud::Public));
        assert_eq!(Cloud::of_domain(Service::Vault, "myvault.azure.net"), None);
        assert_eq!(Cloud::of_domain(Service::Registry, "azurecr.us"), Some(Cloud::UsGovernment));
        assert_eq!(Cloud::of_domain(Service::Blob, "blob.isolated.example"), None);
        assert_eq!(domain_in("https://x.vault.azure.net/"), Some((Cloud::Public, "vault.azure.net")));
    }
}
