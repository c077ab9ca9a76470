#!/usr/bin/env python3
"""An Ethernet switch in user space that joins network namespaces and makes seeded faults between them.

usage: switch.py --seed N NAMESPACE...

Each namespace gets an interface `eth0` (a tap device whose other end is here). The switch learns addresses, floods
broadcasts, and does to every frame, for every port it goes to, what the faults of the moment say. It reads commands from
stdin and answers each on stdout, one JSON object a line; it ends with its input. Commands:

  {"faults": {"loss": 0.05, "repeat": 0, "delay_ms": 50, "jitter_ms": 10, "reorder": 0.1}}
      loss, repeat, reorder: chances from 0 to 1 for each frame to vanish, to come twice, to overtake the delayed ones;
      jitter_ms: standard deviation of the delay. What is left out is 0. Without `reorder` frames keep their order.
  {"groups": [["ns1", "ns2"], ["ns3"]]}   frames pass only inside a group; null: everywhere
  {}                                      only answers

The answer counts frames since the start: received, sent, lost (by chance), cut (between groups), repeated, reordered,
overflowed (a queue was full, here or in the kernel). Chance is drawn from the seed in the order of the frames' coming; that order is
the kernel's, so the same seed makes the same kind of weather, not the same run.
"""

import argparse
import errno
import fcntl
import heapq
import itertools
import json
import os
import random
import select
import struct
import subprocess
import sys
import time
from dataclasses import dataclass

TUNSETIFF = 0x400454CA
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000
INTERFACE_REQUEST = "16sH22x"

FRAME_BYTES_MAX = 65_536
FRAMES_A_TURN_MAX = 64
QUEUE_FRAMES_MAX = 50_000
ADDRESSES_MAX = 1_024
COMMAND_BYTES_MAX = 65_536
WAIT_SECONDS_MAX = 1.0


@dataclass(frozen=True)
class Faults:
    """What happens to a frame on its way from one port to another."""

    loss: float = 0.0
    repeat: float = 0.0
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    reorder: float = 0.0


class Switch:
    """Frames come in by `receive`, wait in a bounded queue, and go out by `deliver`."""

    def __init__(self, seed, ports):
        """`ports` maps the name of each namespace to the file descriptor of its tap device."""
        self.ports = ports
        self.faults = Faults()
        self.groups = None
        self.counts = dict.fromkeys(
            ("received", "sent", "lost", "cut", "repeated", "reordered", "overflowed"), 0
        )
        self._chance = random.Random(seed)
        self._port_of = {}
        self._queue = []
        self._numbers = itertools.count()
        self._last_due = {}

    def receive(self, source, frame, now):
        """Takes a frame that came in at a port."""
        self.counts["received"] += 1
        target_address, source_address = frame[:6], frame[6:12]
        if source_address in self._port_of or len(self._port_of) < ADDRESSES_MAX:
            self._port_of[source_address] = source
        known = None if target_address[0] & 1 else self._port_of.get(target_address)
        for target in self.ports if known is None else (known,):
            if target != source:
                self._pass(source, target, frame, now)

    def deliver(self, now):
        """Sends what is due; returns how many seconds there are until the next, at most WAIT_SECONDS_MAX."""
        while self._queue and self._queue[0][0] <= now:
            _, _, target, frame = heapq.heappop(self._queue)
            self._send(target, frame)
        if not self._queue:
            return WAIT_SECONDS_MAX
        return min(WAIT_SECONDS_MAX, self._queue[0][0] - now)

    def command(self, command):
        """Applies a command; returns the answer."""
        if "faults" in command:
            self.faults = Faults(**command["faults"])
        if "groups" in command:
            groups = command["groups"]
            self.groups = None if groups is None else [frozenset(group) for group in groups]
        return self.counts

    def _pass(self, source, target, frame, now):
        if self.groups is not None and not any({source, target} <= group for group in self.groups):
            self.counts["cut"] += 1
            return
        if self._happens(self.faults.loss):
            self.counts["lost"] += 1
            return
        copies = 1
        if self._happens(self.faults.repeat):
            copies = 2
            self.counts["repeated"] += 1
        for _ in range(copies):
            self._enqueue(source, target, frame, now)

    def _enqueue(self, source, target, frame, now):
        if len(self._queue) >= QUEUE_FRAMES_MAX:
            self.counts["overflowed"] += 1
            return
        delay_ms = self.faults.delay_ms
        if self.faults.jitter_ms > 0:
            delay_ms = max(0.0, self._chance.gauss(delay_ms, self.faults.jitter_ms))
        due = now + delay_ms / 1000
        if self.faults.reorder == 0:
            due = max(due, self._last_due.get((source, target), 0.0))
            self._last_due[source, target] = due
        elif self._happens(self.faults.reorder):
            due = now
            self.counts["reordered"] += 1
        heapq.heappush(self._queue, (due, next(self._numbers), target, frame))

    def _send(self, target, frame):
        try:
            os.write(self.ports[target], frame)
            self.counts["sent"] += 1
        except OSError as error:
            # EIO: the interface is down. The others: the kernel's queue is full.
            if error.errno not in (errno.EIO, errno.EAGAIN, errno.ENOBUFS):
                raise
            self.counts["overflowed"] += 1

    def _happens(self, chance):
        return chance > 0 and self._chance.random() < chance


class Commands:
    """Lines of JSON from stdin, as they come."""

    def __init__(self, descriptor):
        self._descriptor = descriptor
        self._rest = b""

    def read(self):
        """The commands that are complete now; None at the end of the input."""
        piece = os.read(self._descriptor, COMMAND_BYTES_MAX)
        if piece == b"":
            return None
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if len(self._rest) > COMMAND_BYTES_MAX:
            raise ValueError("a command is too long")
        return [json.loads(line) for line in lines]


def open_port(namespace):
    """Makes `eth0` in a namespace; returns the file descriptor of its other end."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    request = struct.pack(INTERFACE_REQUEST, b"parley%d", IFF_TAP | IFF_NO_PI)
    answer = fcntl.ioctl(descriptor, TUNSETIFF, request)
    name = struct.unpack(INTERFACE_REQUEST, answer)[0].rstrip(b"\0").decode()
    subprocess.run(["ip", "link", "set", name, "netns", namespace, "name", "eth0"], check=True)
    return descriptor


def answer(counts):
    print(json.dumps(counts), flush=True)


def receive_some(switch, port, descriptor):
    """Takes what has come in at a port, but not so much that the others starve."""
    for _ in range(FRAMES_A_TURN_MAX):
        try:
            frame = os.read(descriptor, FRAME_BYTES_MAX)
        except BlockingIOError:
            return
        switch.receive(port, frame, time.monotonic())


def run(switch):
    """Carries frames and obeys commands until the input ends."""
    commands = Commands(sys.stdin.fileno())
    port_of = {descriptor: port for port, descriptor in switch.ports.items()}
    poll = select.epoll()
    for descriptor in (*port_of, sys.stdin.fileno()):
        poll.register(descriptor, select.EPOLLIN)
    answer(switch.counts)
    while True:
        for descriptor, _ in poll.poll(switch.deliver(time.monotonic())):
            if descriptor in port_of:
                receive_some(switch, port_of[descriptor], descriptor)
                continue
            found = commands.read()
            if found is None:
                return
            for command in found:
                answer(switch.command(command))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, required=True, help="of the faults' chances")
    parser.add_argument("namespaces", nargs="+", metavar="NAMESPACE")
    arguments = parser.parse_args()
    run(Switch(arguments.seed, {name: open_port(name) for name in arguments.namespaces}))


if __name__ == "__main__":
    main()
