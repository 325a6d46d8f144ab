"""The character map of the tokenizer: traditional and Japanese forms become simplified ones.

The map is compiled into the ``Precompiled`` normaliser of tokenizers, so it travels inside
``tokenizer.json`` and costs one trie look-up a character.

Source: the double-array trie of darts-clone as read by the crate spm_precompiled.
"""

import struct
import sys
from collections.abc import Mapping

import opencc

_LEAF = 1 << 8
_MAX_NEAR_OFFSET = 1 << 21
_LOOK_BACK = 1024  # how far before the end a base is looked for: packs tight enough, fast


def simplified_characters() -> dict[str, str]:
    """Every character of the CJK blocks that has another simplified form, with that form.

    Japanese forms (気, 駅) are mapped only where GB 2312 does not know the character, because
    a few (芸, 予) are Chinese characters in their own right.
    """
    simplify, restore = opencc.OpenCC("t2s"), opencc.OpenCC("jp2t")
    found: dict[str, str] = {}
    for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xF900, 0xFB00)):
        character = chr(code)
        mapped = str(simplify.convert(character))
        if mapped == character and not _is_gb2312(character):
            mapped = str(simplify.convert(str(restore.convert(character))))
        if mapped != character and len(mapped) == 1:
            found[character] = mapped
    return found


def _is_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def compile_charsmap(mapping: Mapping[str, str]) -> bytes:
    """The bytes that ``tokenizers.normalizers.Precompiled`` takes."""
    replacements, places = bytearray(), {}
    for source in sorted(mapping, key=lambda key: key.encode()):
        places[source.encode()] = len(replacements)
        replacements += mapping[source].encode() + b"\0"
    units = _double_array(places)
    blob = struct.pack(f"<{len(units)}I", *units)
    return struct.pack("<I", len(blob)) + blob + bytes(replacements)


def _double_array(values: dict[bytes, int]) -> list[int]:
    """Units of a trie over ``values``; a unit holds label, leaf flag and offset to its children."""
    tree: dict[int, object] = {}
    for key, value in values.items():
        node = tree
        for byte in key:
            node = node.setdefault(byte, {})  # type: ignore[assignment]
        node[-1] = value
    units: list[int] = [0] * 256
    taken = bytearray(256)
    taken[0] = 1
    pending: list[tuple[int, dict[int, object]]] = [(0, tree)]
    used: set[int] = set()  # two nodes with one base would find each other's children
    first_free = next_end = 1
    while pending:
        place, node = pending.pop()
        labels = [0 if label < 0 else label for label in node]
        while first_free < len(taken) and taken[first_free]:
            first_free += 1
        if labels == [0]:  # most nodes: the end of one character
            while next_end < len(taken) and (taken[next_end] or next_end in used):
                next_end += 1
            base = next_end
        else:
            base = _free_base(taken, used, labels, place, max(first_free, len(taken) - _LOOK_BACK))
        used.add(base)
        needed = (base | 255) + 1
        if needed > len(taken):
            taken.extend(bytes(needed - len(taken)))
            units.extend([0] * (needed - len(units)))
        units[place] |= _packed_offset(base ^ place)
        for label, child in node.items():
            spot = base ^ max(label, 0)
            taken[spot] = 1
            if label < 0:
                units[place] |= _LEAF
                units[spot] = int(child) | 1 << 31  # type: ignore[call-overload]
            else:
                units[spot] |= label
                pending.append((spot, child))  # type: ignore[arg-type]
    return units


def _free_base(taken: bytearray, used: set[int], labels: list[int], place: int, start: int) -> int:
    for base in range(start & ~255, sys.maxsize):
        offset = base ^ place
        if base in used or offset == 0 or (offset >= _MAX_NEAR_OFFSET and offset & 255):
            continue
        spots = [base ^ label for label in labels]
        if all(spot >= len(taken) or not taken[spot] for spot in spots):
            return base
    raise AssertionError("unreachable: a fresh block is always free")


def _packed_offset(offset: int) -> int:
    if offset < _MAX_NEAR_OFFSET:
        return offset << 10
    return (offset >> 8) << 10 | 1 << 9
