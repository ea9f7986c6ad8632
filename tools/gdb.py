# SPDX-License-Identifier: GPL-3.0-or-later
"""gdb.py - how gdb shows what is often looked at here; .gdbinit loads it.

  struct uuid            as text
  json_t                 as JSON, cut at 400 characters (calls json_dumps() in the program that is debugged)
  GArray, GPtrArray      their length; `lf-array ARRAY TYPE` prints the elements
  struct problem         code, field and arguments
  lf-time MICROSECONDS   a time as people write it, in UTC
"""
import datetime
import re

import gdb

JSON_SHOWN = 400


class Uuid:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        digits = "".join(f"{int(self.value['bytes'][i]) & 255:02x}" for i in range(16))
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


class Json:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        try:
            text = gdb.parse_and_eval(f"(char *) json_dumps((void *) {int(self.value.address)}, 0x200)").string()
        except gdb.error as error:
            return f"json_t at {self.value.address} ({error})"
        return text if len(text) <= JSON_SHOWN else text[:JSON_SHOWN] + "…"


class Array:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return f"{self.value.type} of {int(self.value['len'])}"


class Problem:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        field = self.value["field"]
        return f"{self.value['code']} ({field.string() if int(field) else '-'})"


PRINTERS = ((r"^(struct )?uuid$", Uuid), (r"^(struct )?json_t$", Json), (r"^(struct )?_?G(Ptr)?Array$", Array), (r"^(struct )?problem$", Problem))


def find(value):
    kind = value.type.unqualified()
    for pattern, printer in PRINTERS:
        if re.match(pattern, str(kind)):
            return printer(value)
    return None


class ArrayOf(gdb.Command):
    """lf-array ARRAY TYPE: the elements of a GArray, or of a GPtrArray whose pointers lead to TYPE."""

    def __init__(self):
        super().__init__("lf-array", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        text, _, kind = argument.strip().partition(" ")
        array = gdb.parse_and_eval(text).dereference()
        element = gdb.lookup_type(kind)
        by_pointer = "Ptr" in str(array.type)
        for i in range(int(array["len"])):
            if by_pointer:
                value = array["pdata"][i].cast(element.pointer()).dereference()
            else:
                value = array["data"].cast(element.pointer())[i]
            print(f"[{i}] {value}")


class Time(gdb.Command):
    """lf-time MICROSECONDS: as people write it, in UTC."""

    def __init__(self):
        super().__init__("lf-time", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        us = int(gdb.parse_and_eval(argument))
        print(datetime.datetime.fromtimestamp(us / 1e6, datetime.timezone.utc).isoformat())


gdb.pretty_printers.append(find)
ArrayOf()
Time()
