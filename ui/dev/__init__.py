"""For those who work on the app: `bench` measures a real window, `witness` tells tests where its widgets are."""
