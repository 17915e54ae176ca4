"""Fetch pages.

A small server in the same process answers after 50 ms. Threads
and gevent wait for many pages at once.
"""

import threading
import time
from http import server as http
from urllib.request import urlopen


class Page(http.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.05)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"page " + self.path.encode())

    def log_message(self, *words):
        pass


server = http.ThreadingHTTPServer(("127.0.0.1", 0), Page)
serving = threading.Thread(target=server.serve_forever)
serving.daemon = True
serving.start()
address = f"http://127.0.0.1:{server.server_port}"


def job(i, n):
    size = 0
    for number in range(10):
        with urlopen(f"{address}/{i}/{number}") as page:
            size += len(page.read())
    return size
