"""The GIL record: where this process keeps who holds its GIL, found from the inside so that others can watch it.

Theory. CPython keeps, since 3.7 and in every release up to now, four fields side by side for each GIL:
`interval (µs) · last_holder (a PyThreadState) · locked · switch_number`. No header promises where, but the record lies
inside the exported `_PyRuntime`, and while *this* thread runs Python three of the fields are known: interval is what
`sys.getswitchinterval()` says, last_holder is our own thread state, locked is 1. So copy the memory and look for these
20 bytes. A match is only believed when two experiments move it: the field follows `sys.setswitchinterval`, and a second
thread sees itself as the holder. Nothing else in a process does both.

From 3.13 on `_PyRuntime` opens with a table of offsets for debuggers (`_Py_DebugOffsets`). One of its rows is the
record's place inside the interpreter state; which one differs between releases, so every row is tried, as a candidate.

Two rules keep it safe. Memory is copied by the operating system, which says "no" where a pointer would crash; and every
call goes through ctypes.PyDLL, which keeps the GIL, so the copy is of one moment, in which we are the holder.
"""

from __future__ import annotations

import _thread
import os
import struct
import sys
from itertools import chain
from typing import Any, Callable, Iterator, NamedTuple

ctypes: Any
try:
    import ctypes
except ImportError:  # a subinterpreter of Python 3.12 cannot have it; the main one looks for it (of_interpreter)
    ctypes = None

NO_LAYOUT, LP64, LLP64 = range(3)

SCAN_BYTES = 1 << 20  # _PyRuntime is 0.6 to 450 KiB in 3.8 to 3.13; the copy ends earlier where its mapping does
PAGE = 4096
DEBUG_COOKIE = b"xdebugpy"
DEBUG_TABLE_BYTES = 1024
THREAD_STATE_BYTES = 512  # of its beginning, in which the numbers of the thread stand
ODD_INTERVALS_US = (21, 22)  # nobody uses these; and short, so that a busy process answers the experiments at once
ANSWER_S = 0.25
ATTEMPTS = 3

PR_SET_PTRACER = 0x59616D61
NOBODY = 0


class GilRecord(NamedTuple):
    address: int
    layout: int
    offset: int  # from _PyRuntime: the same in every process of this interpreter, whatever address it was loaded at


class Layout(NamedTuple):
    known: struct.Struct  # interval, last_holder, locked
    whole: struct.Struct  # and switch_number
    numbers: str  # of a thread in its PyThreadState, two C longs


LAYOUTS = {
    LP64: Layout(struct.Struct("=QQi"), struct.Struct("=QQi4xQ"), "=QQ"),
    LLP64: Layout(struct.Struct("=I4xQi"), struct.Struct("=I4xQiI"), "=II"),
}

SYSTEM: str = sys.platform  # a plain str, so that mypy checks the branches of other systems too

_found: GilRecord | None = None  # by this process; stays true in a forked child, which has the same addresses


def _layout_here() -> int:
    if ctypes is None or sys.implementation.name != "cpython" or ctypes.sizeof(ctypes.c_void_p) != 8:
        return NO_LAYOUT
    return LP64 if ctypes.sizeof(ctypes.c_long) == 8 else LLP64


def _python_library() -> Any:
    """A private view of the interpreter's library: types set on ctypes.pythonapi would be everybody's. It is opened by
    name, as Windows has no library without one."""
    library = ctypes.PyDLL(ctypes.pythonapi._name, handle=ctypes.pythonapi._handle)
    library.PyThreadState_Get.restype = ctypes.c_void_p
    if hasattr(library, "PyInterpreterState_Get"):  # 3.9
        library.PyInterpreterState_Get.restype = ctypes.c_void_p
    for name in ("InterpreterState_Head", "InterpreterState_Next", "InterpreterState_ThreadHead", "ThreadState_Next"):
        getattr(library, "Py" + name).restype = ctypes.c_void_p
    library.PyInterpreterState_GetID.restype = ctypes.c_int64
    return library


LAYOUT = _layout_here()
_python = _python_library() if LAYOUT else None


# --- what others call


def thread_state() -> int:
    """Address of the calling thread's PyThreadState: the name of a thread in the GIL record. 0 where there is none."""
    return int(_python.PyThreadState_Get()) if _python is not None else 0


def gil_state() -> str:
    """ "on", "off" (a free-threaded build that uses none) or "none" (an implementation that never had one)."""
    asked = getattr(sys, "_is_gil_enabled", None)
    if asked is not None:
        return "on" if asked() else "off"
    return "on" if sys.implementation.name in ("cpython", "pypy", "graalpy") else "none"


