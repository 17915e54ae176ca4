"""In the frozen app in the place of Qt's module of this name, which pyqtgraph imports and this app never uses."""

from PySide6.QtWidgets import QWidget


class QOpenGLWidget(QWidget):
    pass
