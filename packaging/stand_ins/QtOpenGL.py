"""In the frozen app in the place of Qt's module of this name (9 MB), which pyqtgraph imports and the app never uses."""