def find(hint_offset: int | None = None) -> GilRecord | None:
    """The record of the GIL this thread runs under, or None. A hint (another process's `offset`) is tried first and
    proved like any other candidate. Call it from a thread that may start another."""
    global _found
    if _found is None and LAYOUT and gil_state() == "on":
        _found = _search(hint_offset)
    return _found


def read_own(record: GilRecord) -> tuple[int, bool, int]:
    """(holder, locked, switches) of this process's own GIL: one copy, without letting go of it."""
    whole = LAYOUTS[record.layout].whole
    _, holder, locked, switches = whole.unpack(ctypes.string_at(record.address, whole.size))
    return holder, bool(locked), switches


def allow_tracing(app: int) -> None:
    """Let the probe read this process where Yama lets only ancestors do so (Ubuntu's default). `app` has started the
    probe: Yama lets that process and its descendants, and no other program; NOBODY takes it back. It is not inherited:
    each worker process asks for itself, before it shows its record. Elsewhere nothing needs doing."""
    if SYSTEM.startswith("linux") and ctypes is not None:
        prctl = getattr(ctypes, "PyDLL", ctypes.CDLL)(None).prctl  # PyPy has no PyDLL
        prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
        prctl(PR_SET_PTRACER, app, 0, 0, 0)  # EINVAL says that there is no Yama, and no need


# --- other interpreters of this process


def of_interpreter(number: int, set_interval: Callable[[float], object]) -> GilRecord | None:
    """The record of a subinterpreter that has a GIL of its own and runs nothing now: it lies as far into the state of
    that interpreter as ours does into ours. Proved by changing its switch interval, there, to two odd values. None
    where it shares our GIL, or where that cannot be told."""
    own, there = find(), _interpreter_numbered(number)
    if own is None or not there:
        return None
    address = there + own.address - _interpreter()
    try:
        for odd in ODD_INTERVALS_US:
            set_interval((odd + 0.5) / 1e6)
            known = LAYOUTS[LAYOUT].known
            copy = _copy(address, known.size)
            if len(copy) < known.size or known.unpack(copy)[0] != odd:
                return None
    finally:
        set_interval(sys.getswitchinterval())
    return GilRecord(address, LAYOUT, address - _runtime())


def thread_state_of(number: int, ident: int, tid: int) -> int:
    """The PyThreadState of a thread in another interpreter, known by the two numbers of the thread, which stand side by
    side in it. The thread must not come or go meanwhile. 0 if there is not exactly one."""
    states, interpreter = [], _interpreter_numbered(number)
    if interpreter and _python is not None:
        state = _python.PyInterpreterState_ThreadHead(ctypes.c_void_p(interpreter))
        while state:
            states.append(state)
            state = _python.PyThreadState_Next(ctypes.c_void_p(state))
    numbers = struct.pack(LAYOUTS[LAYOUT].numbers, ident, tid) if LAYOUT else b""
    found = [state for state in states if numbers in _copy(state, THREAD_STATE_BYTES)]
    return int(found[0]) if len(found) == 1 else 0


def _interpreter_numbered(number: int) -> int:
    if _python is None:
        return 0
    interpreter = _python.PyInterpreterState_Head()
    while interpreter and _python.PyInterpreterState_GetID(ctypes.c_void_p(interpreter)) != number:
        interpreter = _python.PyInterpreterState_Next(ctypes.c_void_p(interpreter))
    return int(interpreter or 0)


# --- the search


def _search(hint_offset: int | None) -> GilRecord | None:
    try:
        base = _runtime()
    except ValueError:  # a build that does not export it
        return None
    for _ in range(ATTEMPTS):  # a knob turned by another thread at the wrong moment spoils one attempt
        for address in _candidates(base, hint_offset):
            if _proved(address):
                return GilRecord(address, LAYOUT, address - base)
    return None


def _runtime() -> int:
    return int(ctypes.addressof(ctypes.c_char.in_dll(_python, "_PyRuntime")))


def _candidates(base: int, hint_offset: int | None) -> Iterator[int]:
    """Addresses that look like the record, likeliest first."""
    interpreter = _interpreter()
    hinted = () if hint_offset is None else (base + hint_offset,)
    yield from filter(_looks_right, chain(hinted, _debug_table(base, interpreter) if interpreter else ()))
    yield from _scan(base)
    if interpreter and not base <= interpreter < base + SCAN_BYTES:  # a subinterpreter with a GIL of its own
        yield from _scan(interpreter)


