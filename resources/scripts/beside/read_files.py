"""The files that *Read files* needs, each a byte later in the same text."""

import os
import tempfile

BESIDE = """
os.makedirs(FOLDER, exist_ok=True)
text = text_of(SIZE + FILES)
for number in range(FILES):
    with open("%s/file-%d" % (FOLDER, number), "wb") as file:
        file.write(text[number : number + SIZE])
"""

FOLDER = os.path.join(tempfile.gettempdir(), "files-to-read")
