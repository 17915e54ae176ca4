"""What Windows shows of a program file: its version and who made it (in Properties), and what it may rely on (its
manifest). PyInstaller writes both into the two programs."""

from __future__ import annotations

from pathlib import Path

import identity

MANIFEST = Path(__file__).with_name("app.manifest")
ICON, SETUP_PICTURE = "app.ico", "setup.bmp"  # among those that icons.py makes
LANGUAGE, UNICODE = 0x0409, 1200  # English; the texts' code page

# A table of numbers, then one of texts; PyInstaller evaluates it with classes of these names.
VERSION_RESOURCE = """\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004, fileType=0x1),
  kids=[
    StringFileInfo([StringTable("{language:04x}{code_page:04x}", [
{strings}
    ])]),
    VarFileInfo([VarStruct("Translation", [{language}, {code_page}])]),
  ],
)
"""


def version_strings(program: str) -> dict[str, str]:
    """Windows names a program in "Open with", in the Task Manager and in the taskbar by its FileDescription."""
    command_line = program == identity.COMMAND
    return {
        "CompanyName": identity.PUBLISHER,
        "FileDescription": identity.NAME + (" (command line)" if command_line else ""),
        "FileVersion": identity.VERSION,
        "InternalName": program,
        "LegalCopyright": identity.COPYRIGHT,
        "OriginalFilename": f"{program}.exe",
        "ProductName": identity.NAME,
        "ProductVersion": identity.VERSION,
    }


def version_resource(program: str) -> str:
    strings = (f"      StringStruct({key!r}, {text!r})," for key, text in version_strings(program).items())
    return VERSION_RESOURCE.format(
        numbers=identity.version_numbers(), language=LANGUAGE, code_page=UNICODE, strings="\n".join(strings)
    )


def options(program: str, work: Path, icons: Path) -> dict[str, str]:
    """What EXE of a spec is given for this program. The version goes by a file, as PyInstaller wants it."""
    file = work / f"{program}.version"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(version_resource(program), encoding="utf-8")
    return {"version": str(file), "manifest": str(MANIFEST), "icon": str(icons / ICON)}
