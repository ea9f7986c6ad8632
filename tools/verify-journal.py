#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""verify-journal.py FILE [--head HEAD] - checks a journal.db by its description alone.

Written from the text on top of src/journal/sqlite.c, with nothing of Lianfang: Python's own BLAKE2b and SQLite. Prints one line a
finding, `POS: what`, then one line of summary; exits 1 when there is a finding, 2 when FILE is no journal.
HEAD is a file with a signed head that was kept elsewhere, as `lianfang heads` prints it: a cut-off tail shows against it.
Signatures are checked when the module `cryptography` is installed, and the summary says whether they were.
"""
import argparse
import hashlib
import json
import sqlite3
import struct
import sys

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None

APPLICATION_ID, FORMAT = 0x4C464A31, 2
START = bytes(32)
STREAM_MAX, TIP_BYTES = 32767, 48
INTEGERS = ("seq", "stream", "at_us", "observed_us", "person", "post", "version", "unit", "matter")
BYTES = ("command", "kind", "digest", "hash", "body", "sealed")
COLUMNS = ("pos",) + INTEGERS + BYTES


def with_length(data):
    return struct.pack("<I", 0xFFFFFFFF) if data is None else struct.pack("<I", len(data)) + data


def hash_of(previous, event):
    fields = previous + struct.pack("<9q", *(event[name] for name in INTEGERS)) + event["command"]
    fields += b"".join(with_length(event[name]) for name in ("kind", "digest", "body", "sealed"))
    return hashlib.blake2b(fields, digest_size=32, person=b"lianfang.event.2").digest()


def is_well_formed(event, types):
    sizes = {name: None if event[name] is None else len(event[name]) for name in BYTES}
    return (all(types[name] == "integer" for name in INTEGERS)
            and 0 <= event["stream"] <= STREAM_MAX and event["seq"] >= 1
            and types["command"] == "blob" and sizes["command"] == 16
            and types["kind"] == "text" and 1 <= sizes["kind"] <= 64 and b"\0" not in event["kind"]
            and (types["digest"] == "null" or (types["digest"] == "blob" and sizes["digest"] == 16))
            and types["hash"] == "blob" and sizes["hash"] == 32
            and types["body"] == "text"
            and (types["sealed"] == "null" or (types["sealed"] == "blob" and sizes["sealed"] > 0)))


def hash_before(file, event, tips):
    """The hash that the event's goes on from, None where there is none; and what is wrong with its place."""
    if event["seq"] == 1:
        return START, None
    seq, known = tips.get(event["stream"], (None, None))
    if seq == event["seq"] - 1:
        return known, None
    stored = file.execute("SELECT hash, pos FROM event WHERE stream = ? AND seq = ?",
                          (event["stream"], event["seq"] - 1)).fetchone()
    if stored is None or not isinstance(stored[0], bytes) or len(stored[0]) != 32:
        return None, "missing before it"
    return stored[0], "out of order" if stored[1] > event["pos"] else None


def check_events(file):
    """Yields findings; returns how many events there are and the last one's position."""
    count, next_pos, tips = 0, 1, {}
    query = "SELECT {}, {} FROM event ORDER BY pos".format(", ".join(COLUMNS), ", ".join(f"typeof({name})" for name in COLUMNS))
    for row in file.execute(query):
        count += 1
        event = dict(zip(COLUMNS, row))
        types = {name: value.decode() for name, value in zip(COLUMNS, row[len(COLUMNS):])}
        if event["pos"] < next_pos:
            yield event["pos"], "out of order"
            continue
        if event["pos"] > next_pos:
            yield next_pos, "missing"
        next_pos = event["pos"] + 1
        if not is_well_formed(event, types):
            yield event["pos"], "unreadable"
            continue
        previous, what = hash_before(file, event, tips)
        if what is not None:
            yield event["pos"], what
        if previous is not None and hash_of(previous, event) != event["hash"]:
            yield event["pos"], "hash differs"
        tips[event["stream"]] = event["seq"], event["hash"]
    return count, next_pos - 1


def signature_is_good(at_us, tips, public_key, signature):
    try:
        message = b"lianfang.head.2\0" + struct.pack("<q", at_us) + tips
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
        return True
    except (InvalidSignature, ValueError, TypeError, struct.error):
        return False


def tips_of(data):
    """Triples of stream, seq and hash, by stream; None where the bytes are none."""
    if not isinstance(data, bytes) or len(data) == 0 or len(data) % TIP_BYTES != 0:
        return None
    tips = [struct.unpack("<qq32s", data[at:at + TIP_BYTES]) for at in range(0, len(data), TIP_BYTES)]
    streams = [stream for stream, _, _ in tips]
    well = streams == sorted(set(streams)) and streams[0] >= 0 and streams[-1] <= STREAM_MAX
    return tips if well and all(seq >= 1 for _, seq, _ in tips) else None


def check_tips(file, pos, tips, last_pos):
    found = set()
    for stream, seq, tip_hash in tips:
        stored = file.execute("SELECT hash FROM event WHERE stream = ? AND seq = ?", (stream, seq)).fetchone()
        last = file.execute("SELECT max(seq) FROM event WHERE stream = ?", (stream,)).fetchone()[0] or 0
        if stored is None and seq > last:
            found.add((min(last_pos + 1, pos), "cut off"))
        elif stored is None or stored[0] != tip_hash:
            found.add((pos, "head differs"))
    yield from sorted(found)


def check_heads(file, last_pos):
    """Yields findings; returns how many heads there are."""
    count = 0
    for pos, at_us, data, public_key, signature in file.execute(
            "SELECT pos, at_us, tips, public_key, signature FROM head ORDER BY pos").fetchall():
        count += 1
        tips = tips_of(data)
        if tips is None:
            yield pos, "head differs"
            continue
        if Ed25519PublicKey is not None and not signature_is_good(at_us, data, public_key, signature):
            yield pos, "signature"
        yield from check_tips(file, pos, tips, last_pos)
    return count


def read_head(path):
    with open(path, encoding="utf-8") as file:
        head = json.loads(file.readline())
    return int(head["pos"]), [(tip["stream"], tip["seq"], bytes.fromhex(tip["hash"])) for tip in head["tips"]]


def show(findings):
    """Prints what a generator yields and hands on what it returns."""
    found = 0
    while True:
        try:
            pos, what = next(findings)
        except StopIteration as end:
            return found, end.value
        print(f"{pos}: {what}")
        found += 1


def verify(path, head):
    file = sqlite3.connect(f"file:{path.replace('?', '%3f').replace('#', '%23')}?mode=ro", uri=True)
    file.text_factory = bytes
    if (file.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID
            or file.execute("PRAGMA user_version").fetchone()[0] != FORMAT):
        raise sqlite3.DatabaseError(f"not a journal of format {FORMAT}")
    found, (events, last_pos) = show(check_events(file))
    found_heads, heads = show(check_heads(file, last_pos))
    found += found_heads
    if head is not None:
        found += show(check_tips(file, *read_head(head), last_pos))[0]
    signatures = "signatures checked" if Ed25519PublicKey is not None else "signatures not checked (no module cryptography)"
    print(f"{events} events, {heads} heads, {signatures}, {found} findings")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--head", metavar="HEAD")
    arguments = parser.parse_args()
    try:
        sys.exit(1 if verify(arguments.file, arguments.head) else 0)
    except sqlite3.Error as error:
        print(f"{arguments.file}: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
