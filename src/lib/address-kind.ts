import { BlockList, isIP, isIPv4 } from 'node:net';

/** Whether an address is on the open internet, on this machine, or somewhere else that is none of a stranger's business. */
export type AddressKind = 'public' | 'loopback' | 'private';

/** Everything that IANA does not call global (special-purpose address registries), and Azure's metadata service. */
const PRIVATE_V4 = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '168.63.129.16/32', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24',
  '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4',
  '240.0.0.0/4',
]; // prettier-ignore
const PRIVATE_V6 = [
  '::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '5f00::/16', 'fc00::/7',
  'fe80::/10', 'fec0::/10', 'ff00::/8',
]; // prettier-ignore

const privateV4 = listOf(PRIVATE_V4, 'ipv4');
const privateV6 = listOf(PRIVATE_V6, 'ipv6');
const loopbackV4 = listOf(['127.0.0.0/8'], 'ipv4');

function listOf(subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', bits] = subnet.split('/');
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}

/** The kind of an IPv4 or IPv6 address; an IPv4 address inside an IPv6 one (mapped, NAT64) counts as itself. */
export function addressKind(address: string): AddressKind {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (isIP(plain) === 0) return 'private';
  if (isIPv4(plain)) {
    if (loopbackV4.check(plain, 'ipv4')) return 'loopback';
    return privateV4.check(plain, 'ipv4') ? 'private' : 'public';
  }
  const groups = groupsOf(plain);
  const inside = embeddedV4(groups);
  if (inside) return addressKind(inside);
  if (groups.slice(0, 7).every((group) => group === 0) && groups[7] === 1) return 'loopback';
  return privateV6.check(plain, 'ipv6') ? 'private' : 'public';
}

/** The eight groups of an IPv6 address. The URL parser writes each of its forms in one way, without dots. */
function groupsOf(address: string): number[] {
  const written = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = written.split('::');
  const parse = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => parseInt(group, 16));
  const [left, right] = [parse(head), parse(tail ?? '')];
  return tail === undefined
    ? left
    : [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

/** `::ffff:a.b.c.d` (mapped) and `64:ff9b::a.b.c.d` (NAT64) reach the IPv4 address in their last 32 bits. */
function embeddedV4(groups: readonly number[]): string | undefined {
  const prefix = groups
    .slice(0, 6)
    .map((group) => group.toString(16))
    .join(':');
  if (prefix !== '0:0:0:0:0:ffff' && prefix !== '64:ff9b:0:0:0:0') return undefined;
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