def _interpreter() -> int:
    if _python is not None and hasattr(_python, "PyInterpreterState_Get"):
        return int(_python.PyInterpreterState_Get())
    return 0


def _signature() -> bytes:
    return LAYOUTS[LAYOUT].known.pack(_interval_us(), thread_state(), 1)


def _looks_right(address: int) -> bool:
    signature = _signature()
    return _copy(address, len(signature)) == signature


def _debug_table(base: int, interpreter: int) -> Iterator[int]:
    table = _copy(base, DEBUG_TABLE_BYTES)
    if not table.startswith(DEBUG_COOKIE):
        return
    words = struct.unpack(f"={len(table) // 8}Q", table[: len(table) // 8 * 8])
    for offset in sorted({word for word in words if 0 < word < SCAN_BYTES and word % 8 == 0}):
        yield interpreter + offset


def _scan(start: int) -> Iterator[int]:
    signature = _signature()
    memory = _copy(start, SCAN_BYTES)
    at = memory.find(signature)
    while at >= 0:
        if at % 8 == 0:
            yield start + at
        at = memory.find(signature, at + 1)


# --- the proof


def _proved(address: int) -> bool:
    """Both experiments. Afterwards the switch interval is what it was, unless somebody else has set it since."""
    before = _interval_us()
    odd = ODD_INTERVALS_US[before == ODD_INTERVALS_US[0]]
    _set_interval_us(odd)
    try:
        return _looks_right(address) and not _contradicted_by_second_thread(address)
    finally:
        if _interval_us() == odd:
            _set_interval_us(before)


def _contradicted_by_second_thread(address: int) -> bool:
    """Whether another thread, while it runs, is not the holder there. In a process full of busy threads it may not get
    to answer soon (64 of them: up to 2 s): the first experiment then stands alone."""
    answers: list[bool] = []
    answered = _thread.allocate_lock()
    answered.acquire()

    def look() -> None:
        answers.append(_looks_right(address))
        answered.release()

    try:
        _thread.start_new_thread(look, ())
    except RuntimeError:  # the machine gives out no more threads
        return False
    answered.acquire(timeout=ANSWER_S)
    return answers == [False]


def _interval_us() -> int:
    return round(sys.getswitchinterval() * 1e6)


def _set_interval_us(interval: int) -> None:
    sys.setswitchinterval((interval + 0.5) / 1e6)  # CPython cuts off: half a µs more keeps 4321 from becoming 4320


# --- copies that cannot crash anyone


def _copy(address: int, size: int) -> bytes:
    """Up to `size` bytes from `address`, fewer where the mapping ends, none where there is none."""
    if address <= 0 or address >= 1 << 63:
        return b""
    if SYSTEM.startswith("linux"):
        return _copy_linux(address, size)
    copy_page = _copy_windows if SYSTEM == "win32" else _copy_macos if SYSTEM == "darwin" else None
    if copy_page is None:
        return b""
    parts = []
    while size > 0:
        part = copy_page(address, min(size, PAGE - address % PAGE))
        if not part:
            break
        parts.append(part)
        address += len(part)
        size -= len(part)
    return b"".join(parts)


def _copy_linux(address: int, size: int) -> bytes:
    libc = ctypes.PyDLL(None)  # os.open and os.close would let go of the GIL, and queue for it again
    libc.pread.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_long]
    libc.pread.restype = ctypes.c_ssize_t
    memory = libc.open(b"/proc/self/mem", os.O_RDONLY | os.O_CLOEXEC)
    if memory < 0:  # no /proc here
        return b""
    copy = ctypes.create_string_buffer(size)
    count = libc.pread(memory, copy, size, address)
    libc.close(memory)
    return ctypes.string_at(copy, count) if count > 0 else b""


def _copy_windows(address: int, size: int) -> bytes:
    read = ctypes.PyDLL("kernel32").ReadProcessMemory
    read.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p]
    copy = ctypes.create_string_buffer(size)
    this_process = -1
    return copy.raw if read(this_process, address, copy, size, None) else b""


def _copy_macos(address: int, size: int) -> bytes:
    system = ctypes.PyDLL(None)
    read = system.mach_vm_read_overwrite
    read.argtypes = [ctypes.c_uint32, ctypes.c_uint64, ctypes.c_uint64, ctypes.c_uint64, ctypes.c_void_p]
    copy = ctypes.create_string_buffer(size)
    count = ctypes.c_uint64()
    this_process = ctypes.c_uint32.in_dll(system, "mach_task_self_").value
    failed = read(this_process, address, size, ctypes.addressof(copy), ctypes.byref(count))
    return b"" if failed else copy.raw[: count.value]
