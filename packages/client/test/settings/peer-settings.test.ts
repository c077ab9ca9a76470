// What people choose for a peer: read whole, or told with its line while the usual value holds.

import { describe, expect, it } from 'vitest';
import {
  changedSettings,
  peerSettingPlaces,
  readPeerSettings,
  usualSettings,
} from '../../src/settings/peer-settings.ts';

describe('the settings of a peer', () => {
  it('are the usual ones where the file says nothing', () => {
    expect(readPeerSettings('{}')).toEqual({
      isRead: true,
      settings: usualSettings,
      complaints: [],
      fileComplaints: [],
    });
  });

  it('are taken from their parts', () => {
    const { settings, complaints } = readPeerSettings(`{
      // beside what is of the screen
      "theme": "dark", "name": "rock", "logLevel": "debug", "metrics": "127.0.0.1:9464",
      "network": { "listen": ["0.0.0.0:4747", "[::]:4747"], "connect": "bobby.example", "discovery": false },
      "limits": { "connections": 64 },
    }`);
    expect(complaints).toEqual([]);
    expect(settings).toMatchObject({ name: 'rock', logLevel: 'debug', metrics: '127.0.0.1:9464' });
    expect(settings.network).toMatchObject({
      listen: ['0.0.0.0:4747', '[::]:4747'],
      connect: ['bobby.example:4747'],
      discovery: false,
    });
    expect(settings.limits).toMatchObject({ connections: 64 });
  });

  it('that are wrong are told with their line, and the usual value holds', () => {
    const { settings, complaints, fileComplaints } = readPeerSettings(`{
      "name": "two\\u0007bells",
      "metrics": 9464,
      "network": { "listen": "4747",
        "conect": [] },
      "limits": { "connections": 7.5 },
      "nmae": "x",
    }`);
    expect(settings).toEqual(usualSettings);
    expect(complaints).toEqual([
      { line: 2, text: 'name has to be a name, or null' },
      { line: 3, text: 'metrics has to be a text such as "127.0.0.1:9464", or null' },
      { line: 5, text: 'there is no setting network.conect; the nearest is connect' },
      {
        line: 4,
        text: 'network.listen has to be host:port, [v6]:port or a multiaddr, or a list',
      },
      { line: 6, text: 'limits.connections has to be a whole number from 8 to 10000' },
    ]);
    expect(fileComplaints).toEqual([
      { line: 7, text: 'there is no setting nmae; the nearest is name' },
    ]);
  });

  it('hold as usual where the file is broken, or a part of it is none', () => {
    expect(readPeerSettings('{ "name": "rock" ')).toMatchObject({
      settings: usualSettings,
      fileComplaints: [{ line: 1 }],
    });
    expect(readPeerSettings('[]').fileComplaints).toEqual([
      { line: 1, text: 'the file has to be {…}' },
    ]);
    expect(readPeerSettings('{ "network": [] }')).toMatchObject({
      settings: usualSettings,
      complaints: [{ line: 1, text: 'network has to be {…}' }],
    });
  });

  it('take IP addresses for WebSockets, and make multiaddrs of them', () => {
    const { settings, complaints } = readPeerSettings(
      '{ "network": { "websocket": ["0.0.0.0:4748", "[::]:4748", "/ip4/1.2.3.4/tcp/80/ws"] } }',
    );
    expect(complaints).toEqual([]);
    const all = ['/ip4/0.0.0.0/tcp/4748/ws', '/ip6/::/tcp/4748/ws', '/ip4/1.2.3.4/tcp/80/ws'];
    expect(settings.network.websocket).toEqual(all);
    for (const wrong of ['host:4748', '0.0.0.0', '0.0.0.0:65536', '/ip4/1.2.3.4/tcp/80'])
      expect(readPeerSettings(`{ "network": { "websocket": "${wrong}" } }`).complaints).toEqual([
        {
          line: 1,
          text: 'network.websocket has to be an address such as "0.0.0.0:4748", or a list',
        },
      ]);
  });

  it('that differ are named, with whether they can change while a peer runs', () => {
    const { settings } = readPeerSettings(
      '{ "name": "rock", "network": { "listen": "0.0.0.0:1" }, "limits": { "connections": 320 } }',
    );
    const changed = changedSettings(usualSettings, settings);
    expect(changed.map(({ path, isLive }) => [path, isLive])).toEqual([
      ['name', true],
      ['network.listen', false],
    ]);
  });

  it('have each one place in the file', () => {
    const paths = peerSettingPlaces().map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths).toContain('network.discovery');
  });
});
