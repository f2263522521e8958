//! Functions on ranges of IP addresses, as 128-bit numbers of which an IPv4 address uses the last 32.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Arguments, Evaluated, Function, Stop, function};
use crate::evaluate::value::{Object, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    function("cidrHost", 2, 2, cidr_host),
    function("cidrSubnet", 3, 3, cidr_subnet),
    function("parseCidr", 1, 1, parse_cidr),
];

/// A range of addresses.
#[derive(Debug, Clone, Copy)]
struct Network {
    first: u128,
    prefix: u32,
    /// 32 or 128.
    width: u32,
}

impl Network {
    fn of(args: &Arguments<'_>) -> Result<Self, Stop> {
        Self::parse(args.string(0)?).ok_or_else(|| args.invalid("the range is not in CIDR notation"))
    }

    /// Reads a range as leniently as the service: characters that no address has don't count, blanks may stand for the
    /// slash, the length may be a mask, and without one the class of the address tells it.
    fn parse(text: &str) -> Option<Self> {
        let kept = |c: &char| c.is_ascii_hexdigit() || matches!(c, '.' | '/' | ':') || c.is_ascii_whitespace();
        let text: String = text.chars().filter(kept).collect();
        let mut parts = text.split(|c: char| c == '/' || c.is_ascii_whitespace()).filter(|part| !part.is_empty());
        let address = address(parts.next()?)?;
        let length = parts.next();
        if parts.next().is_some() {
            return None;
        }
        let (bits, width) = match address {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        };
        let prefix = match (length, address) {
            (Some(length), _) if length.contains('.') => prefix_of(length.parse().ok()?)?,
            (Some(length), _) => length.parse().ok().filter(|prefix| *prefix <= width)?,
            (None, IpAddr::V4(address)) => match address.octets()[0] {
                0..=127 => 8,
                128..=191 => 16,
                192..=223 => 24,
                224..=255 => return None,
            },
            (None, IpAddr::V6(_)) => return None,
        };
        let network = Self { first: 0, prefix, width };
        Some(Self { first: bits & !network.host_bits(), ..network })
    }

    /// The bits that tell the addresses of the range apart.
    fn host_bits(self) -> u128 {
        match self.width - self.prefix {
            0 => 0,
            bits => u128::MAX >> (128 - bits),
        }
    }

    fn last(self) -> u128 {
        self.first | self.host_bits()
    }

    fn address(self, bits: u128) -> String {
        match u32::try_from(bits) {
            Ok(bits) if self.width == 32 => Ipv4Addr::from_bits(bits).to_string(),
            _ => Ipv6Addr::from_bits(bits).to_string(),
        }
    }
}

/// An address; one number is one, too.
fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| text.parse::<u32>().ok().map(|bits| Ipv4Addr::from_bits(bits).into()))
}

/// The length of the prefix that a mask leaves.
fn prefix_of(mask: Ipv4Addr) -> Option<u32> {
    let bits = mask.to_bits();
    (bits.leading_ones() + bits.trailing_zeros() == 32 || bits == 0).then(|| bits.leading_ones())
}

fn parse_cidr(args: &Arguments<'_>) -> Evaluated {
    let network = Network::of(args)?;
    let address = |bits| Value::from(network.address(bits));
    let all = if network.width == 32 { u128::from(u32::MAX) } else { u128::MAX };
    let mut members = vec![("network", address(network.first)), ("netmask", address(all & !network.host_bits()))];
    if network.width == 32 {
        members.push(("broadcast", address(network.last())));
        // Ranges of one or two addresses have neither network nor broadcast address to spare.
        let is_small = network.prefix > 30;
        members.push(("firstUsable", address(if is_small { network.first } else { network.first + 1 })));
        members.push(("lastUsable", address(if is_small { network.first } else { network.last() - 1 })));
    } else {
        members.push(("firstUsable", address(network.first)));
        members.push(("lastUsable", address(network.last())));
    }
    members.push(("cidr", Value::from(i64::from(network.prefix))));
    Ok(Value::object(Object::from_iter(members)))
}

fn cidr_subnet(args: &Arguments<'_>) -> Evaluated {
    let (network, prefix, index) = (Network::of(args)?, args.integer(1)?, args.integer(2)?);
    let prefix = u32::try_from(prefix)
        .ok()
        .filter(|prefix| (network.prefix..=network.width).contains(prefix))
        .ok_or_else(|| args.invalid("the new prefix length must lie between that of the range and the full length"))?;
    let outside = || args.invalid("the range has no subnet of that index");
    let index = u128::try_from(index).map_err(|_| outside())?;
    let subnet = Network { prefix, ..network };
    let offset = index.checked_shl(network.width - prefix).filter(|offset| offset >> (network.width - prefix) == index);
    let offset = match offset {
        Some(offset) => offset,
        None if index == 0 => 0,
        None => return Err(outside()),
    };
    if offset > network.host_bits() {
        return Err(outside());
    }
    Ok(Value::from(format!("{}/{prefix}", subnet.address(network.first + offset))))
}

fn cidr_host(args: &Arguments<'_>) -> Evaluated {
    let (network, index) = (Network::of(args)?, args.integer(1)?);
    let outside = || args.invalid("the range has no host of that index");
    // Index 0 is the first address after that of the network itself, which -1 stands for.
    let offset = u128::try_from(i128::from(index) + 1).map_err(|_| outside())?;
    let reserved = u128::from(network.width == 32);
    if offset + reserved > network.host_bits() {
        return Err(outside());
    }
    Ok(Value::from(network.address(network.first + offset)))
}
