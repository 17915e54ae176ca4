"""What macOS reads of an app before it starts: who it is, what it needs, which documents it opens."""

from __future__ import annotations

from typing import Any

import identity

MINIMUM = "13.0"  # what Qt 6.11 needs
RECIPE_TYPE = f"{identity.REVERSED}.recipe"


ICON = "app.icns"  # among those that icons.py makes


def info_plist() -> dict[str, Any]:
    """PyInstaller adds the names of program and icon."""
    return {
        "CFBundleIdentifier": identity.REVERSED,
        "CFBundleName": identity.NAME,
        "CFBundleDisplayName": identity.NAME,
        "CFBundleVersion": ".".join(map(str, identity.version_numbers()[:3])),
        "CFBundleShortVersionString": ".".join(map(str, identity.version_numbers()[:3])),
        "NSHumanReadableCopyright": identity.COPYRIGHT,
        "LSApplicationCategoryType": "public.app-category.developer-tools",
        "LSMinimumSystemVersion": MINIMUM,
        "LSBackgroundOnly": False,  # as PyInstaller writes for a program that is a command line too
        "NSHighResolutionCapable": True,
        "NSPrincipalClass": "NSApplication",
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": identity.RECIPE_WORDS,
                "CFBundleTypeRole": "Editor",
                "LSHandlerRank": "Owner",
                "LSItemContentTypes": [RECIPE_TYPE],
            }
        ],
        "UTExportedTypeDeclarations": [
            {
                "UTTypeIdentifier": RECIPE_TYPE,
                "UTTypeDescription": identity.RECIPE_WORDS,
                "UTTypeConformsTo": ["public.plain-text"],
                # Finder knows endings with a dot in them. Other TOML files stay with whoever has them.
                "UTTypeTagSpecification": {"public.filename-extension": [identity.RECIPE_ENDING.lstrip(".")]},
            }
        ],
    }
