// The words for what a network knows of its own situation.

import type { ListenReport, NatReport, NetworkReport } from '@parley/core';
import { counted } from '../commands/columns.ts';
import { finding } from './finding.ts';
import type { Finding } from './finding.ts';

/** What doctor says of the network; `links` are those to peers that are up. */
export function networkFindings(report: NetworkReport, links: number): readonly Finding[] {
  return [
    ...listenFindings(report),
    natFinding(report.nat),
    mdnsFinding(report),
    relayFinding(report),
    upnpFinding(report),
    dhtFinding(report),
    linksFinding(report, links),
  ];
}

function listenFindings(report: NetworkReport): readonly Finding[] {
  if (report.listen.length > 0) return report.listen.map((each) => listenFinding(each, report));
  const advice =
    'others cannot dial you; you still reach them. Give --listen HOST:PORT to change it';
  return [finding('listening', 'warn', 'on no address', advice)];
}

function listenFinding(listen: ListenReport, { relay, nat }: NetworkReport): Finding {
  const { address, reach, dialled, saidBy } = listen;
  const by = saidBy === null ? '' : `, says ${saidBy}`;
  if (reach === 'loopback')
    return finding('listening', 'ok', `${address}: for programs on this machine only`);
  if (reach === 'lan') {
    const seen = dialled === 'yes' ? 'others have dialled it' : 'nobody has dialled it yet';
    return finding('listening', 'ok', `${address}: for this network; ${seen}`);
  }
  if (dialled === 'yes') return finding('listening', 'ok', `${address}: others can dial it${by}`);
  if (dialled === 'no') {
    const helps = relay.reservations.length > 0 || nat.kind === 'cone';
    const advice = helps
      ? 'a relay or a punched hole helps; forwarding this port at the router makes it direct'
      : 'allow this port in the firewall, or forward it at the router';
    return finding('listening', 'warn', `${address}: others cannot dial it${by}`, advice);
  }
  const why = {
    'asking-off': 'asking others is switched off',
    'nobody-to-ask': 'nobody who could try has answered yet',
  };
  const reason = listen.reason in why ? why[listen.reason as keyof typeof why] : 'not tried';
  return finding(
    'listening',
    'ok',
    `${address}: whether others can dial it is not known: ${reason}`,
  );
}

function natFinding({ kind, seenAs }: NatReport): Finding {
  const seen = seenAs.length === 0 ? '' : `; others see ${seenAs.slice(0, 4).join(', ')}`;
  switch (kind) {
    case 'none':
      return finding('NAT', 'ok', 'none: others see an address of this machine');
    case 'cone':
      return finding(
        'NAT',
        'ok',
        `cone: everyone sees the same port, so direct ways can be made${seen}`,
      );
    case 'symmetric': {
      const advice = 'some peers are reached over a relay only; forwarding a port makes it direct';
      return finding('NAT', 'warn', `symmetric: everyone sees another port${seen}`, advice);
    }
    case 'unknown': {
      const text = `not known: fewer than two peers outside have looked${seen}`;
      // That there is a router shows in the address; its kind, only to two that look at one socket.
      if (seenAs.length === 0) return finding('NAT', 'ok', text);
      return finding('NAT', 'ok', text, 'connect to two peers that serve to learn its kind');
    }
  }
  return kind satisfies never;
}

function mdnsFinding({ mdns }: NetworkReport): Finding {
  if (mdns.state === 'on')
    return finding('LAN', 'ok', `mDNS is on, ${counted(mdns.heard, 'peer')} heard`);
  if (mdns.state === 'off') return finding('LAN', 'ok', 'mDNS is switched off (--no-discovery)');
  const advice = 'allow UDP port 5353 in the firewall, or dial with --connect';
  return finding('LAN', 'warn', 'mDNS does not work on this network', advice);
}

function relayFinding({ relay }: NetworkReport): Finding {
  const serving =
    relay.serves === null
      ? ''
      : `; we relay for ${counted(relay.serves.reservations, 'peer')}, ${counted(relay.serves.links, 'link')}`;
  const ours =
    relay.relayedLinks === 0 ? '' : `; ${counted(relay.relayedLinks, 'link')} of ours run over one`;
  if (relay.reservations.length > 0) {
    const names = relay.reservations.map((each) => each.relay).join(', ');
    return finding('relay', 'ok', `others reach us over ${names}${ours}${serving}`);
  }
  if (relay.reason === 'switched-off') return finding('relay', 'ok', `switched off${serving}`);
  if (relay.reason === 'refused') {
    const advice = 'connect to another peer that stays up (parley serve)';
    return finding(
      'relay',
      'warn',
      `the relays we know have no room for us${ours}${serving}`,
      advice,
    );
  }
  const text = relay.reason === 'not-needed' ? 'none needed' : 'none known';
  return finding('relay', 'ok', `${text}${ours}${serving}`);
}

function upnpFinding({ upnp }: NetworkReport): Finding {
  switch (upnp.reason) {
    case 'switched-off':
      return finding('UPnP', 'ok', 'switched off');
    case 'not-needed':
      return finding(
        'UPnP',
        'ok',
        'not needed: this machine has a public address, or listens on none for others',
      );
    case 'looking':
      return finding('UPnP', 'ok', 'looking for a router that opens ports');
    case 'mapped':
      return finding('UPnP', 'ok', `the router leads ${upnp.mapped.join(', ')} to us`);
    case 'no-gateway':
      return finding('UPnP', 'ok', 'no router here opens ports on request');
    case 'refused':
      return finding('UPnP', 'warn', 'the router refused to open a port', 'forward one by hand');
    case 'double-nat': {
      const advice = 'there is a second router, often the provider’s: only it can open a port';
      return finding('UPnP', 'warn', 'the router has no public address itself', advice);
    }
  }
  return upnp.reason satisfies never;
}

function dhtFinding({ dht }: NetworkReport): Finding {
  const keys = `${counted(dht.keys, 'key')}, ${counted(dht.found, 'find')}`;
  switch (dht.state) {
    case 'off':
      return finding('directory', 'ok', 'switched off: rooms are found by address and on the LAN');
    case 'idle':
      return finding('directory', 'ok', `nobody who takes part is linked yet (${keys})`);
    case 'client':
      return finding(
        'directory',
        'ok',
        `${counted(dht.peers, 'peer')} to ask, answering nobody: others cannot dial us (${keys})`,
      );
    case 'server':
      return finding(
        'directory',
        'ok',
        `${counted(dht.peers, 'peer')} to ask, answering others with ${counted(dht.records, 'record')} (${keys})`,
      );
  }
  return dht.state satisfies never;
}

function linksFinding({ counters }: NetworkReport, links: number): Finding {
  const { dials, dialsFailed, inbound, refused } = counters;
  const text = `${counted(links, 'link')}; since the start ${counted(dials, 'dial')}, ${dialsFailed} failed, ${inbound} came in, ${refused} refused`;
  if (links > 0) return finding('peers', 'ok', text);
  const advice = 'give --connect ADDRESS, or an invite; \\peers shows what became of each dial';
  return finding('peers', 'warn', text, advice);
}
