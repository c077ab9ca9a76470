#!/usr/bin/env python3
"""Copies every packet of one interface to a file, until it is told to stop: what an eavesdropper on the wire has."""

import argparse
import signal
import socket
import sys

ETH_P_ALL = 0x0003
PACKET_BYTES_MAX = 262_144
RECEIVE_BUFFER_BYTES = 67_108_864
SOL_PACKET, PACKET_STATISTICS = 263, 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, epilog="example: sniff.py lo packets.bin")
    parser.add_argument("interface")
    parser.add_argument("file")
    options = parser.parse_args()
    sniffer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    # Beyond the system's limit for everyone else: root may.
    sniffer.setsockopt(socket.SOL_SOCKET, 33, RECEIVE_BUFFER_BYTES)
    sniffer.bind((options.interface, 0))
    sniffer.settimeout(0.2)
    stopping = False

    def stop(_signal: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    print("listening", flush=True)
    with open(options.file, "wb") as out:
        while True:
            try:
                out.write(sniffer.recv(PACKET_BYTES_MAX))
            except TimeoutError:
                # All that came before the order to stop is written.
                if stopping:
                    break
    statistics = sniffer.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
    dropped = int.from_bytes(statistics[4:8], sys.byteorder)
    print(f"dropped {dropped}", flush=True)


main()
