"""The server that *Fetch pages* needs: a process of its own, whose program is the same file."""

import asyncio
import sys
from random import uniform
from subprocess import PIPE, Popen

BESIDE = """
if sys.argv[1:] == ["serve"]:  # this file is the server, too
    sys.exit(asyncio.run(serve()))
server = Popen([sys.executable, __file__, "serve"], stdin=PIPE, stdout=PIPE)
server.stdout.readline()  # it has begun
"""

ADDRESS = f"http://127.0.0.1:{PORT}"


async def send_page(reader, writer):
    request = await reader.readuntil(b"\r\n\r\n")
    await asyncio.sleep((uniform(LATENCY - JITTER, LATENCY + JITTER) if JITTER else LATENCY) / 1000)
    writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + page_of(request.split()[1].decode(), SIZE))
    writer.close()


async def serve():
    await asyncio.start_server(send_page, "127.0.0.1", PORT, backlog=1000)
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)  # until its parent ends
