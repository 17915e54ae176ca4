"""What macOS reads of the app: a property list that it can parse, with a type for recipes and for nothing else."""

from __future__ import annotations

import plistlib

import identity
from macos.info_plist import info_plist

READ = plistlib.loads(plistlib.dumps(info_plist()))


def test_it_says_who_the_app_is() -> None:
    assert READ["CFBundleIdentifier"] == identity.REVERSED
    assert READ["CFBundleDisplayName"] == identity.NAME
    assert identity.VERSION.startswith(READ["CFBundleShortVersionString"])
    assert READ["CFBundleShortVersionString"].replace(".", "").isdigit()  # macOS takes no letters there
    assert READ["LSBackgroundOnly"] is False
    assert READ["NSHighResolutionCapable"] is True
    assert READ["LSApplicationCategoryType"].startswith("public.app-category.")


def test_recipes_are_its_documents_and_other_toml_files_are_not() -> None:
    (document,) = READ["CFBundleDocumentTypes"]
    (kind,) = READ["UTExportedTypeDeclarations"]
    assert document["LSItemContentTypes"] == [kind["UTTypeIdentifier"]]
    assert kind["UTTypeIdentifier"].startswith(identity.REVERSED)
    assert kind["UTTypeTagSpecification"]["public.filename-extension"] == ["recipe.toml"]
    assert "public.plain-text" in kind["UTTypeConformsTo"]
