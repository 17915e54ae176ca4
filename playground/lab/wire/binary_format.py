"""Layouts of the binary files that a lab and the app share. A record has one list of fields: how it is packed, how long
it is and its numpy type (`dtype_of` in the app) follow from that. A file begins with its kind and its version, and
everybody who maps it checks them."""

from __future__ import annotations

import struct
from typing import NamedTuple

SIGNATURE_WORDS = W_MAGIC, W_VERSION = range(2)  # the first words of every file


class Record:
    """Records of one kind: the name of each field and its code, as `struct` has them, in order."""

    def __init__(self, **fields: str) -> None:
        codes = "".join(fields.values())
        self.fields = fields
        native = struct.Struct("@" + codes)  # it packs in half the time of "<"; only the order of bytes differs
        self.size = native.size
        if struct.calcsize("=" + codes) != self.size:
            raise ValueError("a gap between the fields %s" % codes)
        self.pack, self.pack_into, self.unpack_from = native.pack, native.pack_into, native.unpack_from


class WrongFile(ValueError):
    """A file is not of the expected kind, or of another version."""


class Format(NamedTuple):
    """A kind of file. Its version rises with each change of where things lie in it."""

    name: str
    mark: bytes  # exactly eight
    version: int

    @property
    def magic(self) -> int:
        return int.from_bytes(self.mark, "little")

    def sign(self, words: memoryview) -> None:
        words[W_VERSION] = self.version
        words[W_MAGIC] = self.magic

    def check(self, words: memoryview, path: str) -> None:
        if len(words) < len(SIGNATURE_WORDS) or words[W_MAGIC] != self.magic:
            raise WrongFile("%s is no file of %s" % (path, self.name))
        if words[W_VERSION] != self.version:
            both = (path, words[W_VERSION], self.version)
            raise WrongFile("%s is of version %d; version %d can be read here" % both)
