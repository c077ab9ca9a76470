// A peer in a process of its own, which a test can suspend: links to the address it is given, and waits.

import { randomBytes } from 'node:crypto';
import { createNetwork } from '@parley/net-libp2p';

const [address = ''] = process.argv.slice(2);
const network = createNetwork({
  privateKey: randomBytes(32),
  listen: [],
  discovery: false,
  userAgent: 'test',
});
await network.start((event) => {
  if (event.kind === 'disconnected') process.exit(0);
});
network.dial({ addresses: [address], peer: null, record: null });
// The test ends this process; if the test is gone, so is its end of stdin.
process.stdin.on('end', () => process.exit(0)).resume();
