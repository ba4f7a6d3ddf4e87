"""Verifies that a log has an entry. Shares no code with Valet Key: it follows the specifications alone.

    verify_proof.py VKEY PROOF ENTRY

VKEY is the log's key as a line (https://c2sp.org/signed-note), PROOF a file (https://c2sp.org/tlog-proof), ENTRY the
file with the entry. Prints what is proved and exits with 0, or prints what is wrong and exits with 1.
"""

import base64
import hashlib
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def main(vkey, proof_file, entry_file):
    with open(proof_file, encoding="utf-8") as proof, open(entry_file, "rb") as entry:
        index, hashes, checkpoint = read_proof(proof.read())
        text, size, root = open_checkpoint(checkpoint, vkey)
        if root_of(index, size, sha256(b"\0", entry.read()), hashes) != root:
            sys.exit("the log that signed this does not have this entry")
    print(f"entry {index} of {size} of {text.splitlines()[0]}")


def read_proof(proof):
    """RFC 6962, section 2.1.1: the hashes beside the way from the entry to the root."""
    head, _, checkpoint = proof.partition("\n\n")
    first, number, *hashes = head.split("\n")
    if first != "c2sp.org/tlog-proof@v1" or not number.startswith("index "):
        sys.exit("this is no proof")
    return int(number.removeprefix("index ")), [base64.b64decode(line) for line in hashes], checkpoint


def open_checkpoint(note, vkey):
    name, key_id, key = vkey.split("+", 2)
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    for line in signatures.splitlines():
        _, signer, signature = line.split(" ")
        signature = base64.b64decode(signature)
        if signer == name and signature[:4].hex() == key_id:
            try:
                Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:]).verify(signature[4:], text.encode())
            except InvalidSignature:
                sys.exit("the signature is wrong")
            _, size, root = text.splitlines()[:3]
            return text, int(size), base64.b64decode(root)
    sys.exit("this key did not sign it")


def root_of(index, size, leaf, hashes):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        sys.exit("the log is smaller than that")
    node, last = index, size - 1
    for sibling in hashes:
        if last == 0:
            return None
        if node % 2 == 1 or node == last:
            leaf = sha256(b"\1", sibling, leaf)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            leaf = sha256(b"\1", leaf, sibling)
        node, last = node // 2, last // 2
    return leaf if last == 0 else None


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


if __name__ == "__main__":
    main(*sys.argv[1:])
